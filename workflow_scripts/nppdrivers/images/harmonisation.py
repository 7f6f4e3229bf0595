"""Relations between the NDVI of Landsat sensors, fitted to images of the same place a few days apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from nppdrivers.grid import Grid
from nppdrivers.images.landsat import by_day, read_day
from nppdrivers.images.landsat_files import Image

# Each sensor is fitted onto one that flew at the same time: TM and OLI never did.
REFERENCES = {"ETM+": "OLI", "TM": "ETM+", "MSI": "OLI"}
LEAST_PAIRS, LEAST_CELLS, LEAST_R = 3, 1000, 0.8

_BIN = 0.002  # of NDVI; its rounding is small against the noise of an image
_BINS = round(2 / _BIN)
_BLOCK = 1_000_000  # cells counted at a time
_MADS = 3.0  # residuals beyond this many scaled median absolute deviations are dropped
_SCALED_MAD = 1.4826  # of a normal distribution: standard deviation over median absolute deviation


@dataclass
class PairCounts:
    """Cells seen by two sensors, counted by both NDVI: the memory does not grow with the number of images.

    Attributes
    ----------
    means : list of (n, mean NDVI of the sensor, mean NDVI of the reference)
        Of the cells clear in both images, for each pair of images that has any.
    counts : (1000, 1000) int64 array
        Number of cells by bin of the sensor's NDVI and bin of the reference's, -1 to 1.
    """

    means: list[tuple[int, float, float]] = field(default_factory=list)
    counts: np.ndarray = field(default_factory=lambda: np.zeros((_BINS, _BINS), np.int64))

    def add(self, ndvi: np.ndarray, reference: np.ndarray) -> None:
        """Count the cells of a pair of images that are clear in both."""
        both = np.isfinite(ndvi) & np.isfinite(reference)
        if not both.any():
            return
        pair = ndvi[both], reference[both]
        for start in range(0, pair[0].size, _BLOCK):
            part = (values[start : start + _BLOCK] for values in pair)
            x, y = (np.clip(((values + 1) / _BIN).astype(int), 0, _BINS - 1) for values in part)
            self.counts += np.bincount(x * _BINS + y, minlength=_BINS**2).reshape(_BINS, _BINS)
        self.means.append((pair[0].size, float(pair[0].mean()), float(pair[1].mean())))


@dataclass(frozen=True)
class Relation:
    """NDVI of the reference = intercept + slope x NDVI of the sensor, and the pairs it was fitted to.

    Attributes
    ----------
    sensor, reference : str
    pairs, n : int
        Pairs of images, and cells in them that are clear in both.
    dropped_percent : float
        Share of these cells that was dropped because their residual was too large [%].
    intercept, slope, r : float
        Of the cells kept; r is their correlation.
    rmsd_before, rmsd_after : float
        Root mean square difference of the two NDVI [1], as they are and with the relation; cells kept.
    level_error : float
        Standard error of the level of the line [1], from how far the mean of each pair lies off it.
    """

    sensor: str
    reference: str
    pairs: int
    n: int
    dropped_percent: float
    intercept: float
    slope: float
    r: float
    rmsd_before: float
    rmsd_after: float
    level_error: float


def count_pairs(images: Iterable[Image], grid: Grid, max_days: int) -> dict[tuple[str, str], PairCounts]:
    """Count the cells of all pairs of images of two sensors that are at most `max_days` days apart.

    Each image is read once, and kept in memory for `max_days` days.

    Parameters
    ----------
    images : iterable of Image
    grid : Grid
    max_days : int
        Largest distance in time [d].

    Returns
    -------
    dict of (sensor, reference) to PairCounts
        For every sensor in `REFERENCES`.
    """
    counted = {pair: PairCounts() for pair in REFERENCES.items()}
    recent: list[tuple[date, str, np.ndarray]] = []
    for day, scenes in sorted(by_day(images).items()):
        recent = [image for image in recent if (day - image[0]).days <= max_days]
        for sensor in sorted({scene.sensor for scene in scenes}):
            ndvi, _ = read_day([scene for scene in scenes if scene.sensor == sensor], grid, "none")
            for _, other, other_ndvi in recent:
                if (sensor, other) in counted:
                    counted[sensor, other].add(ndvi, other_ndvi)
                elif (other, sensor) in counted:
                    counted[other, sensor].add(other_ndvi, ndvi)
            recent.append((day, sensor, ndvi))
    return counted


def fit_relation(sensor: str, reference: str, pairs: PairCounts) -> Relation:
    """Fit the reduced major axis, y = mean y + s_y / s_x (x - mean x), robust against changes of the land.

    Both sensors are noisy, so neither is regressed on the other. Cells whose residual is larger than three
    scaled median absolute deviations (harvest, fire, cloud that the mask missed) are dropped and the line
    is fitted again, until the same cells are kept.

    Parameters
    ----------
    sensor, reference : str
    pairs : PairCounts

    Returns
    -------
    Relation

    Raises
    ------
    ValueError
        When there are too few pairs or cells, or both NDVI are hardly correlated; says what to set instead.

    References
    ----------
    Roy, D. P. et al. (2016). Remote Sensing of Environment 185, 57-70, section 3.4.
    """
    number = int(pairs.counts.sum())
    what = f"{sensor} and {reference}"
    if len(pairs.means) < LEAST_PAIRS or number < LEAST_CELLS:
        raise _refused(
            f"{len(pairs.means)} pairs of {what} images near in time with {number} clear cells in common; "
            f"at least {LEAST_PAIRS} pairs and {LEAST_CELLS} cells are needed"
        )
    column, row = np.nonzero(pairs.counts)
    counts = pairs.counts[column, row]
    x, y = ((index + 0.5) * _BIN - 1 for index in (column, row))
    kept = np.ones(counts.size, bool)
    for _ in range(50):
        intercept, slope, r = _major_axis(x[kept], y[kept], counts[kept])
        residual = y - intercept - slope * x
        limit = _MADS * _SCALED_MAD * _weighted_median(np.abs(residual), counts)
        previous, kept = kept, np.abs(residual) <= max(limit, _BIN)
        if np.array_equal(kept, previous):
            break
    if not r >= LEAST_R:
        raise _refused(f"the NDVI of {what} images near in time have a correlation of {r:.2f}")
    return Relation(
        sensor,
        reference,
        len(pairs.means),
        number,
        float(100 * (1 - counts[kept].sum() / number)),
        intercept,
        slope,
        r,
        _root_mean_square((y - x)[kept], counts[kept]),
        _root_mean_square(residual[kept], counts[kept]),
        _level_error(np.array(pairs.means), intercept, slope),
    )


def onto_oli(relations: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Intercept and slope that bring each sensor to OLI, that of TM by way of ETM+.

    Parameters
    ----------
    relations : DataFrame
        Columns sensor, reference, intercept, slope: a row for each `Relation`.

    Returns
    -------
    dict of sensor to (intercept, slope)
    """
    rows = relations.set_index("sensor")
    result: dict[str, tuple[float, float]] = {}
    for sensor in (name for name in REFERENCES if name in rows.index):
        step = rows.loc[sensor]
        base = result.get(step["reference"], (0.0, 1.0))
        result[sensor] = (base[0] + base[1] * step["intercept"], base[1] * step["slope"])
    return result


def needed_relations(sensors: Iterable[str]) -> list[tuple[str, str]]:
    """Sensor and reference of each relation that brings these sensors to OLI."""
    steps: Mapping[str, list[str]] = {"ETM+": ["ETM+"], "TM": ["ETM+", "TM"], "MSI": ["MSI"]}
    needed = {name for sensor in sensors for name in steps.get(sensor, ())}
    return [pair for pair in REFERENCES.items() if pair[0] in needed]


def _major_axis(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> tuple[float, float, float]:
    """Intercept, slope and correlation of the reduced major axis of counted points."""
    mean_x, mean_y = np.average(x, weights=counts), np.average(y, weights=counts)
    s_xx, s_yy, s_xy = (
        np.average(product, weights=counts)
        for product in ((x - mean_x) ** 2, (y - mean_y) ** 2, (x - mean_x) * (y - mean_y))
    )
    if s_xx == 0 or s_yy == 0:
        return float(mean_y), 0.0, float("nan")
    r = s_xy / np.sqrt(s_xx * s_yy)
    slope = np.sign(r) * np.sqrt(s_yy / s_xx)
    return float(mean_y - slope * mean_x), float(slope), float(r)


def _level_error(means: np.ndarray, intercept: float, slope: float) -> float:
    """Standard error of a weighted mean whose parts are the pairs of images, not their cells."""
    n, x, y = means.T
    off = y - intercept - slope * x
    return float(np.sqrt(np.sum((n / n.sum() * (off - np.average(off, weights=n))) ** 2)))


def _weighted_median(values: np.ndarray, counts: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(counts[order])
    return float(values[order][np.searchsorted(cumulated, cumulated[-1] / 2)])


def _root_mean_square(values: np.ndarray, counts: np.ndarray) -> float:
    return float(np.sqrt(np.average(values**2, weights=counts)))


def _refused(reason: str) -> ValueError:
    return ValueError(f"landsat.harmonise is refit, but {reason}. Set it to roy2016_rma, or add scenes.")
