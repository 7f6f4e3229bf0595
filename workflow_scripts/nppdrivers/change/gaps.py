"""Gap between NPP of a place and that of its controls, year by year, and the same of fake places."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from nppdrivers.blocks import block_numbers
from nppdrivers.change.land import Land
from nppdrivers.change.spans import years_before
from nppdrivers.impact import Estimate, Pool, estimate, fake_places, mean_differences

POOL_CELLS = 200_000  # controls to choose from, drawn where the land has more
FAKE_CELLS = 500  # of a fake: its mean hardly depends on more, as neighbours resemble each other
LEAST_MATCHED = 0.5  # share of the cells of a place, or of a fake, that must find a control
LEAST_BEFORE = 2  # years before an opening from which controls are matched on NPP before


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
        Largest difference of a covariate between a cell and its control [standard deviations].
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
        NPP of each cell with a control minus that of the control [gC m-2 yr-1]; no cells where fewer than
        `LEAST_MATCHED` of the place have one.
    place, control : (T,) arrays
        Mean NPP of these cells and of their controls; NaN without.
    blocks : (n,) integer array
        Block of land of each cell.
    fakes : (F, T) array
        Mean gap of each fake.
    cells, matched : int
        Cells of the place with NPP, and those that found a control.
    balance : mapping of covariate to float
        Standardised difference of the means, place minus controls.
    """

    gaps: np.ndarray
    place: np.ndarray
    control: np.ndarray
    blocks: np.ndarray
    fakes: np.ndarray
    cells: int
    matched: int
    balance: dict[str, float]

    def estimate(self, weights: np.ndarray, confidence: float) -> Estimate:
        """Estimate of a weighted sum of the years."""
        return estimate(self.gaps, weights, self.blocks, self.fakes, confidence=confidence)


def gaps_of(
    land: Land, place: np.ndarray, events: Mapping[str, float], rules: Rules, rng: np.random.Generator
) -> Gaps:
    """Match the cells of a place, and those of fakes of its shape, with controls.

    Covariates are those of the land and, where the place was opened within the period with at least
    `LEAST_BEFORE` years before, the mean NPP of these years. Fakes are matched in the same way.

    Parameters
    ----------
    land : Land
    place : (H, W) bool array
    events : mapping of event to year
    rules : Rules
    rng : numpy.random.Generator

    Returns
    -------
    Gaps
    """
    layers = dict(land.covariates)
    before = years_before(land.years, events)
    if before.sum() >= LEAST_BEFORE:
        layers["npp_before"] = land.npp[before].mean(axis=0, dtype=np.float64)
    cells, controls = (np.argwhere(land.usable & where) for where in (place, land.free))
    if not len(cells) or not len(controls):
        return _without(land, len(cells), 0)
    if len(controls) > POOL_CELLS:
        controls = controls[np.sort(rng.choice(len(controls), POOL_CELLS, replace=False))]
    match = _Matcher(land, np.stack(list(layers.values()), axis=-1), controls, rules)
    own, control = match.pairs(cells)
    if len(own) < LEAST_MATCHED * len(cells):
        return _without(land, len(cells), len(own))
    differences = mean_differences(match.of(own), match.of(control), match.pool.scale)
    place_npp, control_npp = land.series(own), land.series(control)
    return Gaps(
        gaps=place_npp - control_npp,
        place=place_npp.mean(axis=0),
        control=control_npp.mean(axis=0),
        blocks=block_numbers(own * land.cell_size_m, rules.block_m),
        fakes=match.fakes(land.usable & place, rng),
        cells=len(cells),
        matched=len(own),
        balance=dict(zip(layers, differences.tolist(), strict=True)),
    )


def _without(land: Land, cells: int, matched: int) -> Gaps:
    """A place that cannot be compared."""
    none, missing = np.zeros((0, len(land.years))), np.full(len(land.years), np.nan)
    return Gaps(none, missing, missing, np.zeros(0, int), none, cells, matched, {})


class _Matcher:
    """Cells and their controls: `layers` (H, W, K) are the covariates, `controls` (m, 2) the pool."""

    def __init__(self, land: Land, layers: np.ndarray, controls: np.ndarray, rules: Rules) -> None:
        self.land, self.layers, self.controls, self.rules = land, layers, controls, rules
        self.pool = Pool(self.of(controls), land.classes[tuple(controls.T)])

    def of(self, cells: np.ndarray) -> np.ndarray:
        """Covariates (n, K) of cells."""
        return self.layers[tuple(cells.T)]

    def pairs(self, cells: np.ndarray, usable: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Cells that find a control, and their controls, each (n, 2)."""
        classes = self.land.classes[tuple(cells.T)]
        found = self.pool.match(self.of(cells), classes, caliper=self.rules.caliper, usable=usable)
        return cells[found >= 0], self.controls[found[found >= 0]]

    def fakes(self, shape: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Mean gap of each fake by year, (F, T): its controls lie as far from it as those of a place do."""
        means = []
        for rows, columns in fake_places(shape, self.land.usable & self.land.free, self.rules.fakes, rng):
            cells = np.column_stack([rows, columns])
            if len(cells) > FAKE_CELLS:
                cells = cells[rng.choice(len(cells), FAKE_CELLS, replace=False)]
            own, control = self.pairs(cells, ~self._near(rows, columns))
            if len(own) >= LEAST_MATCHED * len(cells):
                means.append((self.land.series(own) - self.land.series(control)).mean(axis=0))
        return np.array(means).reshape(-1, len(self.land.years))

    def _near(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Controls (m,) bool of the pool that are too near to a fake."""
        distance = self.rules.distance_m / self.land.cell_size_m  # [cells]
        reach = int(np.ceil(distance)) + 1
        corner = np.array([rows.min(), columns.min()]) - reach
        window = np.ones((np.ptp(rows) + 2 * reach + 1, np.ptp(columns) + 2 * reach + 1), bool)
        window[rows - corner[0], columns - corner[1]] = False
        near = distance_transform_edt(window) <= distance
        at = self.controls - corner
        inside = ((at >= 0) & (at < window.shape)).all(axis=1)
        at[~inside] = 0
        return inside & near[tuple(at.T)]
