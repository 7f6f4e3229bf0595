"""Square blocks of land: neighbouring places repeat each other, so whole blocks are drawn or left out."""

import numpy as np
from numpy.typing import ArrayLike


def block_numbers(places: ArrayLike, edge: float, origin: ArrayLike = (0.0, 0.0)) -> np.ndarray:
    """Number of the square block of land that each place lies in.

    Parameters
    ----------
    places
        Two coordinates of each place (n, 2) [m, or cells].
    edge
        Edge of a block [unit of the places].
    origin
        A corner of any block (2,) [unit of the places].

    Returns
    -------
    (n,) int64 array
        The same for all places of a block, different between blocks; ordered by the first coordinate of the
        block, then the second.
    """
    blocks = np.floor((np.asarray(places) - np.asarray(origin)) / edge).astype(np.int64)
    return blocks[:, 0] * 2**31 + blocks[:, 1]
