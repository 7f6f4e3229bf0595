"""Smoothing of NDVI series: libraries and dense algebra as oracles, uneven dates, gaps, GCV."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.signal import savgol_filter

from nppdrivers.dated_bands import day_numbers
from nppdrivers.ndvi import smoothing

EVEN = np.arange(30) * 16.0


@pytest.fixture
def series():
    """Noisy seasons of 30 dates and 5 x 4 cells."""
    rng = np.random.default_rng(2)
    season = 0.5 + 0.3 * np.sin(EVEN * 2 * np.pi / 365)
    return (season[:, None, None] + rng.normal(0, 0.05, (30, 5, 4))).astype("float32")


@pytest.fixture
def uneven():
    """Dates 8 or 16 days apart, and shorter at the ends of years."""
    return np.cumsum(np.random.default_rng(9).choice([5.0, 8.0, 13.0, 16.0], 30))


@pytest.mark.parametrize(("window", "degree"), [(3, 1), (5, 2), (7, 3), (9, 2)])
def test_even_dates_give_the_filter_of_scipy(series, window, degree):
    """On even dates the local polynomials are scipy's Savitzky-Golay filter, at both ends too."""
    ours = smoothing.savitzky_golay(series, EVEN, window, degree)
    expected = savgol_filter(series.astype(float), window, degree, axis=0, mode="interp")
    np.testing.assert_allclose(ours, expected, atol=1e-6)


def test_local_polynomials_by_numpy(series, uneven):
    """With uneven dates and gaps each value is that of a polynomial fitted by numpy to its window."""
    series[np.random.default_rng(3).random(series.shape) < 0.25] = np.nan
    ours = smoothing.savitzky_golay(series, uneven, 7, 2)
    fitted = 0
    for t in range(30):
        window = slice(min(max(t - 3, 0), 23), min(max(t - 3, 0), 23) + 7)
        for cell in np.ndindex(5, 4):
            values = series[window, *cell].astype(float)
            valid = np.isfinite(values)
            if np.isnan(series[t, *cell]):
                assert np.isnan(ours[t, *cell])
            elif valid.sum() <= 3:
                assert ours[t, *cell] == series[t, *cell]
            else:
                line = np.polynomial.Polynomial.fit(uneven[window][valid], values[valid], 2)
                assert ours[t, *cell] == pytest.approx(line(uneven[t]), abs=1e-5)
                fitted += 1
    assert fitted > 300


def dense(values: np.ndarray, days: np.ndarray, smoothness: float) -> np.ndarray:
    """Whittaker smoother of one series by dense algebra, second derivatives of parabolas through 3 dates."""
    time = days / 16
    second = np.zeros((len(days) - 2, len(days)))
    for i in range(len(days) - 2):
        t = time[i : i + 3]
        for k in range(3):
            others = np.delete(t, k)
            second[i, i + k] = 2 / ((t[k] - others[0]) * (t[k] - others[1]))
    length = np.diag((time[2:] - time[:-2]) / 2)
    weight = np.diag(np.isfinite(values).astype(float))
    return np.linalg.solve(
        weight + smoothness * second.T @ length @ second, np.nan_to_num(values) * weight.diagonal()
    )


@pytest.mark.parametrize("smoothness", [0.01, 1.0, 10.0])
def test_whittaker_equals_dense_algebra(series, uneven, smoothness):
    """On uneven dates with gaps each series equals the dense solution; gaps stay gaps."""
    series[np.random.default_rng(3).random(series.shape) < 0.25] = np.nan
    ours = smoothing.whittaker(series, uneven, smoothness)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(series))
    for cell in np.ndindex(5, 4):
        expected = dense(series[:, *cell].astype(float), uneven, smoothness)
        valid = np.isfinite(series[:, *cell])
        np.testing.assert_allclose(ours[:, *cell][valid], expected[valid], atol=2e-6)


def test_plain_second_differences_on_even_dates(series):
    """16 days apart the penalty is the sum of squared second differences of the literature."""
    differences = np.diff(np.eye(30), 2, axis=0)
    expected = np.linalg.solve(np.eye(30) + 3.0 * differences.T @ differences, series.reshape(30, -1))
    np.testing.assert_allclose(smoothing.whittaker(series, EVEN, 3.0).reshape(30, -1), expected, atol=2e-6)


@pytest.mark.parametrize("method", ["savitzky_golay", "whittaker"])
def test_lines_in_time_stay(uneven, method):
    """A series that changes evenly in real time is not changed, however its dates lie."""
    line = (0.2 + 0.001 * uneven)[:, None].astype("float32")
    dates = [date(2010, 1, 1) + timedelta(day) for day in uneven]
    smoothed = smoothing.smooth(line, dates, smoothing.Smoothing(method, 5, 2, 10.0))
    np.testing.assert_allclose(smoothed, line, atol=1e-5)


@pytest.mark.parametrize("method", ["savitzky_golay", "whittaker"])
def test_cells_are_alone(series, method):
    """Cells smoothed alone have the bits of those smoothed with others; a missing cell stays missing."""
    series[:, 2, 2] = np.nan
    series[2:, 1, 1] = np.nan
    dates = [date(2010, 1, 9) + timedelta(day) for day in EVEN]
    choice = smoothing.Smoothing(method, window=5, degree=2, smoothness=1.0)
    whole = smoothing.smooth(series, dates, choice)
    np.testing.assert_array_equal(whole[:, 1:3], smoothing.smooth(series[:, 1:3], dates, choice))
    assert np.isnan(whole[:, 2, 2]).all()
    np.testing.assert_array_equal(whole[:, 1, 1], series[:, 1, 1])
    assert np.abs(whole[:, 0, 0] - series[:, 0, 0]).max() > 0.01


def test_years_with_their_reach_equal_the_whole():
    """A year smoothed with the dates within reach equals the same year of six years smoothed at once."""
    dates = [date(year, 1, 9) + timedelta(16 * k) for year in range(2010, 2016) for k in range(23)]
    stack = np.random.default_rng(1).uniform(0, 1, (len(dates), 50)).astype("float32")
    near = [
        date(2012, 1, 1) - smoothing.REACH <= day <= date(2012, 12, 31) + smoothing.REACH for day in dates
    ]
    own = np.array([day.year == 2012 for day in dates])
    for method, smoothness, tolerance in (
        ("savitzky_golay", 1, 1e-6),
        ("whittaker", 1, 1e-4),
        ("whittaker", 10, 2e-3),
    ):
        choice = smoothing.Smoothing(method, window=7, degree=2, smoothness=smoothness)
        whole = smoothing.smooth(stack, dates, choice)[own]
        part = smoothing.smooth(stack[near], np.array(dates)[near], choice)[own[near]]
        np.testing.assert_allclose(part, whole, atol=tolerance)


def test_generalised_cross_validation(uneven):
    """The choice equals leave-one-out by brute force in its formula, and follows the noise."""
    rng = np.random.default_rng(5)
    season = 0.5 + 0.3 * np.sin(uneven * 2 * np.pi / 365)
    noisy, quiet = (season[:, None] + rng.normal(0, sd, (30, 200)) for sd in (0.08, 0.002))
    scores = []
    for smoothness in smoothing.CANDIDATES:
        hat = np.array([dense(unit, uneven, smoothness) for unit in np.eye(30)]).T
        residual = noisy - hat @ noisy
        scores.append(np.mean(residual**2) / (1 - np.trace(hat) / 30) ** 2)
    chosen = smoothing.choose_smoothness(noisy, uneven)
    assert chosen == smoothing.CANDIDATES[np.argmin(scores)]
    assert smoothing.choose_smoothness(quiet, uneven) < chosen
    truth = season[:, None]
    errors = [
        np.std(smoothing.whittaker(noisy, uneven, value) - truth)
        for value in (chosen, chosen / 30, chosen * 30)
    ]
    assert errors[0] < min(errors[1:])


def test_wrong_choices():
    """A polynomial that no window carries, and series with gaps everywhere for the choice, are errors."""
    with pytest.raises(ValueError, match="degree 5"):
        smoothing.savitzky_golay(np.ones((9, 1)), EVEN[:9], 5, 5)
    with pytest.raises(ValueError, match="no series of four dates"):
        smoothing.choose_smoothness(np.full((9, 1), np.nan), EVEN[:9])


def test_dates_are_days():
    """Dates become days whose differences are real, over a leap day and a year's end."""
    dates = [date(2011, 12, 27), date(2012, 1, 9), date(2012, 2, 26), date(2012, 3, 13)]
    assert np.diff(day_numbers(dates)).tolist() == [13, 48, 16]
