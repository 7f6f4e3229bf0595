"""Gap between NPP of a place and that of its controls, year by year, and the same of fake places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.ndimage import distance_transform_edt

from nppdrivers.blocks import block_numbers
from nppdrivers.change.land import Land, LandCells
from nppdrivers.impact import (
    Estimate,
    Fakes,
    Pool,
    TrueCells,
    estimate,
    fake_places,
    lag_covariances,
    mean_covariance,
    mean_differences,
    slopes_within_classes,
    within_classes,
)

POOL_CELLS = 200_000  # controls to choose from, drawn where the land has more
FAKE_CELLS = 500  # of a fake: its mean hardly depends on more, as neighbours resemble each other
LEAST_MATCHED = 0.5  # share of the cells of a place, or of a fake, that must find a control
LEAST_BEFORE = 2  # years before an event from which controls are matched on NPP before


@dataclass(frozen=True)
class Rules:
    """How controls and fakes are chosen.

    Attributes
    ----------
    distance_m : float
        Least distance of a control from every polygon, and of the controls of a fake from it [m].
    block_m : float
        Edge of the blocks of land that give the intervals [m].
    caliper : float
        Largest distance between a cell and its control, as in `impact.Pool` [standard deviations].
    fakes : int
        Fake places for each place.
    confidence : float
        Of the intervals [0 to 1].
    """

    distance_m: float
    block_m: float
    caliper: float
    fakes: int
    confidence: float = 0.9


@dataclass(frozen=True)
class Gaps:
    """A place against its controls.

    Attributes
    ----------
    gaps : (n, T) array
        NPP of each cell with a control minus that of the control [gC m-2 yr-1], corrected for what the two
        differ in; no cells where fewer than `LEAST_MATCHED` of the place have one.
    place, control : (T,) arrays
        Mean NPP of these cells, and what it would be by their controls: place minus gap; NaN without.
    blocks : (n,) integer array
        Block of land of each cell.
    fakes : Fakes
        Mean gap of each fake, and how its errors compare with those of the place.
    cells, matched : int
        Cells of the place with NPP, and those that found a control.
    balance : mapping of covariate to float
        Standardised difference of the means, place minus controls.
    """

    gaps: np.ndarray
    place: np.ndarray
    control: np.ndarray
    blocks: np.ndarray
    fakes: Fakes
    cells: int
    matched: int
    balance: dict[str, float]

    def estimate(self, weights: np.ndarray, confidence: float) -> Estimate:
        """Estimate of a weighted sum of the years."""
        return estimate(self.gaps, weights, self.blocks, self.fakes, confidence=confidence)


def gaps_of(
    land: Land, place: np.ndarray, before: np.ndarray, rules: Rules, rng: np.random.Generator
) -> Gaps:
    """Match the cells of a place, and those of fakes of its shape, with controls.

    Covariates are those of the land and, where there are `LEAST_BEFORE` years before, the mean NPP of such
    years. All soil properties together count as much as one of the others. Fakes are matched in the same way.

    Parameters
    ----------
    land : Land
    place : (H, W) bool array
    before : (T,) bool array
        Years before the event, of which NPP is matched; there may be none.
    rules : Rules
    rng : numpy.random.Generator

    Returns
    -------
    Gaps
    """
    cells, pool = np.argwhere(land.usable & place), TrueCells(land.usable & land.free)
    if not len(cells) or not len(pool):
        return _without(land, len(cells), 0)
    if len(pool) > POOL_CELLS:
        numbers = np.sort(rng.choice(len(pool), POOL_CELLS, replace=False))
    else:
        numbers = np.arange(len(pool))
    controls = land.at(pool[numbers])
    matchers = [_Matcher(land, chosen, controls, rules) for chosen in matching_years(before)]
    found = _compare(matchers, land.at(cells))
    own = found.cells.places
    if len(own) < LEAST_MATCHED * len(cells):
        return _without(land, len(cells), len(own))
    npp = found.cells.npp.mean(axis=0)
    return Gaps(
        gaps=found.gaps,
        place=npp,
        control=npp - found.gaps.mean(axis=0),
        blocks=block_numbers(own * land.cell_size_m, rules.block_m),
        fakes=_fakes(matchers, land.usable & place, found, rng),
        cells=len(cells),
        matched=len(own),
        balance=dict(zip(matchers[0].names, found.differences.tolist(), strict=True)),
    )


def matching_years(before: np.ndarray) -> list[np.ndarray]:
    """Years (T,) bool of whose NPP controls are matched: every other one of those before, and the rest.

    A cell that is matched on the NPP of a year is matched on its error as well: the gap of that year is
    smaller than it should be, and the error, gone in later years, would count as effect. So the gap of each
    year before is taken from controls that were matched on other years.
    """
    chosen = np.flatnonzero(before)
    if len(chosen) < LEAST_BEFORE:
        return [np.zeros_like(before)]
    return [np.isin(np.arange(len(before)), chosen[start::2]) for start in (0, 1)]


def _without(land: Land, cells: int, matched: int) -> Gaps:
    """A place that cannot be compared."""
    years = len(land.years)
    none, missing = np.zeros((0, years)), np.full(years, np.nan)
    fakes = Fakes(none, np.zeros((0, years, years)), np.zeros((years, years)))
    return Gaps(none, missing, missing, np.zeros(0, int), fakes, cells, matched, {})


class _Matcher:
    """Controls of cells by the covariates of the land and the mean NPP of some years (T,)."""

    def __init__(self, land: Land, years: np.ndarray, controls: LandCells, rules: Rules) -> None:
        self.land, self.years, self.controls, self.rules = land, years, controls, rules
        self.names = [*land.terrain, *land.soil, *(["npp_before"] if years.any() else [])]
        weights = np.array([1 / len(land.soil) if name in land.soil else 1.0 for name in self.names])
        self._covariates = self._of(controls)
        self._pool = Pool(self._covariates, controls.classes, weights)
        self._slopes = slopes_within_classes(controls.npp, self._covariates, controls.classes)

    def _of(self, cells: LandCells) -> np.ndarray:
        """Covariates (n, K) of cells."""
        if not self.years.any():
            return cells.covariates
        before = np.ascontiguousarray(cells.npp[:, self.years].T).mean(axis=0)
        return np.column_stack([cells.covariates, before])

    def match(self, cells: LandCells, usable: np.ndarray | None) -> np.ndarray:
        """Position of the control of each cell (n,), -1 without."""
        return self._pool.match(self._of(cells), cells.classes, caliper=self.rules.caliper, usable=usable)

    def gaps(self, cells: LandCells, positions: np.ndarray) -> np.ndarray:
        """NPP (n, T) of cells minus that of their controls, less what their covariates let expect."""
        expected = (self._of(cells) - self._covariates[positions]) @ self._slopes
        return cells.npp - self.controls.npp[positions] - expected

    def residuals(self) -> np.ndarray:
        """NPP (m, T) of all controls about the mean of their class, less what their covariates let expect."""
        rest = self.controls.npp - self._covariates @ self._slopes
        return within_classes(rest, self.controls.classes)

    def differences(self, cells: LandCells, positions: np.ndarray) -> np.ndarray:
        """Standardised differences (K,) of the means of cells and their controls."""
        return mean_differences(self._of(cells), self._covariates[positions], self._pool.scale)


class _Comparison(NamedTuple):
    """Cells to which all matchers find a control, and these controls, row and column (n, 2) of each matcher.

    gaps (n, T) of the years not matched on, and standardised differences (K,) of the means.
    """

    cells: LandCells
    controls: list[np.ndarray]
    gaps: np.ndarray
    differences: np.ndarray


def _residuals(matchers: Sequence[_Matcher]) -> np.ndarray:
    """Residuals (m, T) of the controls, those of a year from matchers that did not match it."""
    shares = _mixture(matchers).T
    return np.sum(
        [matcher.residuals() * share for matcher, share in zip(matchers, shares, strict=True)], axis=0
    )


def _mixture(matchers: Sequence[_Matcher]) -> np.ndarray:
    """Share (T, matchers) of each in the gap of a year: all alike of those that did not match the year."""
    unmatched = ~np.stack([matcher.years for matcher in matchers], axis=1)
    return unmatched / unmatched.sum(axis=1, keepdims=True)


def _compare(matchers: Sequence[_Matcher], cells: LandCells, usable: np.ndarray | None = None) -> _Comparison:
    """Compare cells with their controls."""
    found = np.stack([matcher.match(cells, usable) for matcher in matchers])
    good = np.all(found >= 0, axis=0)
    own = cells.taken(good)
    gaps = np.zeros(own.npp.shape)
    differences, used = [], []
    for matcher, positions, share in zip(matchers, found[:, good], _mixture(matchers).T, strict=True):
        gaps += matcher.gaps(own, positions) * share
        differences.append(matcher.differences(own, positions))
        used.append(matcher.controls.places[positions])
    return _Comparison(own, used, gaps, np.mean(differences, axis=0))


def _fakes(
    matchers: Sequence[_Matcher], shape: np.ndarray, place: _Comparison, rng: np.random.Generator
) -> Fakes:
    """Fakes of the shape (H, W) of a place, whose controls lie as far from them as those of the place do."""
    land, rules, controls = matchers[0].land, matchers[0].rules, matchers[0].controls.places
    likeness = lag_covariances(controls, _residuals(matchers), shape.shape, rng)
    mixture = _mixture(matchers)
    own = mean_covariance(place.cells.places, place.controls, mixture, likeness, rng)
    means, covariances = [], []
    for rows, columns in fake_places(shape, land.usable & land.free, rules.fakes, rng):
        cells = np.column_stack([rows, columns])
        if len(cells) > FAKE_CELLS:
            cells = cells[rng.choice(len(cells), FAKE_CELLS, replace=False)]
        near = _near(controls, rows, columns, rules.distance_m / land.cell_size_m)
        found = _compare(matchers, land.at(cells), ~near)
        if len(found.cells.places) >= LEAST_MATCHED * len(cells):
            means.append(found.gaps.mean(axis=0))
            covariances.append(mean_covariance(found.cells.places, found.controls, mixture, likeness, rng))
    return Fakes(np.array(means).reshape(-1, len(own)), np.array(covariances).reshape(-1, *own.shape), own)


def _near(controls: np.ndarray, rows: np.ndarray, columns: np.ndarray, distance: float) -> np.ndarray:
    """Controls (m,) bool that lie within a distance [cells] of some cells."""
    reach = int(np.ceil(distance)) + 1
    corner = np.array([rows.min(), columns.min()]) - reach
    window = np.ones((np.ptp(rows) + 2 * reach + 1, np.ptp(columns) + 2 * reach + 1), bool)
    window[rows - corner[0], columns - corner[1]] = False
    near = distance_transform_edt(window) <= distance
    at = controls - corner
    inside = ((at >= 0) & (at < window.shape)).all(axis=1)
    at[~inside] = 0
    return inside & near[tuple(at.T)]
