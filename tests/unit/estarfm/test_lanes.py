"""Lanes: each of the eight values is computed as a single float32 would be."""

import numpy as np
from numba import njit

from nppdrivers.estarfm.lanes import LANES, load, spread, store, where


@njit
def compute(rows: np.ndarray, at: int, out: np.ndarray) -> None:
    """Arithmetic and choices on lanes that begin anywhere in three rows."""
    x, y, z = load(rows[0], at), load(rows[1], at), load(rows[2], at)
    total = spread(np.float32(0.5))
    total += x
    for i, value in enumerate((total, x - y, x * y, x / y)):
        store(out[i], 0, value)
    store(out[4], 0, where((x > y) & (x <= z), x, y))
    store(out[5], 0, where(x >= y, x, y))


def test_lanes_are_single_values():
    """Sums, differences, products, quotients and comparisons are NumPy's; a comparison with NaN is false."""
    rows = np.random.default_rng(0).normal(size=(3, 20)).astype(np.float32)
    rows[0, 5], rows[1, 6], rows[2, 7], rows[0, 8] = np.nan, np.nan, np.nan, rows[1, 8]
    out = np.full((6, LANES), np.nan, np.float32)
    compute(rows, 3, out)
    x, y, z = rows[:, 3 : 3 + LANES]
    expected = [x + np.float32(0.5), x - y, x * y, x / y]
    expected += [np.where((x > y) & (x <= z), x, y), np.where(x >= y, x, y)]
    np.testing.assert_array_equal(out, expected)
