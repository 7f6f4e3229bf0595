"""Draw the soil maps with the samples, and the variograms they were made with."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures import charts
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.panels import soil_maps
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.inputs.tables import point_layer
from nppdrivers.job import running
from nppdrivers.kriging.variogram import Variogram
from nppdrivers.quantities import quantity, short_name

TRANSFORMS = {"raw": "", "log": "logarithm, ", "boxcox": "Box-Cox, "}
MODELS = {
    "spherical": "spherical",
    "exponential": "exponential",
    "gaussian": "Gaussian",
    "matern15": "Matérn 1.5",
    "matern25": "Matérn 2.5",
}


class Inputs(Protocol):
    """Files that the rule hands over; empty where the run does not have them."""

    grid: str
    study_area: str
    area: str
    samples: str
    drivers: list[str]
    errors: list[str]
    models: list[str]
    variograms: list[str]


class Outputs(Protocol):
    """Figures; errors and variograms only where a property is kriged."""

    figure: Sequence[str]
    errors: Sequence[str]
    variograms: Sequence[str]


def fitted_curve(model: Mapping[str, Any], farthest_m: float) -> tuple[pd.DataFrame, str]:
    """Curve of the model chosen and its description; no curve where the property was not kriged."""
    if model["kind"] != "kriging":
        return pd.DataFrame(columns=["distance_m", "semivariance"]), f"{model['kind']}: {model['flag']}"
    variogram = Variogram(model["model"], model["nugget"], model["psill"], model["range"])
    distance = np.linspace(farthest_m / 200, farthest_m, 200)
    way = "external drift" if model["external_drift"] else "ordinary"
    what = f"{TRANSFORMS[model['transform']]}{MODELS[model['model']]}"
    text = f"{what},\n{way} kriging by {model['method'].upper()}"
    return pd.DataFrame({"distance_m": distance, "semivariance": variogram(distance)}), text


def plot_variograms(
    properties: Sequence[str],
    models: Sequence[str],
    variograms: Sequence[str],
    figure_paths: Sequence[str],
    imprint: Imprint,
) -> None:
    """Save the empirical variogram and the model of each property."""
    empirical, fitted, captions, units = {}, {}, {}, {}
    for name, model_path, table_path in zip(properties, models, variograms, strict=True):
        empirical[name] = pd.read_csv(table_path)
        model = json.loads(Path(model_path).read_text())
        units[name] = quantity(name).unit if model["transform"] == "raw" else "1"
        fitted[name], captions[name] = fitted_curve(model, empirical[name]["distance_m"].max())
    save(charts.variograms(empirical, fitted, captions, units=units), figure_paths, imprint)


def plot_soil(
    *,
    inputs: Inputs,
    columns: Mapping[str, str],
    drivers: Sequence[str],
    kriged: Sequence[str],
    output: Outputs,
    imprint: Imprint,
) -> None:
    """Save one panel a property: its map, and where it is kriged its standard deviation and its variogram."""
    grid = display_grid(inputs.grid)
    samples = point_layer(inputs.samples, columns) if inputs.samples else None
    outline = layer_if_given(inputs.area)
    maps = rasters.read_layers(drivers, inputs.drivers, inputs.study_area, grid)
    save(soil_maps(maps, grid, samples=samples, outline=outline), output.figure, imprint)
    if kriged:
        titles = {f"{name}_sd": f"{short_name(name)},\nstandard deviation" for name in kriged}
        errors = rasters.read_layers(list(titles), inputs.errors, inputs.study_area, grid)
        drawn = soil_maps(errors, grid, titles=titles, samples=samples, outline=outline)
        save(drawn, output.errors, imprint)
        plot_variograms(kriged, inputs.models, inputs.variograms, output.variograms, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_soil(
            inputs=snakemake.input,
            columns=snakemake.params.columns,
            drivers=snakemake.params.drivers,
            kriged=snakemake.params.kriged,
            output=snakemake.output,
            imprint=Imprint(**snakemake.params.imprint),
        )
