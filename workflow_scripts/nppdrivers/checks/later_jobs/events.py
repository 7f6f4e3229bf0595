"""What the stage of change asks of polygons with years: events in the period, no overlap, free land."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.change.events import EVENTS, columns_of_years, read_events
from nppdrivers.change.land import all_polygons, land_of_controls
from nppdrivers.change.spans import Span, left_out, spans
from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.later_jobs.ground import grid_of
from nppdrivers.checks.study import Study
from nppdrivers.grid import Grid
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.inputs.vectors import read_named

_OVERLAP = 0.01  # share of the smaller of two polygons from which they overlap; borders are drawn twice
_FEW_CONTROLS = 10  # times the cells of the largest polygon: with fewer, fakes find no room


def check_events(study: Study, path: Path, *, name: str) -> Findings:
    """Polygons whose events are compared have years in the period, lie apart, and leave land without any."""
    wanted = study.plan.events
    if wanted is None:
        return
    if name not in wanted:
        if given := columns_of_years(read_named(path, study.columns.get(name))):
            fault = f"columns {', '.join(given.values())} are not used"
            remedy = f"list {name} in change.events, where effects of these events are wanted"
            yield InputWarning(str(path), "", fault, remedy)
        return
    table = read_events(path, study.columns.get(name))
    grid = grid_of(study)
    yield from _check_years(table, np.array(study.period.full_years), path)
    if grid is None or study.area is None:
        return
    table, area = table.to_crs(grid.crs), study.area.to_crs(grid.crs).geometry
    yield from _check_overlaps(table, _other_layers(study, name, wanted, grid), path)
    cells = table.intersection(area.union_all()).area / grid.cell_area_m2
    if (cells < 1).any():
        fault = f"cover less than one cell of {grid.cell_size_m:g} m of the study area"
        remedy = "they have no effect; check where they lie, or take smaller cells"
        yield InputWarning(str(path), listed(list(table["name"][cells < 1])), fault, remedy)
    yield from _check_controls(study, area, float(cells.max()), grid, path)


def _check_years(table: gpd.GeoDataFrame, years: np.ndarray, path: Path) -> Findings:
    """Some polygon has an event with a whole year after it; the others are named."""
    records = table[list(EVENTS)].to_dict("records")
    found = [spans(years, row) for row in records]
    period = f"{years[0]} to {years[-1]}"
    yield f"{sum(map(len, found))} events with a whole year after them in {period}"
    dated = table[list(EVENTS)].notna().any(axis=1).to_numpy()
    if not any(found):
        fault = f"no event has a whole year after it in {period}"
        yield Problem(str(path), "", fault, "lengthen the period, or take this input out of change.events")
        return
    doubts = {
        "no year": (~dated, "no effect of theirs is estimated; no control lies in them"),
        f"no event with a whole year after it in {period}": (
            dated & np.array([not events for events in found]),
            "they have no effect; lengthen the period",
        ),
        "no year before the first event in the period": (
            np.array([_is_bare(events) for events in found]),
            "their first effect is the difference from land like them, whatever made it; lengthen the period",
        ),
    }
    for fault, (chosen, remedy) in doubts.items():
        if chosen.any():
            yield InputWarning(str(path), listed(list(table["name"][chosen])), fault, remedy)
    short = [
        f"{name}, {event} {row[event]:.0f}"
        for name, row, events in zip(table["name"], records, found, strict=True)
        for event in (left_out(years, row) if events else ())
    ]
    if short:
        fault = f"no whole year after it, before the next event or the end of {period}"
        yield InputWarning(str(path), "; ".join(short), fault, "it has no effect of its own; check the years")


def _is_bare(events: list[Span]) -> bool:
    """Whether the first event of a polygon has no year before it."""
    return bool(events) and not events[0].before.any()


def _other_layers(study: Study, name: str, wanted: Sequence[str], grid: Grid) -> list[gpd.GeoDataFrame]:
    """Polygons with years of the inputs listed before this one, named with their input."""
    layers = []
    for other in wanted[: wanted.index(name)]:
        with suppress(InputError, KeyError):  # what is wrong with it, its own check reports
            layer = read_events(study.inputs[other], study.columns.get(other)).to_crs(grid.crs)
            dated = layer[layer[list(EVENTS)].notna().any(axis=1)]
            layers.append(dated.assign(name=dated["name"] + f" of {other}"))
    return layers


def _check_overlaps(table: gpd.GeoDataFrame, others: Sequence[gpd.GeoDataFrame], path: Path) -> Findings:
    """No two polygons cover the same land, of which one would get the effect of the other.

    Of polygons of two inputs both must have years.
    """
    dated = table[list(EVENTS)].notna().any(axis=1).to_numpy()
    together = pd.concat([table, *others], ignore_index=True)
    first, second = together.sindex.query(table.geometry, predicate="intersects")
    for one, other in zip(first, second, strict=True):
        if one >= other or (other >= len(table) and not dated[one]):
            continue
        a, b = together.geometry.iloc[one], together.geometry.iloc[other]
        share = a.intersection(b).area / min(a.area, b.area)
        if share > _OVERLAP:
            place = f"{together['name'].iloc[one]} and {together['name'].iloc[other]}"
            fault = f"overlap in {100 * share:.0f} % of the smaller"
            yield Problem(str(path), place, fault, "cut one of them, or make them one polygon with its years")


def _check_controls(study: Study, area: gpd.GeoSeries, largest: float, grid: Grid, path: Path) -> Findings:
    """There is land outside all polygons, much more than the largest of them covers [cells]."""
    kinds = dict.fromkeys(["mines", *(study.plan.events or ())])
    barred = [
        read_named(study.inputs[kind], study.columns.get(kind)) for kind in kinds if kind in study.inputs
    ]
    distance = study.plan.control_distance_m
    free = land_of_controls(area, all_polygons(barred, grid.crs), distance)
    cells = int(free.area.sum() / grid.cell_area_m2)
    remedy = "take a smaller change.controls.distance_m, or a larger study area"
    if cells == 0:
        fault = f"no land of the study area is {distance:g} m away from all of them: nothing to compare with"
        yield Problem(str(path), "", fault, remedy)
    elif cells < _FEW_CONTROLS * largest:
        fault = f"{cells} cells are {distance:g} m away from all of them, the largest covers {largest:.0f}"
        yield InputWarning(str(path), "", fault, f"few will find a control: {remedy}")
