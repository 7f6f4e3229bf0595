"""What the run reads of a source, made from the files as fetched: joined tiles, classes, units."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from rasterio.merge import merge

from nppdrivers.acquire.archives.land_classes import code_table
from nppdrivers.acquire.archives.soil import topsoil
from nppdrivers.acquire.archives.sources import source_of_part, year_of_part
from nppdrivers.acquire.archives.terraclimate import monthly_rasters
from nppdrivers.acquire.manifest import Entry
from nppdrivers.acquire.network.windows import unfinished
from nppdrivers.acquire.plan import Wanted

_NO_ELEVATION = -9999.0


def derive(part: str, fetched: Sequence[Entry], folder: Path) -> list[Wanted]:
    """Make what the run reads from the files of a job.

    Parameters
    ----------
    part : str
    fetched : sequence of Entry
        Files of the job, all of them there.
    folder : Path
        Of the raw data.

    Returns
    -------
    list of Wanted
        Files that were made, their sources as items.
    """
    source = source_of_part(part)
    paths = [folder / entry.file for entry in fetched]
    made: list[str] = []
    if source.source == "dem" and paths:
        made = [_elevation(paths, folder)]
    elif source.source == "land_cover" and paths:
        made = [_land_cover(source.name, paths, folder)]
    elif source.source == "soilgrids":
        made = topsoil(folder)
    elif source.source == "terraclimate":
        made = monthly_rasters(folder, year_of_part(part) or 0)
    items = " ".join(dict.fromkeys(entry.item for entry in fetched))
    return [Wanted(part, source.collection, items, "made from the files fetched", "", file) for file in made]


def _elevation(paths: Sequence[Path], folder: Path) -> str:
    """Join the tiles of the elevation model."""
    values, transform = merge(paths, nodata=_NO_ELEVATION)
    with rasterio.open(paths[0]) as source:
        profile = source.profile
    profile |= {"nodata": _NO_ELEVATION}
    return _write(values, transform, profile, folder / "dem.tif")


def _land_cover(source: str, paths: Sequence[Path], folder: Path) -> str:
    """Join the tiles of land cover, as classes of the project."""
    values, transform = merge(paths, nodata=0)
    with rasterio.open(paths[0]) as first:
        profile = first.profile
    codes = np.array(code_table(source), "uint8")[values]
    return _write(codes, transform, profile | {"dtype": "uint8", "nodata": 0}, folder / "land_cover.tif")


def _write(values: np.ndarray, transform: rasterio.Affine, profile: dict, target: Path) -> str:
    profile |= {"height": values.shape[1], "width": values.shape[2], "transform": transform}
    with unfinished(target) as temporary, rasterio.open(temporary, "w", **profile) as written:
        written.write(values)
    return target.name
