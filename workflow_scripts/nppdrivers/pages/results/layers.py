"""Layers of the interactive map: values by cell, thinned to fit the page, with colours and units."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.export.styles import Style, style_of
from nppdrivers.export.titles import map_title
from nppdrivers.figures.labels import unit_text
from nppdrivers.grid import Grid, thinned_cells
from nppdrivers.pages.results.packing import Packed, pack, pack_mask, power_of_step
from nppdrivers.quantities import quantity

ATLAS_LIMIT = 10_500_000  # of all packed values as text, which leaves room for the figures [bytes]
# Values that usually take less than that, of all maps together and of all maps with months
VALUES, VALUES_OF_MONTHS = 13_000_000, 5_000_000
DRIVERS = "Drivers"  # group whose values are listed for a chosen cell


class Map(NamedTuple):
    """A map of the run, a row of config/maps.csv.

    Attributes
    ----------
    map, group : str
        Path below the folder of maps without suffix; where it is listed.
    error : str
        Path of the map of its error (of classes: of how certain they are), or empty.
    series : str
        What maps of several years share, or empty.
    title, words : str, mapping of str to str
        Title, in which a word in braces stands for the driver, the year or the like; may be empty.
    """

    map: str
    group: str
    error: str
    series: str
    title: str
    words: Mapping[str, str]


@dataclass
class Atlas:
    """All layers of a page.

    Attributes
    ----------
    layers : list of dict
        As layers.js reads them, in the order of the maps.
    grids : dict
        By the step of thinning: rows, columns, identity of the mask.
    packs : dict
        By identity: step, bands, low, wide.
    texts : dict
        Packed values and masks, by identity.
    """

    layers: list[dict[str, Any]] = field(default_factory=list)
    grids: dict[int, dict[str, Any]] = field(default_factory=dict)
    packs: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class Place(NamedTuple):
    """What all layers share: folder of the maps, grid, cells of the study area, classes of land cover."""

    folder: Path
    grid: Grid
    inside: np.ndarray
    land_cover: pd.DataFrame


def atlas_of(maps: Sequence[Map], place: Place, say: Callable[[str], str]) -> Atlas:
    """All maps of a run as layers of a page.

    Each layer is thinned to every nth cell, none is averaged: what the page shows is in the raster. Where the
    packed values take more room than expected, all are thinned further.

    Parameters
    ----------
    maps : sequence of Map
    place : Place
    say : callable
        Says a text in the language of the page.
    """
    share = 1.0
    while True:
        atlas = _atlas(maps, place, say, share)
        size = sum(map(len, atlas.texts.values()))
        if size <= ATLAS_LIMIT:
            return atlas
        share *= 0.9 * ATLAS_LIMIT / size


def _atlas(maps: Sequence[Map], place: Place, say: Callable[[str], str], share: float) -> Atlas:
    """All maps as layers, of which a share of the usual number of values is packed."""
    atlas = Atlas()
    together = _together(maps)
    steps = _steps(together, place, share)
    for (key, members), step in zip(together.items(), steps, strict=True):
        if step not in atlas.grids:
            _add_grid(atlas, step, place.inside)
        named = {"group": say(members[0].group), "title": _title(members[0], place, say)}
        for layer in _layers(key, members, step, atlas, place):
            stops = [[value, say(label), colour] for value, label, colour in layer["stops"]]
            atlas.layers.append(layer | named | {"stops": stops})
    _link_errors(atlas, maps)
    return atlas


def _together(maps: Sequence[Map]) -> dict[str, list[Map]]:
    """Maps of one layer: those of a series, every other one by itself."""
    together: dict[str, list[Map]] = {}
    for each in maps:
        together.setdefault(each.series or each.map, []).append(each)
    return together


def _path(each: Map, place: Place) -> Path:
    return place.folder / f"{each.map}.tif"


def _title(first: Map, place: Place, say: Callable[[str], str]) -> str:
    """Title of a layer: of a series its group."""
    if first.series:
        return say(first.group)
    return map_title(first.title, first.words, rasters.tags(_path(first, place))["product"], say)


def _steps(together: Mapping[str, Sequence[Map]], place: Place, share: float) -> list[int]:
    """How much each layer is thinned; maps with months more than those without, as they are many."""
    bands = [sum(len(rasters.band_names(_path(each, place))) for each in maps) for maps in together.values()]
    is_monthly = [
        len(members) > 1 and count > len(members)
        for members, count in zip(together.values(), bands, strict=True)
    ]
    cells = int(place.inside.sum())
    steps = []
    for monthly, most in ((False, VALUES), (True, VALUES_OF_MONTHS)):
        values = cells * sum(count for count, kind in zip(bands, is_monthly, strict=True) if kind == monthly)
        steps.append(max(1, int(np.ceil(np.sqrt(values / (share * most))))))
    return [max(steps) if monthly else steps[0] for monthly in is_monthly]


def _thinned(values: np.ndarray, step: int) -> np.ndarray:
    """Every nth cell of (..., rows, columns)."""
    rows, columns = (thinned_cells(size, step) for size in values.shape[-2:])
    return values[..., rows[:, None], columns]


def _add_grid(atlas: Atlas, step: int, inside: np.ndarray) -> None:
    cells = _thinned(inside, step)
    name = f"mask-{step}"
    atlas.texts[name] = pack_mask(cells)
    atlas.grids[step] = {"id": name, "rows": cells.shape[0], "columns": cells.shape[1]}


def _layers(
    key: str, members: Sequence[Map], step: int, atlas: Atlas, place: Place
) -> Iterator[dict[str, Any]]:
    """Layers of the maps of one key: one with all dates, or one for each band."""
    paths = [_path(each, place) for each in members]
    name, about = rasters.metadata(paths[0])
    kind, legend = quantity(name), about.get("legend")
    values = [_read_thinned(path, place, step) for path in paths]
    style = style_of(np.concatenate([part.ravel() for part in values]), kind, legend, place.land_cover)
    power = 0 if style.is_classes else _power(style, values)
    cells = _thinned(place.inside, step)
    slices = []
    for each, part in zip(members, values, strict=True):
        packed = pack(part, cells, power)
        atlas.texts[each.map] = packed.text
        atlas.packs[each.map] = _about_pack(packed, step)
        slices += [[each.map, band] for band in range(packed.bands)]
    names = [band for path in paths for band in rasters.band_names(path)]
    layer = {
        "id": key,
        "unit": unit_text(kind.unit),
        "digits": max(0, -power),
        "power": power,
        "classes": style.is_classes,
        "stops": style.entries[["value", "label", "colour"]].to_numpy().tolist(),
        "step": step,
        "drivers": members[0].group == DRIVERS,
        "error": None,
    }
    has_calendar_months = all(band.isdigit() and len(band) == 2 for band in names)
    if members[0].series or has_calendar_months:
        yield layer | {"times": names, "slices": slices}
    else:
        for band, piece in zip(names, slices, strict=True):
            several = {"id": f"{key}#{band}", "band": band} if len(names) > 1 else {}
            yield layer | several | {"times": None, "slices": [piece]}


def _read_thinned(path: Path, place: Place, step: int) -> np.ndarray:
    """Every nth cell of all bands, NaN where missing."""
    values = rasters.read(path, place.grid.every(step))
    return np.where(values == 0, np.nan, values) if values.dtype == np.uint8 else values


def _power(style: Style, values: Sequence[np.ndarray]) -> int:
    """Power of ten that the maps of a layer are rounded to."""
    usual = style.entries["value"]
    finite = [part[np.isfinite(part)] for part in values]
    ends = [(part.min(), part.max()) for part in finite if part.size]
    least = min((low for low, _ in ends), default=0.0)
    greatest = max((high for _, high in ends), default=0.0)
    return power_of_step(usual.iloc[0], usual.iloc[-1], least, greatest)


def _about_pack(packed: Packed, step: int) -> dict[str, Any]:
    return {"step": step, "bands": packed.bands, "low": packed.low, "wide": packed.wide}


def _link_errors(atlas: Atlas, maps: Sequence[Map]) -> None:
    """Name the layer that has the error of each layer: of the same band, or the first of its map."""
    by_id = {layer["id"]: layer for layer in atlas.layers}
    errors = {each.map: each.error for each in maps if each.error}
    for layer in atlas.layers:
        error = errors.get(layer["slices"][0][0])
        if error is None:
            continue
        same_band = f"{error}#{layer.get('band')}"
        bands = [name for name in by_id if name.split("#")[0] == error]
        layer["error"] = same_band if same_band in by_id else next(iter(bands), None)
