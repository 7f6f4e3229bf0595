"""Share of the study area without a value in a raster, and where that is."""

from pathlib import Path

import numpy as np

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.study import Study
from nppdrivers.grid import Grid
from nppdrivers.inputs.problems import InputWarning, Problem

LEAST_PERCENT = 95.0  # of the study area that must have a value
_WARNED_PERCENT = 99.0
_ROWS, _COLUMNS = ("north", "", "south"), ("west", "", "east")
_MOSTLY = 0.5  # share of a part of the area that is missing where that part is named
_EVERYWHERE = 0.7  # missing share of the area from which no part is named


def coverage(
    has_value: np.ndarray,
    study: Study,
    grid: Grid,
    path: str | Path,
    *,
    of: str = "a value",
    remedy: str,
) -> Findings:
    """Say the share of the study area with a value; refuse less than 95 %, and name where it is missing.

    Sea that another input shows needs no value. What has a value in no input is taken for sea too, with a
    warning.

    Parameters
    ----------
    has_value : (H, W) bool array
        Cells with a value.
    study : Study
    grid : Grid
        Of the cells.
    path : path
        File to be blamed.
    of : str
        What the cells should have.
    remedy : str
        What to do where too much is missing.
    """
    inside = study.cells(grid)
    percent = 100 * float(np.mean(has_value[inside]))
    yield f"{percent:.0f} % of the study area with {of}"
    if percent >= _WARNED_PERCENT:
        return
    sea = study.waters.of(path, grid)
    missing = inside & ~has_value & ~sea.shown
    blank, lost = missing & sea.blank, missing & ~sea.blank
    blank_percent, lost_percent = (100 * float(cells.sum() / inside.sum()) for cells in (blank, lost))
    if lost_percent < 100 - percent:
        yield f"{100 - percent - lost_percent:.0f} % of the study area is sea without {of}"
    if blank_percent > 100 - _WARNED_PERCENT and study.waters.is_first(path):
        message = (
            f"{blank_percent:.1f} % of the study area, {places(blank, inside)}, has a value in no raster: "
            "it is taken for sea"
        )
        land = "if it is land, give rasters that cover it; sea may be cut out of the study area"
        yield InputWarning(str(path), "", message, land)
    if lost_percent > 100 - _WARNED_PERCENT:
        message = f"{lost_percent:.1f} % of the study area, {places(lost, inside)}, is without {of}"
        kind = InputWarning if lost_percent <= 100 - LEAST_PERCENT else Problem
        yield kind(str(path), "", message, f"{remedy}; sea may be cut out of the study area")


def places(missing: np.ndarray, inside: np.ndarray) -> str:
    """Parts of the study area in which cells are missing, in words: "in the north-west and west"."""
    rows, columns = np.nonzero(inside)
    parts = np.zeros((3, 3, 2))
    row = (rows - rows.min()) * 3 // (np.ptp(rows) + 1)
    column = (columns - columns.min()) * 3 // (np.ptp(columns) + 1)
    np.add.at(parts, (row, column, 0), 1)
    np.add.at(parts, (row, column, 1), missing[rows, columns])
    share = parts[..., 1] / np.maximum(parts[..., 0], 1)
    overall = float(missing[inside].mean())
    if overall > _EVERYWHERE:
        return "almost everywhere"
    names = [_name(*index) for index in np.argwhere(share > max(_MOSTLY, 1.2 * overall))]
    if names:
        return "in the " + " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    return (
        "scattered or along its edges"
        if (share > 0).sum() > 3
        else f"in the {_name(*np.argwhere(share == share.max())[0])}"
    )


def _name(row: int, column: int) -> str:
    return "-".join(filter(None, (_ROWS[row], _COLUMNS[column]))) or "middle"
