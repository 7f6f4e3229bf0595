"""Standard error of fused values, learnt from images that were left out and predicted.

The error of a fused value grows with the number of days to the pixel's clear fine images, and with its
departure from the straight line between these, that is how much it rests on the coarse images.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_DATES = 6
_ROUNDS = 12
_LEAST_SHARE = 1e-3  # of the mean squared error: a variance below it would outweigh all other values


@dataclass(frozen=True)
class ErrorModel:
    """Variance of a fused value's error: constant + per_day gap + departure_share departure^2.

    Attributes
    ----------
    constant : [unit^2]
    per_day : [unit^2 d-1]
    departure_share : [1]
    without_image : variance where no fine image is clear: of the coarse value less its bias [unit^2]
    image_noise : variance of the noise of a fine image, by which the error against one is larger [unit^2]
    """

    constant: float
    per_day: float
    departure_share: float
    without_image: float
    image_noise: float

    def standard_error(
        self, gap: NDArray, departure: NDArray, *, with_image_noise: bool = False
    ) -> NDArray[np.float32]:
        """Standard error [unit] for a gap [d] and a departure [unit]; a gap of NaN has no image at all.

        Against the truth or, with `with_image_noise`, against a fine image of that day, which has noise of
        its own.
        """
        variance = self.constant + self.per_day * gap + self.departure_share * np.square(departure)
        variance = np.where(np.isnan(gap), self.without_image, variance)
        return np.sqrt(variance + with_image_noise * self.image_noise).astype(np.float32)


def first_clear(
    images: NDArray, days: Sequence[float], day: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Value of each pixel's first clear image, and the days to it.

    Parameters
    ----------
    images : fine images, the best first, NaN where not clear [any unit], (images, height, width); there may
        be none
    days : day of each image [d since any date]
    day : day from which to count [d since the same date]

    Returns
    -------
    value : array of float32, (height, width)
    distance : array of float32, (height, width)
        Days, 0 or more. Both are NaN where no image is clear.
    """
    value, distance = np.full((2, *images.shape[1:]), np.nan, np.float32)
    for image, image_day in zip(images, days, strict=True):
        fresh = np.isnan(value) & np.isfinite(image)
        value[fresh] = image[fresh]
        distance[fresh] = abs(image_day - day)
    return value, distance


def gap_and_departure(
    before: tuple[NDArray, NDArray], after: tuple[NDArray, NDArray], fused: NDArray
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How far a fused value is from its clear fine images, in time and in value.

    gap = t_b t_a / (t_b + t_a), as the variance of a random walk that is known at both ends grows;
    t_b or t_a alone where the other side has no image. departure = fused - (t_a F_b + t_b F_a) / (t_b + t_a).

    Parameters
    ----------
    before, after : value [any unit] and days [d] of the first clear image of each side (`first_clear`)
    fused : fused image [same unit]

    Returns
    -------
    gap : array of float32 [d]
        NaN where no image on either side is clear.
    departure : array of float32 [unit]
        0 where there is no gap; NaN where there is no image.
    """
    (value_b, days_b), (value_a, days_a) = before, after
    total = np.maximum(days_b + days_a, 1e-6)  # one image on the day itself: gap 0, its value
    both = np.isfinite(total)
    gap = np.where(both, days_b * days_a / total, np.fmin(days_b, days_a))
    line = np.where(both, (days_a * value_b + days_b * value_a) / total, np.fmax(value_b, value_a))
    return gap.astype(np.float32), (fused - line).astype(np.float32)


def fit_error_model(
    gap: NDArray, departure: NDArray, error: NDArray, coarse_error: NDArray, date: NDArray
) -> ErrorModel:
    """Fit the variance of errors against fine images that were left out.

    error^2 = 2 noise + per_day gap + departure_share departure^2, by non-negative least squares, repeatedly
    weighted by 1 / variance^2, as a squared normal error varies in proportion to its variance. The noise
    counts twice: that of the image left out, and that of the base images, which the fused value inherits.
    From fewer than 6 dates the parts cannot be separated: all is constant, the noise of the images in it.

    Parameters
    ----------
    gap : [d], (n,)
    departure : [any unit], (n,)
    error : fused less withheld value [same unit], (n,)
    coarse_error : the same of the coarse value less its local bias [same unit], (n,)
    date : names of the dates left out, (n,)

    Returns
    -------
    ErrorModel
        All NaN where nothing could be left out.

    Notes
    -----
    Values with a NaN in gap, departure or error are left out.
    """
    gap, departure, error = (np.asarray(values, np.float64) for values in (gap, departure, error))
    usable = np.isfinite(gap) & np.isfinite(departure) & np.isfinite(error)
    if not usable.any():
        return ErrorModel(*[float("nan")] * 5)
    squares = error[usable] ** 2
    coarse = float(np.nanmean(np.square(np.asarray(coarse_error, np.float64))))
    if len(set(np.asarray(date)[usable])) < LEAST_DATES:
        return ErrorModel(float(squares.mean()), 0.0, 0.0, coarse, 0.0)
    terms = np.column_stack([np.ones(squares.size), gap[usable], departure[usable] ** 2])
    twice_noise, per_day, departure_share = map(float, _fit_variance(terms, squares))
    noise = twice_noise / 2
    return ErrorModel(noise, per_day, departure_share, max(coarse - noise, noise), noise)


def _fit_variance(terms: NDArray, squares: NDArray) -> NDArray[np.float64]:
    """Non-negative coefficients of the terms of a variance."""
    from scipy.optimize import nnls  # here: jobs that fuse or map errors import this module, and never fit

    size = np.sqrt(np.square(terms).mean(axis=0))
    terms = terms / np.where(size > 0, size, 1.0)
    variance = np.full(squares.size, max(squares.mean(), 1e-12))
    least = variance[0] * _LEAST_SHARE
    for _ in range(_ROUNDS):
        weighed = terms / variance[:, None]
        # The same least squares as three equations: the values are many.
        normal, right = weighed.T @ weighed, weighed.T @ (squares / variance)
        root = np.linalg.cholesky(normal + np.eye(len(normal)) * (1e-12 * np.trace(normal)))
        coefficients, _ = nnls(root.T, np.linalg.solve(root, right))
        variance = np.maximum(terms @ coefficients, least)
    return coefficients / np.where(size > 0, size, 1.0)


def coverage(error: NDArray, standard_error: NDArray, factor: float) -> float:
    """Share of errors within `factor` standard errors [0 ... 1], NaN left out; NaN if none is left."""
    ratio = np.abs(np.asarray(error, np.float64)) / standard_error
    ratio = ratio[np.isfinite(ratio)]
    return float(np.mean(ratio <= factor)) if ratio.size else float("nan")
