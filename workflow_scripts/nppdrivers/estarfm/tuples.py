"""What the compiled loops of ESTARFM hand to each other, by name."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nppdrivers.estarfm.lanes import Lanes

Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = tuple[Lanes, Lanes, Lanes]  # one value for each row of a batch


class Layout(NamedTuple):
    """First plane of 1 - R, base mask, coarse images and gaps."""

    unlikeness: int
    mask: int
    coarse: int
    gaps: int


class Block(NamedTuple):
    """Images of one block: planes, layout and gap_planes as in `planes`; bounds, totals and targets.

    Attributes
    ----------
    bounds : least and largest value like each target's on dates m, then n, (bands, 4, rows, columns)
    totals : window totals of the planes from the mask on, (rows, columns, planes)
    targets : pixels to predict, (rows, columns), whole batches
    """

    planes: Float32s
    layout: Layout
    gap_planes: NDArray[np.int64]
    bounds: Float32s
    totals: Float64s
    targets: Bools


class Place(NamedTuple):
    """Row and column of a target in its block: of the first one of a batch, or of lanes."""

    row: int
    column: int


class Like(NamedTuple):
    """Least and largest value of a band that is like each target's, on dates m and n."""

    low_m: Lanes
    high_m: Lanes
    low_n: Lanes
    high_n: Lanes


class Sums(NamedTuple):
    """Of one target: sums of coarse planes, weighted and over the window; slopes; sum of the weights.

    Attributes
    ----------
    weight : weights of its row of the batch, (window, window x lanes)
    """

    weight: Float32s
    weights: np.float32
    weighted: Float32s
    total: Float64s
    slopes: Float64s


class Buffers(NamedTuple):
    """Memory of a batch of targets, written anew for each.

    Attributes
    ----------
    weight : weights of the windows' pixels, between rows of 0, (rows, window and more, window x lanes)
    weights : their sum, (rows, lanes)
    moments : `kernels._sum_similar` and, where needed, `kernels._sum_products`, (8, lanes)
    sums : weighted sums of the coarse planes, (rows, planes, lanes)
    slopes : conversion coefficients, (rows, lanes, bands)
    ready : whether there is a target to predict, (rows, lanes)
    """

    weight: Float32s
    weights: Float32s
    moments: Float32s
    sums: Float32s
    slopes: Float64s
    ready: Bools
