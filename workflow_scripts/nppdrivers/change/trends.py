"""Trends of a run: series of the years, serial correlation, classes by a false discovery rate."""

from collections.abc import Sequence

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.trend import Trends, discoveries, first_order_factor, fit_trends

SERIAL_YEARS = 11  # fewest years from which serial correlation is allowed for; below, the test is exact
RISING, FALLING, UNCLEAR = 1, 2, 3
TREND_LEGEND = {RISING: "rising", FALLING: "falling", UNCLEAR: "not distinguishable from none"}


def read_years(paths: Sequence[str], grid: Grid, rows: slice, bands: Sequence[int] = (1,)) -> np.ndarray:
    """Mean of some bands of a raster a year, (years, cells of the rows) float32; NaN where one is missing."""
    return np.stack([rasters.read(path, grid, bands=bands, rows=rows).mean(axis=0).ravel() for path in paths])


def growing_months(temperature: np.ndarray, least_degc: float) -> list[int]:
    """Months of the growing season, 1 to 12: those at least as warm as this, all where none is.

    Parameters
    ----------
    temperature : (12,) array
        Mean of each month [degC].
    least_degc : float
        [degC]
    """
    warm = [int(month) + 1 for month in np.flatnonzero(temperature >= least_degc)]
    return warm or list(range(1, 13))


def fit(values: np.ndarray, years: np.ndarray) -> Trends:
    """Slope, interval and test of series, with serial correlation where there are years enough.

    From `SERIAL_YEARS` years the variance of S, for interval and p-value alike, is multiplied by
    `first_order_factor`, and the p-value is that of the normal approximation.

    Parameters
    ----------
    values : (T, n) array
        Annual values [any unit]; a series with a missing year (NaN) has no trend.
    years : (T,) array

    Returns
    -------
    Trends
        NaN for series with a missing year, which would be compared over other years than their neighbours.
    """
    found = fit_trends(values, years, least_years=len(years))
    if len(years) < SERIAL_YEARS:
        return found
    factor = np.fmax(first_order_factor(values, years, found.slope), 1.0)
    return fit_trends(values, years, least_years=len(years), factor=factor)


def trend_classes(slope: np.ndarray, p: np.ndarray, rate: float) -> np.ndarray:
    """Code of each cell: rising or falling where it counts among all cells, else not distinguishable.

    Parameters
    ----------
    slope, p : arrays of one shape
        Slope [any unit] and its p-value [0 to 1] of every cell of the field.
    rate : float
        Share of the discoveries that may be false [0 to 1].

    Returns
    -------
    uint8 array
        Codes of `TREND_LEGEND`; 0 without a trend (NaN).
    """
    found, _ = discoveries(p, rate)
    codes = np.where(found, np.where(slope > 0, RISING, FALLING), UNCLEAR)
    return np.where(np.isnan(p), 0, codes).astype(np.uint8)
