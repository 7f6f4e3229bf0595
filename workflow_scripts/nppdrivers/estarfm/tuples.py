"""What the compiled loops of ESTARFM hand to each other, by name."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]
Pair = tuple[Float32s, Float32s]  # a band of the images of dates m and n


class Layout(NamedTuple):
    """First plane of 1 - R, base mask, coarse images and gaps."""

    unlikeness: int
    mask: int
    coarse: int
    gaps: int


class Block(NamedTuple):
    """Images of one block: planes, layout and gap_planes as in `planes`; totals and targets.

    Attributes
    ----------
    totals : window totals of the planes from the mask on, (columns, rows, planes)
    targets : pixels to predict, (rows, columns)
    """

    planes: Float32s
    layout: Layout
    gap_planes: NDArray[np.int64]
    totals: Float64s
    targets: NDArray[np.bool_]


class Like(NamedTuple):
    """Least and largest value of a band that is like the target's, on dates m and n."""

    low_m: np.float32
    high_m: np.float32
    low_n: np.float32
    high_n: np.float32


class Moments(NamedTuple):
    """Sums over the similar pixels: number, weights; of a band coarse and fine values, and their products.

    Values are less a constant each, which the regression does not depend on; fine values and products are
    summed over both dates.
    """

    number: np.float32
    weights: np.float32
    coarse_m: np.float32
    coarse_n: np.float32
    fine: np.float32
    cc: np.float32
    fc: np.float32
    ff: np.float32


class Sums(NamedTuple):
    """Of one target: weights and their sum; sums of coarse planes, weighted and over the window; slopes."""

    weight: Float32s
    weights: np.float32
    weighted: Float32s
    total: Float64s
    slopes: Float64s


class Buffers(NamedTuple):
    """Memory of a batch of targets, written anew for each."""

    strips: Float32s
    marks: Float32s
    weight: Float32s
    weights: Float32s
    sums: Float32s
    slopes: Float64s
    ready: NDArray[np.bool_]
