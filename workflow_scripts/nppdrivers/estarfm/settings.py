"""Settings of ESTARFM, checked, and in the form in which the compiled loops take them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

SCALES = 0.01, 10.0  # in spans of the valid range; beyond, scale and range are of different units
_SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class SceneStatistics:
    """Constants of a base pair that every tile of the scene must share.

    Attributes
    ----------
    sigma : standard deviation of the fine images of dates m and n [unit of the data], (2, bands)
    centre : mean of the fine and of the coarse images over both dates [unit of the data], (2, bands)
    """

    sigma: NDArray[np.float64]
    centre: NDArray[np.float64]


class Settings(NamedTuple):
    """What all blocks share.

    Attributes
    ----------
    window : side of the moving window [pixels], odd
    limits : largest difference of similar pixels on dates m and n, (2, bands)
    critical : critical value of the F test by number of similar pixels
    distance : relative distance of each pixel of a window, (window, window)
    scale, bounds : value that stands for 1; lowest and highest valid prediction [unit of the data]
    extrapolate : whether slopes apply beyond the coarse change between the base dates
    centre : scene means of fine and coarse images, (2, bands)
    """

    window: int
    limits: NDArray[np.float64]
    critical: NDArray[np.float64]
    distance: NDArray[np.float32]
    scale: float
    bounds: tuple[float, float]
    extrapolate: bool
    centre: NDArray[np.float64]


def make_settings(
    statistics: SceneStatistics,
    window: int,
    classes: int,
    scale: float,
    valid_range: tuple[float, float],
    extrapolate: bool,
) -> Settings:
    """Settings of the loops from those of `predict`."""
    return Settings(
        int(window),
        2.0 * statistics.sigma / classes,
        _critical_values(window * window),
        _distance(window),
        float(scale),
        (float(valid_range[0]), float(valid_range[1])),
        bool(extrapolate),
        statistics.centre,
    )


def check_settings(window: int, classes: int, scale: float, valid_range: tuple[float, float]) -> None:
    """Refuse settings that are impossible, or of different units."""
    if int(window) != window or window < 3 or window % 2 == 0:
        raise ValueError(f"window is {window}; it must be an odd number of pixels, 3 or more")
    if not classes >= 1:
        raise ValueError(f"classes is {classes}; it must be 1 or more")
    low, high = valid_range
    if not low < high:
        raise ValueError(f"valid_range is {valid_range}; the first value must be below the second")
    if not SCALES[0] * (high - low) <= scale <= SCALES[1] * (high - low):
        raise ValueError(
            f"scale is {scale} with valid_range {valid_range}: these are of different units; scale is the "
            "value that stands for 1 in the data (1 for an index, 10000 for reflectance stored as integers)"
        )


@lru_cache
def _critical_values(largest: int) -> NDArray[np.float64]:
    """Critical value of F(1, 2 n - 2) for n = 0 ... largest similar pixels; infinite where undefined."""
    values = np.full(largest + 1, np.inf)
    number = np.arange(2, largest + 1)
    values[2:] = special.fdtri(1, 2 * number - 2, 1.0 - _SIGNIFICANCE)
    return values


@lru_cache
def _distance(window: int) -> NDArray[np.float32]:
    """Relative distance 1 + |x - x_0| / half of a window's pixels (eq 16)."""
    half = window // 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    return (1.0 + np.hypot(y, x) / half).astype(np.float32)
