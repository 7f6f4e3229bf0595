"""Elevation of the virtual basin: running water carves valleys into rising ground.

Stream power law with uplift, dz/dt = U - K A^0.5 S, solved implicitly from the outlets upwards along the flow
directions of a priority flood. Braun, J. and Willett, S. D. (2013). Geomorphology 180, 170-179; Barnes, R. et
al. (2014). Computers & Geosciences 62, 117-127.
"""

from heapq import heapify, heappop, heappush

import numpy as np
from numba import njit
from scipy import ndimage

STEPS = 24
ERODIBILITY_M = 170.0  # K dt of one step, times the square root of a drained area of 1 km2
SMOOTHING_M = 13.0  # creep of the slopes in one step


def erode(start: np.ndarray, uplift: np.ndarray, cell_m: float) -> np.ndarray:
    """Ground after `STEPS` steps of uplift and erosion.

    Parameters
    ----------
    start : (rows, columns)
        Initial elevation [m]; water leaves at the border, which keeps its elevation.
    uplift : (rows, columns)
        Rise in one step [m].
    cell_m : float
        Edge of a cell [m].

    Returns
    -------
    (rows, columns) [m]
    """
    z = start.astype(np.float64)
    for _ in range(STEPS):
        order, receiver = _flow(z)
        z = _incise(z + uplift, order, receiver, cell_m, ERODIBILITY_M)
        z = ndimage.gaussian_filter(z, SMOOTHING_M / cell_m, mode="nearest")
    return z


@njit(cache=True, nogil=True)
def _flow(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells in the order in which water rising from the border reaches them, and where each drains."""
    rows, columns = z.shape
    order = np.empty(rows * columns, np.int64)
    receiver = np.full(rows * columns, -1, np.int64)
    known = np.zeros((rows, columns), np.bool_)
    heap = [(0.0, np.int64(0))]
    heap.pop()
    for row in range(rows):
        for column in range(columns):
            if row in (0, rows - 1) or column in (0, columns - 1):
                heap.append((z[row, column], np.int64(row * columns + column)))
                known[row, column] = True
    heapify(heap)
    n = 0
    while len(heap) > 0:
        level, cell = heappop(heap)
        order[n] = cell
        n += 1
        row, column = cell // columns, cell % columns
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                r, c = row + dr, column + dc
                if 0 <= r < rows and 0 <= c < columns and not known[r, c]:
                    known[r, c] = True
                    receiver[r * columns + c] = cell
                    heappush(heap, (max(z[r, c], level), np.int64(r * columns + c)))
    return order, receiver


@njit(cache=True, nogil=True)
def _incise(z: np.ndarray, order: np.ndarray, receiver: np.ndarray, cell_m: float, rate: float) -> np.ndarray:
    """One implicit step of the stream power law, outlets first."""
    columns = z.shape[1]
    area = np.full(order.size, cell_m * cell_m)
    for i in range(order.size - 1, -1, -1):
        if receiver[order[i]] >= 0:
            area[receiver[order[i]]] += area[order[i]]
    ground = z.copy().ravel()
    for cell in order:
        to = receiver[cell]
        if to >= 0:
            diagonal = cell // columns != to // columns and cell % columns != to % columns
            length = cell_m * (1.4142135623730951 if diagonal else 1.0)
            factor = rate * np.sqrt(area[cell]) / 1000 / length
            if ground[cell] > ground[to]:
                ground[cell] = (ground[cell] + factor * ground[to]) / (1 + factor)
    return ground.reshape(z.shape)
