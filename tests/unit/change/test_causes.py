"""What of a trend is weather: both ways find a planted cause, and say when they cannot."""

import numpy as np

from nppdrivers.change.causes import (
    BOTH,
    CAUSE_LEGEND,
    NEITHER,
    OTHER,
    UNDECIDED,
    WEATHER,
    by_held_weather,
    by_regression,
    cause_classes,
    variables_for,
)

YEARS = np.arange(2001, 2021)


def planted(weather_trend, other_trend, n=300, seed=0):
    """NPP of rain, a trend of rain, another trend and noise; with held rain; the rain."""
    rng = np.random.default_rng(seed)
    time = (YEARS - YEARS.mean())[:, None]
    rain = 500 + weather_trend * time + rng.normal(0, 10, (len(YEARS), n))
    held = 400 + other_trend * time + rng.normal(0, 3, (len(YEARS), n))
    return held + 0.5 * (rain - 500), held, rain


def test_both_ways_find_what_was_planted():
    """Rising rain helped, a falling rest did not: both ways say weather, with the planted slopes."""
    npp, held, rain = planted(6.0, -2.0)
    for parts in (by_held_weather(npp, held, YEARS), by_regression(npp, rain[None], YEARS)):
        assert np.allclose(np.median(parts.slope, axis=1), [3.0, -2.0], atol=0.1)
        codes, probability = cause_classes(parts.rising, 0.9)
        assert (codes == WEATHER).mean() > 0.95 and (probability > 0.9).mean() > 0.95


def test_without_a_trend_most_is_undecided():
    """Noise alone is decided in few cells, six years of it in few too."""
    npp, held, rain = planted(0.0, 0.0)
    for n in (6, 20):
        for parts in (
            by_held_weather(npp[:n], held[:n], YEARS[:n]),
            by_regression(npp[:n], rain[None, :n], YEARS[:n]),
        ):
            codes, _ = cause_classes(parts.rising, 0.9)
            assert (codes == UNDECIDED).mean() > 0.75


def test_probabilities_are_products_and_classes_have_their_names():
    """Four sure cells get the four classes; an even one is undecided; NaN has none."""
    rising = np.array([[0.99, 0.99, 0.01, 0.01, 0.5, np.nan], [0.98, 0.02, 0.98, 0.02, 0.5, 0.9]])
    codes, probability = cause_classes(rising, 0.9)
    assert codes.tolist() == [BOTH, WEATHER, OTHER, NEITHER, UNDECIDED, 0]
    assert np.allclose(probability[:5], [0.9702, 0.9702, 0.9702, 0.9702, 0.25]) and np.isnan(probability[5])
    assert [CAUSE_LEGEND[code] for code in codes[:4]] == [
        "both helped", "only weather helped", "only people helped", "neither helped",
    ]  # fmt: skip


def test_few_years_bear_few_variables():
    """Three degrees of freedom are left: no variable at 5 years, one at 6, all three from 8."""
    wanted = ["precipitation", "temperature", "solar_radiation"]
    assert [len(variables_for(n, wanted)) for n in (5, 6, 7, 8, 20)] == [0, 1, 2, 3, 3]
    npp, _, rain = planted(1.0, 1.0, n=5)
    assert np.isnan(by_regression(npp[:5], rain[:0, None], YEARS[:5]).slope).all()
