"""What the compiled loops of ESTARFM hand to each other, by name."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]


class Layout(NamedTuple):
    """First plane of 1 - R, regression products, base mask, coarse images and gaps."""

    unlikeness: int
    products: int
    mask: int
    coarse: int
    gaps: int


class Block(NamedTuple):
    """Images of one block: fine, planes, layout and gap_planes as in `planes`; totals and targets.

    Attributes
    ----------
    totals : window totals of the planes from the mask on, (columns, rows, planes)
    targets : pixels to predict, (rows, columns)
    """

    fine: Float64s
    planes: Float32s
    layout: Layout
    gap_planes: NDArray[np.int64]
    totals: Float64s
    targets: NDArray[np.bool_]


class Near(NamedTuple):
    """A target's values of a band on dates m and n, their limits, and bounds of the rounding error."""

    value_m: np.float32
    value_n: np.float32
    limit_m: np.float32
    limit_n: np.float32
    doubt_m: np.float32
    doubt_n: np.float32


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
    number: Float32s
    weights: Float32s
    sums: Float32s
    moments: Float32s
    slopes: Float64s
    ready: NDArray[np.bool_]
