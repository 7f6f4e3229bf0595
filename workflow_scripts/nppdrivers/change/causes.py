"""What of a trend is weather: two ways to part it, and the class of each cell with its probability."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nppdrivers.change.trends import fit
from nppdrivers.trend import split_trend

LEAST_FREEDOM = 3  # of a regression: years - variables - 2
BOTH, WEATHER, OTHER, NEITHER, UNDECIDED = 1, 2, 3, 4, 5
CAUSE_LEGEND = {
    BOTH: "both helped",
    WEATHER: "only weather helped",
    OTHER: "only people helped",
    NEITHER: "neither helped",
    UNDECIDED: "undecided",
}


class Parts(NamedTuple):
    """Two parts of the trend of each cell; each (2, n): weather, and the rest.

    slope [gC m-2 yr-2], and confidence that it is above 0 [0 to 1].
    """

    slope: np.ndarray
    rising: np.ndarray


def variables_for(years: int, wanted: Sequence[str]) -> list[str]:
    """First variables of weather that a regression over so many years can bear, years - 5 at most."""
    return list(wanted[: max(years - 2 - LEAST_FREEDOM, 0)])


def by_held_weather(npp: np.ndarray, held: np.ndarray, years: np.ndarray) -> Parts:
    """Part a trend by NPP computed anew with the weather of the mean year.

    rest = slope of NPP with held weather; weather = slope of the difference from it.

    Parameters
    ----------
    npp, held : (T, n) arrays
        Annual NPP, and the same with held weather [gC m-2 yr-1]; NaN in either gives NaN.
    years : (T,) array

    Returns
    -------
    Parts
        Theil-Sen slopes, with the confidence of the Mann-Kendall test.
    """
    parts = [fit(npp - held, years), fit(np.where(np.isnan(npp), np.nan, held), years)]
    return Parts(np.stack([each.slope for each in parts]), np.stack([each.rising for each in parts]))


def by_regression(npp: np.ndarray, weather: np.ndarray, years: np.ndarray) -> Parts:
    """Part a trend by least squares on annual weather and time together (residual trend).

    Parameters
    ----------
    npp : (T, n) array
        Annual NPP [gC m-2 yr-1].
    weather : (K, T, n) array
        Annual weather [any units].
    years : (T,) array

    Returns
    -------
    Parts
        NaN with fewer than K + 5 years, where no regression can be trusted, or without weather.
    """
    if not len(weather):
        return Parts(*np.full((2, 2, npp.shape[1]), np.nan))
    split = split_trend(npp, years, weather, least_freedom=LEAST_FREEDOM)
    return Parts(
        np.stack([split.weather, split.residual]), np.stack([split.weather_rising, split.residual_rising])
    )


def cause_classes(rising: np.ndarray, least_probability: float) -> tuple[np.ndarray, np.ndarray]:
    """Class of each cell by the confidences that its two parts rise, and its probability.

    With c and h that weather and the rest raise NPP: both ``c h``, weather alone ``c (1 - h)``, the rest
    alone ``(1 - c) h``, neither ``(1 - c)(1 - h)``. The likeliest is taken where it is likely enough.

    Parameters
    ----------
    rising : (2, n) array
        Confidence that weather and the rest rise [0 to 1].
    least_probability : float
        Below, the cell is undecided [0 to 1].

    Returns
    -------
    codes : (n,) uint8
        Of `CAUSE_LEGEND`; 0 where either confidence is NaN.
    probability : (n,) float64
        Of the likeliest class [0 to 1].
    """
    c, h = rising
    chances = np.stack([c * h, c * (1 - h), (1 - c) * h, (1 - c) * (1 - h)])
    unknown = np.isnan(chances).any(axis=0)
    leading = np.where(unknown, 0, chances).argmax(axis=0)
    probability = np.where(unknown, np.nan, chances.max(axis=0))
    codes = np.where(probability >= least_probability, leading + BOTH, UNDECIDED)
    return np.where(unknown, 0, codes).astype(np.uint8), probability
