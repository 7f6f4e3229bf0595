"""Vector layers as they lie on disks: in files, folders and archives, with text in any encoding."""

import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from nppdrivers.inputs.problems import SHOWN, InputError, InputWarning, Problem, unreadable
from nppdrivers.inputs.shapefile_text import decode_text

_ARCHIVES = (".zip", ".kmz")
_FILES = (".shp", ".gpkg", ".geojson", ".kml", ".gml", ".fgb", ".gdb")
_SHAPEFILE = "ESRI Shapefile"


class Layer(NamedTuple):
    """A layer, and what its reader had to assume or repair."""

    shapes: gpd.GeoDataFrame
    facts: list[str]
    warnings: list[InputWarning]


def layer_names(path: str | Path) -> list[str]:
    """Names of the layers with shapes of a file, folder or archive; tables without shapes are left out."""
    return [name for name, _ in _sources(Path(path))]


def read_layer(path: str | Path, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a vector layer as `open_layer`; its shapes alone."""
    return open_layer(path, layer).shapes


def layer_if_given(path: str | Path | None) -> gpd.GeoDataFrame | None:
    """Vector layer of that file; None where the run does not have one."""
    return read_layer(path) if path else None


def open_layer(path: str | Path, layer: str | None = None) -> Layer:
    """Read a vector layer; the only one with shapes unless named.

    Parameters
    ----------
    path : path
        A file, a folder of files (also a file geodatabase), or a .zip or .kmz archive of them.
    layer : str, optional
        Name of the layer, its capitals do not matter.

    Returns
    -------
    Layer
        In its own coordinate system. Features without a shape are left out, polygons that cross themselves
        are repaired, and the text of a Shapefile is decoded (`shapefile_text.decode_text`).

    Raises
    ------
    InputError
        When the file cannot be read, or holds no layer with shapes, or several and none is named.
    """
    found = _sources(Path(path))
    if layer is not None:
        found = [(name, dataset) for name, dataset in found if name.lower() == layer.lower()]
    if not found:
        place = f"layer {layer}" if layer else ""
        raise InputError([Problem(str(path), place, "holds no geometry", "give a layer with shapes")])
    if len(found) > 1:
        fault = f"holds several layers: {', '.join(name for name, _ in found)}"
        raise InputError([Problem(str(path), "", fault, "keep the one that is meant")])
    name, dataset = found[0]
    try:
        shapes, facts, doubts = _read(dataset, name, Path(path))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise InputError([unreadable(path, error)]) from error
    place = f"layer {layer}" if layer else ""
    shapes, repairs = _repaired(shapes, str(path), place)
    return Layer(shapes, facts, doubts + repairs)


def _sources(path: Path) -> list[tuple[str, str]]:
    """Name of each layer with shapes, and the dataset that has it."""
    found = []
    for dataset in _datasets(path):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # what GDAL says about odd files is reported by our own checks
                listed = pyogrio.list_layers(dataset)
        except pyogrio.errors.DataSourceError as error:
            raise InputError([_incomplete(path) or unreadable(path, error)]) from error
        found += [(str(name), dataset) for name, kind in listed if kind is not None]
    return found


def _datasets(path: Path) -> list[str]:
    """Files that GDAL opens: the file itself, or those of a folder or archive."""
    if path.suffix.lower() in _ARCHIVES and zipfile.is_zipfile(path):
        members = _vector_files(map(PurePosixPath, zipfile.ZipFile(path).namelist()))
        inside = [f"/vsizip/{path}/{member}" for member in members]
    elif path.is_dir() and path.suffix.lower() != ".gdb":
        inside = [
            str(path / file) for file in _vector_files(file.relative_to(path) for file in path.iterdir())
        ]
    else:
        return [str(path)]
    if not inside:
        fault, remedy = "holds no vector file", f"give one of the kinds {', '.join(_FILES)}"
        raise InputError([Problem(str(path), "", fault, remedy)])
    return inside


def _vector_files(names: Iterable[PurePath]) -> list[PurePath]:
    """Vector files among the names, without hidden ones; of a geodatabase its folder."""
    found: dict[PurePath, None] = {}
    for name in names:
        if any(part.startswith((".", "__MACOSX")) for part in name.parts):
            continue
        for part in (name, *name.parents):
            if part.suffix.lower() in _FILES and (part is name or part.suffix.lower() == ".gdb"):
                found[part] = None
    return sorted(found)


def _read(dataset: str, name: str, path: Path) -> tuple[gpd.GeoDataFrame, list[str], list[InputWarning]]:
    """Layer, with the text of a Shapefile decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if pyogrio.read_info(dataset, layer=name)["driver"] != _SHAPEFILE:
            return gpd.read_file(dataset, layer=name), [], []
        undecoded = gpd.read_file(dataset, layer=name, encoding="ISO-8859-1")  # every byte a character
    return decode_text(undecoded, _beside(dataset, path), path)


def _beside(dataset: str, path: Path) -> dict[str, bytes]:
    """Content of the .cpg and the header of the .dbf of a Shapefile, by suffix, where they are there."""
    content: dict[str, bytes] = {}
    if dataset.startswith("/vsizip/"):
        own = PurePosixPath(dataset.removeprefix(f"/vsizip/{path}/")).with_suffix("")
        with zipfile.ZipFile(path) as archive:
            for name in map(PurePosixPath, archive.namelist()):
                if name.with_suffix("") == own and name.suffix.lower() in (".cpg", ".dbf"):
                    content[name.suffix.lower()] = archive.read(str(name))[:32]
        return content
    for file in Path(dataset).parent.glob(f"{Path(dataset).stem}.*"):
        if file.suffix.lower() in (".cpg", ".dbf"):
            with file.open("rb") as stream:
                content[file.suffix.lower()] = stream.read(32)
    return content


def _incomplete(path: Path) -> Problem | None:
    """Problem of a Shapefile that was copied without its other files; None for anything else."""
    if path.suffix.lower() != ".shp" or not path.exists():
        return None
    there = {file.suffix.lower() for file in path.parent.glob(f"{path.stem}.*")}
    absent = [suffix for suffix in (".shx", ".dbf") if suffix not in there]
    if not absent:
        return None
    fault = f"its {' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} missing"
    return Problem(str(path), "", fault, "copy all files of the Shapefile: .shp, .shx, .dbf and .prj")


def _repaired(shapes: gpd.GeoDataFrame, path: str, place: str) -> tuple[gpd.GeoDataFrame, list[InputWarning]]:
    """Layer without features that have no shape, and with polygons that do not cross themselves."""
    doubts = []
    bare = (shapes.geometry.isna() | shapes.geometry.is_empty).to_numpy()
    if bare.any() and not bare.all():
        fault = f"{_features(bare)} without geometry: left out"
        doubts.append(InputWarning(path, place, fault, "draw the shape, or delete the feature"))
        shapes = shapes[~bare].reset_index(drop=True)
    crossed = ~shapes.is_valid.to_numpy() & shapes.geom_type.isin(("Polygon", "MultiPolygon")).to_numpy()
    if crossed.any():
        mended = shapes.geometry.to_numpy().copy()
        mended[crossed] = [_polygons_of(shapely.make_valid(shape)) for shape in mended[crossed]]
        shapes = shapes.set_geometry(gpd.GeoSeries(mended, index=shapes.index, crs=shapes.crs))
        fault = f"{_features(crossed)} crosses itself: repaired"
        remedy = "look at its shape on the maps; repair it yourself (for example QGIS: Fix geometries)"
        doubts.append(InputWarning(path, place, fault, remedy))
    return shapes, doubts


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    """Polygons of a repaired shape, without the lines and points where it has no width."""
    parts = [part for part in _parts(shape) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _parts(shape: shapely.Geometry) -> Iterator[shapely.Geometry]:
    for part in shapely.get_parts(shape):
        yield from _parts(part) if hasattr(part, "geoms") else [part]


def _features(chosen: Sequence[bool] | np.ndarray) -> str:
    """Numbers of the features chosen, from 1."""
    numbers = np.flatnonzero(chosen) + 1
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return f"feature {', '.join(map(str, numbers[:SHOWN]))}{more}"
