"""The maps and series of a run as a STAC collection that any STAC client reads from the folder."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import rasterio
from pyproj import CRS
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import NoDataStrings, RasterBand, RasterExtension, Statistics
from rasterio.warp import transform_bounds

from nppdrivers.pages.catalogue.run import InputFile, Result, Run

COLLECTION = "collection.json"
# code of SHA2-256 and number of bytes, which begin a checksum after the Multihash specification
_SHA256 = "1220"
_LAND = ("study_area", "dem", "land_cover")
_NDVI = ("study_area", "landsat", "fine_images", "coarse")
_CLIMATE = ("study_area", "dem", "stations", "weather", "monthly_weather", "climate_raster")
_SOIL = ("study_area", "dem", "soil_samples", "soil_raster")
_NPP = (*_NDVI, *_CLIMATE, "land_cover")
# inputs that the results of a folder rest on, by the beginning of their names; those of another folder on all
LINEAGE = {
    "grid": _LAND,
    "ndvi": _NDVI,
    "climate": _CLIMATE,
    "soil": _SOIL,
    "mining": ("study_area", "survey"),
    "npp": _NPP,
    "change": _NPP,
    "attribution": (*_NPP, *_SOIL, "survey"),
}
_MEDIA = {
    ".tif": pystac.MediaType.COG,
    ".nc": "application/netcdf",
    ".gpkg": pystac.MediaType.GEOPACKAGE,
    ".json": pystac.MediaType.JSON,
    ".html": pystac.MediaType.HTML,
    ".csv": "text/csv",
}


def write_stac(folder: Path, run: Run, maps: Sequence[Result], others: Sequence[Result]) -> None:
    """Write the collection and an item for each map.

    Parameters
    ----------
    folder : path
        Of the catalogue, below that of the results: ``collection.json``, and ``<item>/<item>.json``.
    run : Run
    maps : sequence of Result
        Rasters below ``maps`` of the results.
    others : sequence of Result
        Files that the collection names as a whole: cubes, vectors, description of the tables.

    References
    ----------
    STAC 1.1.0; extensions projection 2.0, raster 1.1, file 2.1.
    """
    collection = _collection(run)
    collection.set_self_href((folder / COLLECTION).as_posix())
    for result in others:
        collection.add_asset(_name(run, result), _asset(run, result, folder, _roles(result.path)))
    FileExtension.add_to(collection)
    for file in run.inputs:
        collection.add_link(_origin(run, file.name, [file], folder))
    for result in maps:
        collection.add_item(_item(run, result, folder))
    collection.normalize_hrefs(folder.as_posix())
    collection.save(pystac.CatalogType.SELF_CONTAINED)


def footprint(run: Run) -> tuple[list[float], dict[str, Any]]:
    """Box [deg] of the grid, and its corners as a polygon of GeoJSON."""
    west, south, east, north = transform_bounds(run.grid.crs, "EPSG:4326", *run.grid.bounds)
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [west, south, east, north], {"type": "Polygon", "coordinates": [[list(place) for place in ring]]}


def _collection(run: Run) -> pystac.Collection:
    """Collection without items."""
    box, _ = footprint(run)
    extent = pystac.Extent(
        pystac.SpatialExtent([box]),
        pystac.TemporalExtent([[_instant(run.period.first_day), _instant(run.period.last_day, last=True)]]),
    )
    return pystac.Collection(
        id=run.folder.name,
        title=run.title,
        description=run.description,
        extent=extent,
        license=run.licence or "other",
        keywords=["net primary productivity", "NDVI", "mining", "land degradation"],
    )


def _item(run: Run, result: Result, folder: Path) -> pystac.Item:
    """Item of a map: where, when, how it lies on the grid, its bands, and what it was made from."""
    name = _name(run, result).removeprefix("maps/").removesuffix(".tif")
    box, polygon = footprint(run)
    start, end = _time(run, result)
    item = pystac.Item(
        id=name.replace("/", "-"),
        geometry=polygon,
        bbox=box,
        datetime=None,
        start_datetime=start,
        end_datetime=end,
        properties={"title": result.title, "description": f"{result.title}. {run.description}"},
    )
    _add_projection(item, run)
    place = folder / item.id
    asset = _asset(run, result, place, ["data"])
    item.add_asset("data", asset)
    FileExtension.add_to(item)
    _add_bands(asset, item, result.path)
    wanted = LINEAGE.get(name.split("/")[0], ("",))
    for source, files in run.inputs_by_name():
        if source.startswith(wanted):
            item.add_link(_origin(run, source, files, place))
    return item


def _add_projection(item: pystac.Item, run: Run) -> None:
    """State the coordinate system by its EPSG code, or in full where it has none."""
    system = CRS.from_user_input(run.grid.crs)
    code = system.to_epsg()
    ProjectionExtension.ext(item, add_if_missing=True).apply(
        epsg=code,
        projjson=None if code else system.to_json_dict(),
        shape=list(run.grid.shape),
        transform=list(run.grid.transform)[:6],
        bbox=list(run.grid.bounds),
    )


def _add_bands(asset: pystac.Asset, item: pystac.Item, path: Path) -> None:
    """State type, unit, missing value and statistics of each band, as the file has them."""
    RasterExtension.add_to(item)
    with rasterio.open(path) as source:
        names = [name or source.tags()["long_name"] for name in source.descriptions]
        bands = [
            RasterBand.create(
                nodata=NoDataStrings.NAN if np.isnan(source.nodata) else source.nodata,
                data_type=source.dtypes[band - 1],
                unit=source.units[band - 1] or source.tags()["units"],
                spatial_resolution=source.res[0],
                statistics=_statistics(source.tags(band)),
            )
            for band in source.indexes
        ]
    asset.extra_fields["bands"] = [{"name": name} for name in names]
    RasterExtension.ext(asset).apply(bands)


def _statistics(tags: dict[str, str]) -> Statistics | None:
    """Statistics of a band from its tags; None for a band without values."""
    kinds = {"minimum": "MINIMUM", "maximum": "MAXIMUM", "mean": "MEAN", "stddev": "STDDEV"}
    if "STATISTICS_MEAN" not in tags:
        return None
    return Statistics.create(**{name: float(tags[f"STATISTICS_{kind}"]) for name, kind in kinds.items()})


def _asset(run: Run, result: Result, start: Path, roles: list[str]) -> pystac.Asset:
    """File of the run with size and checksum."""
    return pystac.Asset(
        href=run.address(result.path, start),
        title=result.title,
        media_type=_MEDIA.get(result.path.suffix),
        roles=roles,
        extra_fields={"file:size": result.path.stat().st_size, "file:checksum": _SHA256 + result.sha256},
    )


def _origin(run: Run, name: str, files: Sequence[InputFile], start: Path) -> pystac.Link:
    """Link to an input: the file with its size and checksum, or of several the folder that has them all."""
    if len(files) > 1:
        common = Path(os.path.commonpath([file.path.parent for file in files]))
        return pystac.Link("derived_from", run.address(common, start), title=name)
    (file,) = files
    facts = {"file:size": file.size, "file:checksum": _SHA256 + file.sha256}
    return pystac.Link("derived_from", run.address(file.path, start), title=name, extra_fields=facts)


def _roles(path: Path) -> list[str]:
    """Role of a file of the whole run."""
    return ["data"] if path.suffix in (".nc", ".gpkg") else ["metadata"]


def _name(run: Run, result: Result) -> str:
    """Path of a result below the folder of the run."""
    return result.path.relative_to(run.folder).as_posix()


def _time(run: Run, result: Result) -> tuple[datetime, datetime]:
    """First and last instant of what a result is of, within the period."""
    first, last = run.period.first_day, run.period.last_day
    if result.year:
        year = int(result.year)
        first, last = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    return _instant(first), _instant(last, last=True)


def _instant(day: date, *, last: bool = False) -> datetime:
    """First or last second of a day."""
    return datetime.combine(day, time(23, 59, 59) if last else time(), UTC)
