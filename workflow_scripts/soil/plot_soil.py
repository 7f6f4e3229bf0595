"""Draw the soil maps with the samples, and the variograms they were made with."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures import canvas, charts
from nppdrivers.figures.panels import soil_maps
from nppdrivers.grid import Grid
from nppdrivers.inputs.tables import point_layer
from nppdrivers.inputs.vectors import layer_if_given
from nppdrivers.job import running
from nppdrivers.kriging.variogram import Variogram
from nppdrivers.products import product


def fitted_curve(model, farthest_m):
    """Curve of the model chosen and its description; no curve where the property was not kriged."""
    if model["kind"] != "kriging":
        return pd.DataFrame(columns=["distance_m", "semivariance"]), f"{model['kind']}: {model['flag']}"
    variogram = Variogram(model["model"], model["nugget"], model["psill"], model["range"])
    distance = np.linspace(farthest_m / 200, farthest_m, 200)
    text = f"{model['transform']}, {model['model']}, {'drift' if model['external_drift'] else 'ordinary'}"
    return pd.DataFrame({"distance_m": distance, "semivariance": variogram(distance)}), text


def plot_variograms(properties, models, variograms, figure_path, note):
    """Save the empirical variogram and the model of each property."""
    empirical, fitted, captions, units = {}, {}, {}, {}
    for name, model_path, table_path in zip(properties, models, variograms, strict=True):
        empirical[name] = pd.read_csv(table_path)
        model = json.loads(Path(model_path).read_text())
        units[name] = product(name).unit if model["transform"] == "raw" else "1"
        fitted[name], captions[name] = fitted_curve(model, empirical[name]["distance_m"].max())
    canvas.save(charts.variograms(empirical, fitted, captions, units=units, note=note), figure_path)


def plot_soil(*, inputs, columns, drivers, kriged, output, note):
    """Save one panel a property: its map, and where it is kriged its standard deviation and its variogram."""
    grid = Grid.load(inputs.grid)
    samples = point_layer(inputs.samples, columns) if inputs.samples else None
    outline = layer_if_given(inputs.area)

    def save(names, paths, figure_path):
        maps = rasters.read_layers(names, paths, inputs.study_area, grid)
        canvas.save(soil_maps(maps, grid, samples, outline=outline, note=note), figure_path)

    save(drivers, inputs.drivers, output.figure)
    if kriged:
        save([f"{name}_sd" for name in kriged], inputs.errors, output.errors)
        plot_variograms(kriged, inputs.models, inputs.variograms, output.variograms, note)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_soil(
            inputs=snakemake.input,
            columns=snakemake.params.columns,
            drivers=snakemake.params.drivers,
            kriged=snakemake.params.kriged,
            output=snakemake.output,
            note=snakemake.params.note,
        )
