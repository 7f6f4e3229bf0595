"""Slope, test, serial correlation, discoveries and residual trend against libraries and obvious loops."""

from itertools import permutations

import numpy as np
import pymannkendall
import pytest
from scipy import stats

from nppdrivers import trend

YEARS = np.arange(2001, 2021)


def series(n_years: int, cells: int, *, ties: bool = False, gaps: bool = False) -> np.ndarray:
    """Random series (T, n): whole numbers where ties are wanted, some years missing where gaps are."""
    rng = np.random.default_rng(n_years)
    values = rng.normal(0, 2, (n_years, cells))
    values = np.round(values) if ties else values
    return np.where(gaps & (rng.random(values.shape) < 0.15), np.nan, values)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n_years", [5, 6, 9, 20, 23])
def test_slope_and_interval_equal_scipy(n_years: int, ties: bool) -> None:
    """Slope and interval are those of scipy.stats.theilslopes, with ties and with gaps in the years."""
    values, years = series(n_years, 60, ties=ties, gaps=True), np.arange(2001, 2001 + n_years)
    found = trend.fit_trends(values, years, confidence=0.9)
    for cell, y in enumerate(values.T):
        known = np.isfinite(y)
        if known.sum() < 3:
            assert np.isnan(found.slope[cell])
            continue
        theirs = stats.theilslopes(y[known], years[known], alpha=0.9)
        ours = [found.slope[cell], found.low[cell], found.high[cell]]
        np.testing.assert_allclose(ours, [theirs.slope, theirs.low_slope, theirs.high_slope], atol=1e-9)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n_years", [5, 9, 20])
def test_normal_test_equals_pymannkendall(n_years: int, ties: bool) -> None:
    """S, its variance and the normal p-value are those of pymannkendall.original_test, with ties and gaps."""
    values = series(n_years, 60, ties=ties, gaps=True)
    found = trend.fit_trends(values, YEARS[:n_years], exact_up_to=0)
    for cell, y in enumerate(values.T):
        if np.isfinite(y).sum() < 3 or np.nanmin(y) == np.nanmax(y):
            continue
        theirs = pymannkendall.original_test(y)
        ours = [found.s[cell], found.variance[cell], found.p[cell], found.slope[cell]]
        np.testing.assert_allclose(ours, [theirs.s, theirs.var_s, theirs.p, theirs.slope], atol=1e-9)


@pytest.mark.parametrize("n_years", [4, 5, 6, 10])
def test_exact_test_equals_scipy(n_years: int) -> None:
    """Up to ten years the p-value is that of scipy.stats.kendalltau(method="exact")."""
    values = series(n_years, 100)
    found = trend.fit_trends(values, YEARS[:n_years])
    theirs = [stats.kendalltau(YEARS[:n_years], y, method="exact").pvalue for y in values.T]
    np.testing.assert_allclose(found.p, theirs, atol=1e-9)


@pytest.mark.parametrize("y", [[1, 1, 2, 3, 4, 5], [2, 2, 1, 1, 1, 0], [3, 1, 3, 1, 2, 2]])
def test_exact_test_with_ties_counts_all_orders(y: list[float]) -> None:
    """With ties the p-value and the confidence of a rise are shares of all orders of the values."""
    found = trend.fit_trends(np.array(y, float)[:, None], YEARS[:6])
    scores = [
        sum(np.sign(order[j] - order[i]) for i in range(6) for j in range(i + 1, 6))
        for order in permutations(y)
    ]
    scores, s = np.array(scores), found.s[0]
    assert found.p[0] == pytest.approx(np.mean(np.abs(scores) >= abs(s)))
    assert found.rising[0] == pytest.approx(np.mean(scores < s) + np.mean(scores == s) / 2)


def test_normal_test_misjudges_short_series() -> None:
    """Five rising years have p = 1/60; the normal approximation, as in pymannkendall, gives 0.027."""
    found = trend.fit_trends(np.arange(5.0)[:, None], YEARS[:5])
    assert found.p[0] == pytest.approx(trend.least_p(5)) == pytest.approx(1 / 60)
    assert pymannkendall.original_test(np.arange(5.0)).p == pytest.approx(0.0275, abs=1e-4)


def test_few_years_and_constant_series() -> None:
    """Too few years give NaN; a constant series has slope 0 and p = 1."""
    values = np.array([[1.0, 3.0], [np.nan, 3.0], [2.0, 3.0], [np.nan, 3.0]])
    found = trend.fit_trends(values, YEARS[:4])
    assert found.years.tolist() == [2, 4]
    assert np.isnan([found.slope[0], found.p[0], found.rising[0]]).all()
    assert [found.slope[1], found.p[1], found.rising[1]] == [0.0, 1.0, 0.5]


def test_equal_slopes_and_outliers_are_ordered() -> None:
    """The order statistics hold where nearly all slopes are equal, and where a few are huge."""
    straight = np.arange(20.0)
    spiked = np.random.default_rng(0).normal(size=20) + 1e6 * (np.arange(20) == 7)
    stepped = np.where(np.arange(20) < 10, 0.0, 1.0)
    values = np.stack([straight, spiked, stepped], axis=1)
    found = trend.fit_trends(values, YEARS)
    for cell, y in enumerate(values.T):
        theirs = stats.theilslopes(y, YEARS)
        assert [found.slope[cell], found.low[cell], found.high[cell]] == pytest.approx(
            list(theirs)[:1] + list(theirs)[2:]
        )


def correlated(n_years: int, cells: int, keep: float = 0.6) -> np.ndarray:
    """Series (T, n) in which a year keeps a share of the year before, alike in all years."""
    rng, values = np.random.default_rng(3), np.zeros((n_years, cells))
    values[-1] = rng.normal(size=cells) / np.sqrt(1 - keep**2)
    for k in range(n_years):
        values[k] = keep * values[k - 1] + rng.normal(size=cells)
    return values


def test_first_order_factor_equals_an_obvious_loop() -> None:
    """The factor sums all lags of a first order process whose share is corrected for its bias."""
    values = correlated(20, 40)
    values[6:10, :20] = np.nan
    values[3:, 0] = np.nan
    found = trend.fit_trends(values, YEARS)
    factor = trend.first_order_factor(values, YEARS, found.slope)
    assert np.isnan(factor[0])
    for cell in range(1, 40):
        known = np.isfinite(values[:, cell])
        n, ranks = int(known.sum()), np.zeros(20)
        ranks[known] = stats.rankdata((values[:, cell] - YEARS * found.slope[cell])[known]) - (n + 1) / 2
        first = (n * (ranks[1:] @ ranks[:-1]) / (ranks @ ranks) + 2) / (n - 4)
        first = min(max(first, 0.0), 1.0)
        total = sum((n - k) * (n - k - 1) * (n - k - 2) * first**k for k in range(1, n))
        assert factor[cell] == pytest.approx(1 + 2 * total / (n * (n - 1) * (n - 2)))


def test_a_factor_widens_interval_and_test() -> None:
    """Interval and p are those of a variance that is so many times larger, with ties too."""
    values = np.round(correlated(12, 30), 1)
    factor = np.linspace(1, 4, 30)
    found = trend.fit_trends(values, YEARS[:12], factor=factor)
    plain = trend.fit_trends(values, YEARS[:12], exact_up_to=0)
    np.testing.assert_allclose(found.variance, plain.variance * factor)
    earlier, later = np.triu_indices(12, 1)
    for cell, y in enumerate(values.T):
        slopes = np.sort((y[later] - y[earlier]) / (later - earlier))
        reach = stats.norm.ppf(0.975) * np.sqrt(found.variance[cell])
        assert found.low[cell] == slopes[max(round((66 - reach) / 2) - 1, 0)]
        assert found.high[cell] == slopes[min(round((66 + reach) / 2), 65)]
        z = max(abs(found.s[cell]) - 1, 0) / np.sqrt(found.variance[cell])
        assert found.p[cell] == pytest.approx(1.0 if found.s[cell] == 0 else 2 * stats.norm.sf(z))


def test_a_factor_must_fit() -> None:
    """A factor for another number of series, or one that is not above 0, is refused."""
    values = correlated(12, 3)
    for wrong in (np.ones(2), np.zeros(3), np.full(3, np.nan)):
        with pytest.raises(ValueError, match="factor: give one above 0"):
            trend.fit_trends(values, YEARS[:12], factor=wrong)


@pytest.mark.parametrize("n_years", [12, 20])
def test_intervals_hold_the_slope_of_series_with_memory(n_years: int) -> None:
    """Where a year keeps 0.3 of the year before, 95 % intervals with the factor hold in 92 to 97 %."""
    values, years = correlated(n_years, 3000, keep=0.3), YEARS[:n_years]
    plain = trend.fit_trends(values, years)
    factor = trend.first_order_factor(values, years, plain.slope)
    wide = trend.fit_trends(values, years, factor=factor)
    held, narrow = (((found.low <= 0) & (found.high >= 0)).mean() for found in (wide, plain))
    assert narrow < 0.91 and 0.92 < held < 0.97


def test_the_choice_of_lags_leaves_more_false_calls() -> None:
    """Of series without trend that keep 0.3 the lags of Hamed and Rao call a tenth, the first order 6 %."""
    values = correlated(20, 600, keep=0.3)
    plain = trend.fit_trends(values, YEARS)
    factor = trend.first_order_factor(values, YEARS, plain.slope)
    called = (trend.fit_trends(values, YEARS, factor=factor).p <= 0.05).mean()
    with np.errstate(invalid="ignore"):
        theirs = np.mean([pymannkendall.hamed_rao_modification_test(y).p <= 0.05 for y in values.T])
    assert 0.03 < called < 0.08
    assert theirs > 0.1 and (plain.p <= 0.05).mean() > 0.1


def test_pymannkendall_closes_gaps_and_has_no_p_of_some_short_series() -> None:
    """Why its correction is not used: the lags across a gap are no years, and a variance can be negative."""
    values = correlated(20, 1)[:, 0]
    values[6:10] = np.nan
    gap, closed = (
        pymannkendall.hamed_rao_modification_test(y) for y in (values, values[np.isfinite(values)])
    )
    assert gap.var_s == closed.var_s
    with np.errstate(invalid="ignore", divide="ignore"):
        short = [pymannkendall.hamed_rao_modification_test(y).p for y in series(8, 100).T]
    assert np.isnan(short).any()


def test_discoveries_equal_scipy() -> None:
    """Discoveries are the tests whose adjusted p-value, from scipy, is at most the rate; NaN is no test."""
    p = np.append(np.random.default_rng(1).random(200) ** 3, np.nan)
    found, threshold = trend.discoveries(p, 0.05)
    adjusted = stats.false_discovery_control(p[:-1])
    assert (found[:-1] == (adjusted <= 0.05)).all() and not found[-1]
    assert 0 < found.sum() < 200 and threshold == p[found].max()


def test_no_discovery_without_small_p() -> None:
    """Nothing counts where no p-value is small, or where there is none."""
    for p in (np.full(10, 0.5), np.array([np.nan])):
        found, threshold = trend.discoveries(p)
        assert not found.any() and threshold == 0.0


def climate_and_trend(cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Series with a planted residual trend of 3, and weather that rises itself."""
    rng = np.random.default_rng(5)
    weather = rng.normal(size=(2, 20, cells)) + 0.1 * np.arange(20)[:, None]
    values = 4 * weather[0] - 2 * weather[1] + 3 * np.arange(20)[:, None] + rng.normal(size=(20, cells))
    return values, weather


def test_split_equals_least_squares() -> None:
    """Both parts and the standard error are those of a fit by numpy; the parts add up to the plain slope."""
    values, weather = climate_and_trend(30)
    values[4, ::3] = np.nan
    split = trend.split_trend(values, YEARS, weather)
    for cell in range(30):
        known = np.isfinite(values[:, cell])
        y, t = values[known, cell], YEARS[known].astype(float)
        design = np.column_stack([np.ones(known.sum()), *weather[:, known, cell], t - 2010])
        b, rest, *_ = np.linalg.lstsq(design, y, rcond=None)
        covariance = rest[0] / (known.sum() - 4) * np.linalg.inv(design.T @ design)
        assert split.residual[cell] == pytest.approx(b[3])
        assert split.residual_se[cell] == pytest.approx(np.sqrt(covariance[3, 3]))
        assert split.total[cell] == pytest.approx(stats.linregress(t, y).slope)
        gain = np.array([stats.linregress(t, w[known]).slope for w in weather[:, :, cell]])
        assert split.weather[cell] == pytest.approx(gain @ b[1:3])
        assert split.weather_se[cell] == pytest.approx(np.sqrt(gain @ covariance[1:3, 1:3] @ gain))


def test_split_recovers_the_planted_parts() -> None:
    """The planted residual trend lies within its interval of 95 % in 90 to 98 % of the cells."""
    values, weather = climate_and_trend(2000)
    split = trend.split_trend(values, YEARS, weather)
    assert 0.90 < np.mean(np.abs(split.residual - 3) < 2.12 * split.residual_se) < 0.98
    assert (split.residual_rising > 0.99).mean() > 0.9


def test_split_needs_freedom_and_distinct_columns() -> None:
    """Too few years, or weather that rises like time itself, leave the parts unknown."""
    values, weather = climate_and_trend(4)
    assert np.isnan(trend.split_trend(values[:6], YEARS[:6], weather[:, :6]).residual).all()
    weather[0] = np.arange(20)[:, None]
    assert np.isnan(trend.split_trend(values, YEARS, weather).residual).all()


@pytest.mark.parametrize(
    "arguments",
    [
        {"values": np.zeros((4, 2)), "years": YEARS[:5]},
        {"values": np.zeros((2, 2)), "years": np.array([2002, 2001])},
        {"values": np.zeros((2, 2)), "years": YEARS[:2], "confidence": 0.2},
    ],
)
def test_wrong_arguments_are_refused(arguments: dict) -> None:
    """Shapes that do not fit, years that do not rise and impossible confidences are refused."""
    with pytest.raises(ValueError, match=r"fit|rise|confidence"):
        trend.fit_trends(**arguments)


def test_other_wrong_arguments_are_refused() -> None:
    """Groups of ties larger than the series, and weather of another shape, are refused."""
    with pytest.raises(ValueError, match="groups"):
        trend.null_counts(3, [4])
    with pytest.raises(ValueError, match="fit"):
        trend.split_trend(np.zeros((5, 2)), YEARS[:5], np.zeros((1, 4, 2)))
