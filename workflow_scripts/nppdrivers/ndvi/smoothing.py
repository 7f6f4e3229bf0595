"""Smoothing of NDVI series between the fused images and the months, by their real dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nppdrivers.dated_bands import day_numbers
from nppdrivers.images.composites import PERIOD_DAYS
from nppdrivers.vegetation_index import MAPPED

# Images this far around a year are smoothed with it: the weight of those farther away is negligible.
REACH = timedelta(days=12 * PERIOD_DAYS)
# What generalised cross-validation chooses from: from almost interpolation to hardly a season left
CANDIDATES = np.logspace(-3, 1, 21)
FEWEST_DATES = 4  # that it chooses by


@dataclass(frozen=True)
class Smoothing:
    """How a series is smoothed: the settings `ndvi.smoothing`.

    Attributes
    ----------
    method : {"none", "savitzky_golay", "whittaker"}
    window, degree : int
        See `savitzky_golay`.
    smoothness : float, or "gcv" until `choose_smoothness` has found it
        See `whittaker`.
    """

    method: str
    window: int
    degree: int
    smoothness: float | str

    def __str__(self) -> str:
        """What was done to the series, for the tags of a raster."""
        if self.method == "savitzky_golay":
            return f"{self.method}, window {self.window}, degree {self.degree}"
        if self.method == "whittaker":
            return f"{self.method}, smoothness {float(self.smoothness):.4g}"
        return self.method


def smooth(stack: NDArray, dates: Sequence[date], smoothing: Smoothing) -> NDArray[np.float32]:
    """Smooth series of a vegetation index with one of the methods below; "none" returns them as they are.

    Parameters
    ----------
    stack : (T, ...) array
        Index [1] with NaN.
    dates : sequence of T dates, in order
    smoothing : Smoothing

    Returns
    -------
    (T, ...) float32 array
        Index [1] within its valid range; NaN where it was.
    """
    if smoothing.method == "none":
        return stack
    if smoothing.method == "savitzky_golay":
        smoothed = savitzky_golay(stack, day_numbers(dates), smoothing.window, smoothing.degree)
    else:
        smoothed = whittaker(stack, day_numbers(dates), float(smoothing.smoothness))
    return np.clip(smoothed, *MAPPED.valid_range)


def savitzky_golay(stack: NDArray, days: NDArray, window: int, degree: int) -> NDArray[np.float32]:
    """Smooth each series by the polynomial of best fit to the dates around each date, by their real distance.

    On evenly spaced dates this is the filter of Savitzky and Golay; the first and last dates are fitted from
    the first and last window.

    Parameters
    ----------
    stack : (T, ...) array
        Series with NaN.
    days : (T,) array
        Days since any date, rising [d].
    window : int
        Number of dates in the window, odd, at most T (else T are taken).
    degree : int
        Of the polynomial, less than the window.

    Returns
    -------
    (T, ...) float32 array
        NaN where the series is; NaN take no part, and a date with too few values in its window (no more
        than the polynomial has coefficients) stays as it is.

    References
    ----------
    Savitzky, A. and Golay, M. J. E. (1964). Analytical Chemistry 36, 1627-1639. For NDVI: Chen, J. et al.
    (2004). Remote Sensing of Environment 91, 332-344.
    """
    times = len(days)
    window = min(window, times)
    if degree >= window:
        raise ValueError(f"a polynomial of degree {degree} needs a window of more than {window} dates")
    series = np.asarray(stack, np.float32).reshape(times, -1)
    result = series.copy()
    for t in range(times):
        first = min(max(t - window // 2, 0), times - window)
        around = slice(first, first + window)
        powers = ((days[around] - days[t]) / PERIOD_DAYS)[:, None] ** np.arange(degree + 1)
        fitted = _weigh(series[around], powers)
        usable = np.isfinite(series[t]) & np.isfinite(fitted)
        result[t, usable] = fitted[usable]
    return result.reshape(np.shape(stack))


def whittaker(stack: NDArray, days: NDArray, smoothness: float) -> NDArray[np.float32]:
    """Smooth each series z of y by minimising sum (y - z)^2 + smoothness x integral of (z'')^2.

    z'' by divided differences of three neighbouring dates, time in units of 16 days: on dates 16 days
    apart the penalty is the plain sum of squared second differences.

    Parameters
    ----------
    stack, days
        As for `savitzky_golay`.
    smoothness : float
        Weight of the penalty, larger than 0; in the literature lambda.

    Returns
    -------
    (T, ...) float32 array
        NaN where the series is; NaN take no part, and series of fewer than three values stay as they are.

    References
    ----------
    Eilers, P. H. C. (2003). A perfect smoother. Analytical Chemistry 75, 3631-3636.
    """
    series = np.asarray(stack, np.float32).reshape(len(days), -1)
    if len(days) < 3:
        return series.reshape(np.shape(stack))
    roughness = smoothness * _roughness(np.asarray(days, float))
    bands = np.zeros((3, len(days)))
    for k in range(3):
        bands[k, : len(days) - k] = np.diagonal(roughness, k)
    return _solve_penalised(series, bands).reshape(np.shape(stack))


def choose_smoothness(stack: NDArray, days: NDArray) -> float:
    """Choose the smoothness of `whittaker` by generalised cross-validation over all complete series.

    GCV = mean |y - H y|^2 / T / (1 - trace H / T)^2, one value for all series, the least among `CANDIDATES`.
    Errors that last over several dates count as signal, so the result tends to smooth too little.

    Parameters
    ----------
    stack, days
        As for `savitzky_golay`; series with NaN take no part.

    Returns
    -------
    float
        Smoothness [1].

    Raises
    ------
    ValueError
        When no series is complete, or there are fewer than four dates.
    """
    series = np.asarray(stack, float).reshape(len(days), -1)
    series = series[:, np.isfinite(series).all(axis=0)]
    if series.shape[1] == 0 or len(days) < FEWEST_DATES:
        raise ValueError(
            "no series of four dates or more is complete: set ndvi.smoothing.smoothness to a number"
        )
    eigenvalues, vectors = np.linalg.eigh(_roughness(np.asarray(days, float)))
    energy = np.mean((vectors.T @ series) ** 2, axis=1)
    kept = 1 / (1 + CANDIDATES[:, None] * np.maximum(eigenvalues, 0))  # eigenvalues of H, by candidate
    score = ((1 - kept) ** 2 @ energy) / (1 - kept.mean(axis=1)) ** 2
    return float(CANDIDATES[np.argmin(score)])


def _roughness(days: NDArray) -> NDArray:
    """Matrix R with z' R z the integral of the squared second derivative, time in units of 16 days."""
    before, after = np.diff(days[:-1]) / PERIOD_DAYS, np.diff(days[1:]) / PERIOD_DAYS
    length = (before + after) / 2
    row = np.arange(len(days) - 2)
    second = np.zeros((len(row), len(days)))
    second[row, row] = 1 / (before * length)
    second[row, row + 1] = -(1 / before + 1 / after) / length
    second[row, row + 2] = 1 / (after * length)
    return second.T @ (length[:, None] * second)


def _weigh(values: NDArray, powers: NDArray) -> NDArray:
    """Constant term of the polynomial of best fit to the finite values of each column of a window."""
    finite = np.isfinite(values)
    result = np.full(values.shape[1], np.nan)
    codes = (1 << np.arange(len(powers))) @ finite  # columns with the same gaps have the same weights
    for code in np.unique(codes):
        cells = np.flatnonzero(codes == code)
        pattern = finite[:, cells[0]]
        if pattern.sum() < min(powers.shape[1] + 1, len(powers)):
            continue
        weights = np.linalg.pinv(powers[pattern])[0]
        # a sum in one order, not a matrix product: the result must not depend on the number of cells
        result[cells] = sum(w * row[cells] for w, row in zip(weights, values[pattern], strict=True))
    return result


@njit(cache=True, nogil=True)
def _solve_penalised(series: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """Solve (W + R) z = W y of each series by the L D L' factors of the matrix of five diagonals."""
    times, number = series.shape
    result = series.copy()
    pivot, one, two, z = np.empty(times), np.zeros(times), np.zeros(times), np.empty(times)
    for cell in range(number):
        if np.isfinite(series[:, cell]).sum() < 3:
            continue
        for i in range(times):
            valid = np.isfinite(series[i, cell])
            pivot[i] = bands[0, i] + (1.0 if valid else 0.0)
            one[i], two[i] = bands[1, i], bands[2, i]
            z[i] = series[i, cell] if valid else 0.0
            if i > 0:
                pivot[i] -= pivot[i - 1] * one[i - 1] ** 2
                one[i] -= pivot[i - 1] * one[i - 1] * two[i - 1]
                z[i] -= one[i - 1] * z[i - 1]
            if i > 1:
                pivot[i] -= pivot[i - 2] * two[i - 2] ** 2
                z[i] -= two[i - 2] * z[i - 2]
            one[i] /= pivot[i]
            two[i] /= pivot[i]
        for i in range(times - 1, -1, -1):
            z[i] /= pivot[i]
            if i + 1 < times:
                z[i] -= one[i] * z[i + 1]
            if i + 2 < times:
                z[i] -= two[i] * z[i + 2]
            if np.isfinite(series[i, cell]):
                result[i, cell] = z[i]
    return result
