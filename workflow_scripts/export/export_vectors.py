"""Write mines, zones, points and stations with what was found there, as one GeoPackage."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import pandas as pd
import pyogrio

from nppdrivers import rasters
from nppdrivers.export.vector_styles import STYLES, style_table
from nppdrivers.export.vectors import (
    point_layer,
    polygon_layer,
    sample_residuals,
    station_errors,
    with_prediction,
)
from nppdrivers.grid import Grid
from nppdrivers.inputs.places import located
from nppdrivers.inputs.soil import read_soil_samples
from nppdrivers.inputs.vectors import read_named
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the run does not have."""

    grid: str
    statistics: str
    mines: str | list[str]
    zones: str | list[str]
    dominant: str | list[str]
    contributions: str | list[str]
    points: str | list[str]
    predicted: str | list[str]
    applicability: str | list[str]
    stations: str | list[str]
    station_residuals: list[str]
    samples: str | list[str]
    sample_residuals: list[str]


class Params(Protocol):
    """Columns of the inputs by their name here; variables and properties in the order of their residuals."""

    columns: Mapping[str, Mapping[str, str]]
    variables: list[str]
    kriged: list[str]


def layers_of_run(inputs: Inputs, params: Params) -> dict[str, gpd.GeoDataFrame]:
    """Layers that the run has, by name."""
    grid, columns, layers = Grid.load(inputs.grid), params.columns, {}
    polygons = {
        kind: read_named(str(path), columns.get(f"{kind}s"))
        for kind, path in (("mine", inputs.mines), ("zone", inputs.zones))
        if path
    }
    if polygons:
        dominant, contributions = None, {}
        if inputs.dominant:
            path, parts = str(inputs.dominant), str(inputs.contributions)
            dominant = rasters.read(path, grid, bands=1), rasters.legend(path)
            contributions = dict(zip(rasters.band_names(parts), rasters.read(parts, grid), strict=True))
        statistics = pd.read_csv(inputs.statistics)
        layers["polygons"] = polygon_layer(polygons, statistics, grid, dominant, contributions)
    if inputs.points:
        points = pd.read_csv(str(inputs.points))
        predicted, inside = (
            rasters.read(str(path), grid, bands=1) for path in (inputs.predicted, inputs.applicability)
        )
        layers["points"] = point_layer(with_prediction(points, predicted, inside), grid)
    if inputs.stations:
        residuals = named_tables(params.variables, inputs.station_residuals)
        stations = station_errors(read_names(str(inputs.stations)), residuals)
        layers["stations"] = located(stations, "EPSG:4326")
    if inputs.samples:
        samples = read_soil_samples(str(inputs.samples), grid.crs, columns.get("soil_samples"))
        residuals = named_tables(params.kriged, inputs.sample_residuals)
        layers["soil_samples"] = sample_residuals(samples, residuals)
    return layers


def read_names(path: str) -> pd.DataFrame:
    """Table whose names of stations and samples are text, also 007 and NA."""
    text = {"station": str, "name": str, "sample": str}
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])


def named_tables(names: list[str], paths: list[str]) -> dict[str, pd.DataFrame]:
    """Tables by the name of what each is about."""
    return {name: read_names(path) for name, path in zip(names, paths, strict=True)}


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write a GeoPackage, complete when it has its name, with a fixed date: equal layers are equal bytes."""
    unfinished = path.with_name(f".{path.stem}.unfinished.gpkg")
    unfinished.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2000-01-01T00:00:00Z"})
    for name, layer in layers.items():
        layer.to_file(unfinished, layer=name, driver="GPKG")
    styles = style_table(layers)
    pyogrio.write_dataframe(styles, unfinished, layer=STYLES, driver="GPKG", append=False)
    unfinished.replace(path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_layers(layers_of_run(snakemake.input, snakemake.params), Path(snakemake.output.vectors))
