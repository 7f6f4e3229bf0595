"""Fake places: the shape of a place laid on land where nothing happened."""

import numpy as np

from nppdrivers.impact.true_cells import TrueCells

TRIES = 200  # of a place, before it counts as not to be found


def fake_places(
    shape: np.ndarray, free: np.ndarray, number: int, rng: np.random.Generator, *, least_share: float = 0.9
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Lay a shape, turned by quarters and mirrored, at random on free land.

    Parameters
    ----------
    shape : (rows, columns) bool array
        Cells of the place.
    free : (rows, columns) bool array
        Cells where nothing happened, on the same grid.
    number : int
        How many to find.
    rng : numpy.random.Generator
    least_share : float
        Share of the cells of a fake that must be free [0 to 1]; its other cells are left out.

    Returns
    -------
    list of (row numbers, column numbers)
        The free cells of each fake; fewer than asked for where there is no room. They may overlap.

    Raises
    ------
    ValueError
        For a shape without cells, or on another grid.
    """
    if shape.shape != free.shape or not shape.any():
        raise ValueError(f"shape {shape.shape} needs cells on the grid of the free land {free.shape}")
    cells = np.argwhere(shape)
    cells -= cells.min(axis=0)
    starts = TrueCells(free)
    fakes: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(number * TRIES if len(starts) else 0):
        if len(fakes) == number:
            break
        laid = _turned(cells, int(rng.integers(8)))
        laid = laid - laid[rng.integers(len(laid))] + starts[rng.integers(len(starts), size=1)]
        on_grid = ((laid >= 0) & (laid < free.shape)).all(axis=1)
        rows, columns = laid[on_grid].T
        use = free[rows, columns]
        if use.sum() >= least_share * len(cells):
            fakes.append((rows[use], columns[use]))
    return fakes


def _turned(cells: np.ndarray, way: int) -> np.ndarray:
    """Cells (n, 2) turned or mirrored in one of the eight ways of a square."""
    turned = cells[:, ::-1] if way & 1 else cells
    return turned * np.array([-1 if way & 2 else 1, -1 if way & 4 else 1])
