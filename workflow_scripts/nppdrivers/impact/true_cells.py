"""Cells of a mask by their number: a list of all of them would take 128 times the memory of the mask."""

from itertools import pairwise

import numpy as np


class TrueCells:
    """Cells where a mask is True, in the order in which `numpy.argwhere` lists them.

    Parameters
    ----------
    mask : (H, W) bool array
    """

    def __init__(self, mask: np.ndarray) -> None:
        self._mask = mask
        self._before = np.concatenate([[0], np.cumsum(mask.sum(axis=1))])  # the first number of each row

    def __len__(self) -> int:
        return int(self._before[-1])

    def __getitem__(self, numbers: np.ndarray) -> np.ndarray:
        """Row and column (n, 2) of the cells with these rising numbers (n,)."""
        rows = np.searchsorted(self._before, numbers, side="right") - 1
        cells = np.column_stack([rows, numbers - self._before[rows]])
        present, starts = np.unique(rows, return_index=True)
        for row, (start, stop) in zip(present, pairwise([*starts, len(cells)]), strict=True):
            cells[start:stop, 1] = np.flatnonzero(self._mask[row])[cells[start:stop, 1]]
        return cells
