"""Cloud-optimised GeoTIFF with colours and class names, cut to the study area."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import rasterio
import rasterio.shutil
from matplotlib.colors import to_rgb
from rasterio.enums import Resampling

from nppdrivers import rasters
from nppdrivers.export.styles import Style
from nppdrivers.grid import Grid
from nppdrivers.quantities import quantity

SAMPLE = 1000  # cells along a side of the sample that colours follow from
# DEFLATE and its predictor are read by every program of the last ten years, ZSTD is not.
LAYOUT = {"compress": "deflate", "predictor": "yes", "bigtiff": "if_safer", "statistics": "yes"}


def sample(path: str | Path) -> np.ndarray:
    """Values of all bands of a raster, thinned to at most a million cells; NaN where missing."""
    with rasterio.open(path) as source:
        shape = (source.count, min(source.height, SAMPLE), min(source.width, SAMPLE))
        return source.read(out_shape=shape, masked=True).astype("float32").filled(np.nan)


def cut_to_area(path: str | Path, study_area: str | Path, grid: Grid, target: Path) -> None:
    """Copy a raster of the run by blocks of rows, missing outside the study area."""
    name, about = rasters.metadata(path)
    with rasters.create(target, grid, name, bands=rasters.band_names(path), **about) as cut:
        for rows in grid.row_blocks():
            inside = rasters.read_mask(study_area, grid, rows)
            cut.write(np.where(inside, rasters.read(path, grid, rows=rows), quantity(name).nodata), rows)


def write_cog(cut: Path, target: Path, style: Style) -> None:
    """Write a cloud-optimised GeoTIFF of a raster; its unit and classes in files next to it.

    Parameters
    ----------
    cut : path of the raster, which gets its colour table
    target : path of the file to write, complete when it has its name
    style : Style
    """
    unfinished = target.with_name(f".{target.stem}.unfinished.tif")
    resampling = Resampling.nearest if style.is_classes else Resampling.average
    if style.is_classes:
        with rasterio.open(cut, "r+") as raster:
            colours = {
                row.value: tuple(round(255 * part) for part in to_rgb(row.colour))
                for row in style.entries.itertuples()
            }
            for band in raster.indexes:
                raster.write_colormap(band, colours)
    rasterio.shutil.copy(cut, unfinished, driver="COG", overview_resampling=resampling.name, **LAYOUT)
    with rasterio.open(cut) as raster:
        bands, unit = raster.descriptions, raster.units[0]
    target.with_name(target.name + ".aux.json").write_text(metadata_for_terra(bands, unit), encoding="utf-8")
    if style.is_classes:
        table = attribute_table(style, len(bands))
        target.with_name(target.name + ".aux.xml").write_text(table, encoding="utf-8")
    unfinished.replace(target)


def metadata_for_terra(bands: Sequence[str | None], unit: str) -> str:
    """Text of NAME.tif.aux.json, where the R package terra looks for the unit and, of months, the time.

    It reads this JSON line by line: a key with its value on each, without a blank between them.
    """
    found: dict[str, object] = {"unit": [unit] * len(bands)}
    if all(band and re.fullmatch(r"\d{4}-\d{2}", band) for band in bands):
        middles = [datetime.fromisoformat(f"{band}-15T12:00+00:00").timestamp() for band in bands]
        found |= {"time": [f"{seconds:.0f}" for seconds in middles], "timestep": "yearmonths"}
    lines = (f'"{key}":{json.dumps(value, separators=(",", ":"))}' for key, value in found.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def attribute_table(style: Style, bands: int) -> str:
    """Names of classes and their attribute table, as GDAL reads them from NAME.tif.aux.xml."""
    root = ElementTree.Element("PAMDataset")
    columns = (("Value", 0, 5), ("Class", 2, 2), ("Red", 0, 6), ("Green", 0, 7), ("Blue", 0, 8))
    names = dict(zip(style.entries["value"], style.entries["label"], strict=True))
    for number in range(1, bands + 1):
        band = ElementTree.SubElement(root, "PAMRasterBand", band=str(number))
        categories = ElementTree.SubElement(band, "CategoryNames")
        for code in range(max(names, default=0) + 1):
            ElementTree.SubElement(categories, "Category").text = names.get(code, "")
        table = ElementTree.SubElement(band, "GDALRasterAttributeTable", tableType="thematic")
        for index, (name, kind, usage) in enumerate(columns):
            column = ElementTree.SubElement(table, "FieldDefn", index=str(index))
            for tag, value in (("Name", name), ("Type", kind), ("Usage", usage)):
                ElementTree.SubElement(column, tag).text = str(value)
        for index, entry in enumerate(style.entries.itertuples()):
            row = ElementTree.SubElement(table, "Row", index=str(index))
            red, green, blue = (round(255 * part) for part in to_rgb(entry.colour))
            for value in (entry.value, entry.label, red, green, blue):
                ElementTree.SubElement(row, "F").text = str(value)
    return ElementTree.tostring(root, encoding="unicode")
