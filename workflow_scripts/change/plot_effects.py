"""Draw the course of polygons with events against their controls, and a map of the effects."""

from collections.abc import Sequence
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.change.land import cells_of
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.change.events import event_courses
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.labels import panel_title
from nppdrivers.figures.panels import panels_one_scale
from nppdrivers.grid import Grid
from nppdrivers.inputs.layers import layer_if_given, read_layer
from nppdrivers.job import running

EVENTS = ("opened", "closed", "reclaimed")
COURSE = {
    "gap [gC m-2 yr-1]": "gap",
    "gap_low [gC m-2 yr-1]": "low",
    "gap_high [gC m-2 yr-1]": "high",
}


class Inputs(Protocol):
    """Files that the rule hands over; area empty where the run does not have it."""

    grid: str
    area: str
    effects: str
    years: str
    places: str


class Outputs(Protocol):
    """Figures."""

    courses: Sequence[str]
    effects: Sequence[str]


def effect_maps(effects: pd.DataFrame, places: gpd.GeoDataFrame, grid: Grid) -> dict[str, np.ndarray]:
    """Effect of each kind of event on its polygons [gC m-2 yr-1], where there is a year before."""
    maps = {}
    for event in EVENTS:
        values = np.full(grid.shape, np.nan, np.float32)
        rows = effects[(effects["event"] == event) & (effects["compared"] == "before and after")]
        for polygon, effect in zip(rows["polygon"], rows["effect [gC m-2 yr-1]"], strict=True):
            values[cells_of(places.geometry[[polygon - 1]], grid)] = effect
        if len(rows):
            maps[panel_title(len(maps), event.capitalize())] = values
    return maps or {"No event with a year before it": np.full(grid.shape, np.nan, np.float32)}


def plot_effects(*, inputs: Inputs, output: Outputs, imprint: Imprint) -> None:
    """Save both figures; polygons from the largest to the smallest."""
    grid = display_grid(inputs.grid)
    effects, years = pd.read_csv(inputs.effects), pd.read_csv(inputs.years)
    places = read_layer(inputs.places).to_crs(grid.crs)
    places = places.astype(dict.fromkeys(EVENTS, float))  # a column without any year is read as text
    courses, events = {}, {}
    for polygon in effects.sort_values("cells", ascending=False, kind="stable")["polygon"].unique():
        title = str(places["name"][polygon - 1])
        title = f"{title} ({polygon})" if title in courses else title
        course = years[years["polygon"] == polygon].set_index("year")
        courses[title] = course.rename(columns=COURSE)[list(COURSE.values())]
        events[title] = {event: places[event][polygon - 1] for event in EVENTS}
    save(event_courses(courses, events), output.courses, imprint)
    outline = layer_if_given(inputs.area)
    drawn = panels_one_scale(
        effect_maps(effects, places, grid), grid, "event_effect", columns=3, symmetric=True, outline=outline
    )
    save(drawn, output.effects, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_effects(
            inputs=snakemake.input, output=snakemake.output, imprint=Imprint(**snakemake.params.imprint)
        )
