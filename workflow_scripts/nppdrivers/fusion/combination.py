"""The prediction of the fusion model weighed with simple ones, by errors on images that were left out.

    fused = L + a (E - L) + b q (C - C_L) + c sum_k beta_k (F_k - C_k),  q = 2 L / C_L within 0 and 1

E is the model's prediction, L the straight line in time between the cell's first clear fine images before
and after (or the one image there is), C the coarse image of the date and C_L the same line between the coarse
images of the same days. By q bare land, with less than half the index of its coarse pixel, has little part in
the change of the plants around it.
F_k and C_k are the fine and coarse images of all base dates, beta_k the coefficients of C - C_L on the C_k
over the scene (`detail_shares`): land that looked alike on all these dates changes alike, also where it is
smaller than a coarse pixel. With a = 1, b = c = 0 this is the model, with a = b = c = 0 linear interpolation,
with a = c = 0, b = 1 what the coarse sensor saw added to that. The errors of these are alike only in part: a
mean is better than each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nppdrivers.fusion.error_model import first_clear, gap_and_departure

CLASSES = ("gap below 5 d", "gap of 5 to 12 d", "gap above 12 d", "images on one side")
GAPS = 5.0, 12.0  # [d]
ONE_SIDE = len(GAPS) + 1
# Weights where no image can be left out: two thirds the model, a third what the coarse change says of land
# that looks alike; half and half where images are on one side only, which give the model no slope. Where some
# can, these count for some dates, since the weights of a few dates fit no others, and for a share of those
# left out: around these the images are farther away than around most dates.
PRIOR = 2 / 3, 1 / 3, 1 / 3
PRIOR_ONE_SIDE = 1 / 2, 1 / 2, 1 / 2
PRIOR_DATES = 12.0
PRIOR_SHARE = 0.25
_LEAST_SHARE = 1e-3  # of the mean of the dates: a date that was predicted better counts no more
# Share of the mean variance of a coarse image: coefficients of images that are much alike stay small. It is
# twice as large for a scene of RIDGE_PIXELS coarse pixels, since few pixels fit their own noise.
RIDGE = 0.1
RIDGE_PIXELS = 10


@dataclass(frozen=True)
class Weights:
    """Weights by class of cell (see `CLASSES`): `model` a, `coarse` b, `detail` c [1]."""

    model: Sequence[float] = (PRIOR[0],) * ONE_SIDE + (PRIOR_ONE_SIDE[0],)
    coarse: Sequence[float] = (PRIOR[1],) * ONE_SIDE + (PRIOR_ONE_SIDE[1],)
    detail: Sequence[float] = (PRIOR[2],) * ONE_SIDE + (PRIOR_ONE_SIDE[2],)


class CoarsePatterns(NamedTuple):
    """How alike the coarse images of an interval are over the scene.

    Attributes
    ----------
    covariance : of the coarse images of the base dates, then of the dates [unit^2 of the images],
        (images + dates, images + dates)
    pixels : number of coarse pixels that it was taken over
    """

    covariance: NDArray[np.float64]
    pixels: float

    def restricted(self, numbers: Sequence[int], dates: int) -> "CoarsePatterns":
        """Patterns of some of the base images, in this order, and of all so many dates."""
        kept = [*numbers, *range(len(self.covariance) - dates, len(self.covariance))]
        return self._replace(covariance=self.covariance[np.ix_(kept, kept)])


# names of `Departures` in tables of errors, in their order
DEPARTURE_COLUMNS = ("gap", "one_side", "departure", "coarse_departure", "detail_departure")


class Departures(NamedTuple):
    """How far predictions of one date are from the straight line in time, each of any shape.

    Attributes
    ----------
    gap : `error_model.gap_and_departure` [d]
    one_side : 1 where there is a clear image on one side only, else 0
    model : E - L [unit of the images]
    coarse : q (C - C_L) [unit of the images]
    detail : sum_k beta_k (F_k - C_k) [unit of the images]
    """

    gap: NDArray
    one_side: NDArray
    model: NDArray
    coarse: NDArray
    detail: NDArray


def detail_shares(
    patterns: CoarsePatterns, image_days: Sequence[float], days: Sequence[float]
) -> NDArray[np.float32]:
    """How the coarse change of each date depends on the coarse images of the base dates.

    beta = (V + r mean(diag V) 1)^-1 cov(C_k, C - C_L), V the covariance of the C_k and
    r = RIDGE (1 + RIDGE_PIXELS / pixels): ridge regression over the scene. C_L is the line between the coarse
    images of the first base dates before and after.

    Parameters
    ----------
    patterns : of the base dates and of `days` over the scene
    image_days : day of each base date, the best of each side first [d since any date]; none lies between the
        first and last of `days`
    days : days of the dates, increasing [d since the same date]

    Returns
    -------
    array of float32, (dates, images) [1]
        0 where the coarse images do not differ over the scene.
    """
    number, at = len(image_days), np.asarray(image_days, np.float64)
    base = patterns.covariance[:number, :number]
    ridge = RIDGE * (1 + RIDGE_PIXELS / max(patterns.pixels, 1.0)) * np.trace(base) / number
    if not ridge > 0:
        return np.zeros((len(days), number), np.float32)
    line = np.zeros((len(days), number))
    before, after = (np.flatnonzero(side) for side in (at <= days[0], at > days[0]))
    for p, day in enumerate(days):
        ends = [side[0] for side in (before, after) if side.size]
        distance = np.abs(at[ends] - day)
        line[p, ends] = distance[::-1] / distance.sum() if len(ends) == 2 else 1.0
    shared = patterns.covariance[number:, :number] - line @ base
    return np.linalg.solve(base + ridge * np.eye(number), shared.T).T.astype(np.float32)


def departures(
    images: Sequence[tuple[NDArray, NDArray]],
    image_days: Sequence[float],
    fused: NDArray,
    coarse_p: NDArray,
    days: Sequence[float],
    patterns: CoarsePatterns,
) -> Iterator[Departures]:
    """Departures on each date of an interval.

    Parameters
    ----------
    images : (fine, coarse) images of the base dates, the best of each side first, NaN where not clear [any
        unit], each (height, width)
    image_days : day of each [d since any date]; none lies between the first and last of `days`
    fused : predictions of the fusion model [same unit], (dates, height, width)
    coarse_p : coarse images of the dates [same unit], (dates, height, width)
    days : days of the dates, increasing [d since the same date]
    patterns : of the coarse images over the scene (see `detail_shares`)

    Yields
    ------
    Departures
        Of (height, width), date by date; NaN where no image is clear, or the coarse images are missing.
    """
    complete = [np.isfinite(fine) & np.isfinite(coarse) for fine, coarse in images]
    ends = []
    for kind in (0, 1):
        clear = np.array([np.where(w, pair[kind], np.nan) for w, pair in zip(complete, images, strict=True)])
        sides = [
            [i for i, day in enumerate(image_days) if (day <= days[0]) == before] for before in (True, False)
        ]
        ends.append([first_clear(clear[side], [image_days[i] for i in side], days[0]) for side in sides])
    # What the fine images have more than the coarse ones; unknown where not clear, and then no part of a sum.
    details = [
        np.where(w, fine - coarse, np.float32(0)) for w, (fine, coarse) in zip(complete, images, strict=True)
    ]
    shares = detail_shares(patterns, image_days, days)
    for fused_p, coarse, day, share in zip(fused, coarse_p, days, shares, strict=True):
        passed = np.float32(day - days[0])
        lines = []
        for values, (before, after) in zip((fused_p, coarse), ends, strict=True):
            line = (before[0], before[1] + passed), (after[0], after[1] - passed)
            lines.append(gap_and_departure(*line, values))
        one_side = np.isnan(ends[0][0][0]) | np.isnan(ends[0][1][0])
        (gap, model), (_, change) = lines
        detail = np.zeros_like(change)
        for one_share, one_detail in zip(share, details, strict=True):  # in one order: parts are the scene
            detail += one_share * one_detail
        plants = _plant_share(fused_p - model, coarse - change)
        yield Departures(gap, one_side, model, change * plants, detail)


def _plant_share(fine: NDArray, coarse: NDArray) -> NDArray[np.float32]:
    """Index of a cell as a share of half the coarse one, within 0 and 1; 0 where that is not above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(coarse > 0, 2 * fine / coarse, np.where(np.isnan(coarse), np.nan, 0.0))
    return np.clip(share, 0.0, 1.0).astype(np.float32)


def combined(fused: NDArray, found: Departures, weights: Weights) -> NDArray[np.float32]:
    """Prediction of the model weighed with line, coarse change and its detail, from E + (a - 1) (E - L) on.

    Parameters
    ----------
    fused : prediction E of the fusion model [any unit], any shape
    found : its departures and those of the coarse image, of the same shape
    weights : a, b and c by class of cell

    Returns
    -------
    array of float32, of the same shape
        E itself where a departure is NaN.
    """
    number = class_of(found.gap, found.one_side)
    by_class = (weights.model, weights.coarse, weights.detail)
    model, coarse, detail = (np.asarray(values, np.float32)[number] for values in by_class)
    change = (model - 1) * found.model + coarse * found.coarse + detail * found.detail
    return np.asarray(fused + np.nan_to_num(change), np.float32)


def class_of(gap: NDArray, one_side: NDArray) -> NDArray[np.intp]:
    """Number of the class of each cell, of `CLASSES`."""
    return np.where(one_side, ONE_SIDE, np.searchsorted(GAPS, gap, side="right"))


def fit_weights(found: Departures, error: NDArray, date: NDArray) -> Weights:
    """Weights of least squared error on images that were left out.

    Each date counts alike, whatever its number of cells and its error: its squared errors are divided by
    their mean with the weights of `PRIOR`, so that a few dates of great change do not decide. Weights lie
    between 0 and 1. Those of all classes together are drawn to `PRIOR`, as if found on `PRIOR_DATES` dates
    and a share `PRIOR_SHARE` of the dates more; those of a class are drawn to these, and those of images on
    one side to `PRIOR_ONE_SIDE`, as if found on `PRIOR_DATES` dates more.

    Parameters
    ----------
    found : departures on the images left out, each (n,)
    error : prediction of the model less the image left out [unit of the images], (n,)
    date : names of the dates left out, (n,)

    Returns
    -------
    Weights
        The default where nothing could be left out.

    Notes
    -----
    Values with a NaN are left out.
    """
    terms = np.column_stack([found.model, found.coarse, found.detail]).astype(np.float64)
    wanted = terms[:, 0] - error  # the image left out, less the line
    usable = np.isfinite(terms).all(axis=1) & np.isfinite(wanted)
    number = class_of(found.gap, found.one_side)
    date, _ = pd.factorize(date)
    drawn = PRIOR_DATES + PRIOR_SHARE * np.count_nonzero(np.bincount(date[usable]))
    whole = _weights_of(terms[usable], wanted[usable], date[usable], PRIOR, drawn)
    fitted = []
    for k in range(len(CLASSES)):
        own = usable & (number == k)
        drawn_to = PRIOR_ONE_SIDE if k == ONE_SIDE else whole
        fitted.append(_weights_of(terms[own], wanted[own], date[own], drawn_to, PRIOR_DATES))
    return Weights(*zip(*fitted, strict=True))


def _weights_of(
    terms: NDArray, wanted: NDArray, date: NDArray, prior: tuple[float, ...], drawn: float
) -> tuple[float, ...]:
    """Least squares of one class, drawn to the prior as if that had been found on `drawn` dates.

    Dates are numbers from 0 on.
    """
    from scipy.optimize import lsq_linear  # here, as in `error_model`

    if not wanted.size:
        return prior
    dates = np.count_nonzero(np.bincount(date))
    squares = np.bincount(date, np.square(wanted - terms @ PRIOR))
    share = (1.0 / np.maximum(squares, _LEAST_SHARE * squares.sum() / dates + 1e-12))[date]
    normal, right = (terms.T * share) @ terms, (terms.T * share) @ wanted
    more = drawn / dates * normal
    # The same least squares as three equations, of which the weights may not leave 0 to 1.
    root = np.linalg.cholesky(normal + more + np.eye(len(normal)) * 1e-12)
    found = lsq_linear(root.T, np.linalg.solve(root, right + more @ prior), bounds=(0.0, 1.0)).x
    return tuple(found.tolist())
