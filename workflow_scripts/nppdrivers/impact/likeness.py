"""How alike the errors of neighbouring cells are, and what of them is left in the mean of a place."""

from collections.abc import Sequence

import numpy as np

# Distances [cells] up to which pairs count together; beyond the last, cells have nothing in common
LAGS = np.array([0.0, 1.5, 2.5, 4.0, 6.0, 9.0, 13.0, 19.0, 28.0, 40.0])
STARTS = 4000  # cells from which pairs at each distance are sought
PAIRS = 4000  # drawn of two sets of cells


def lag_covariances(
    cells: np.ndarray, residuals: np.ndarray, shape: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """Covariance of the residuals of two cells, by their distance and for every two years.

    Mean over pairs of ``r_i(t) r_j(u)``, symmetric in t and u.

    Parameters
    ----------
    cells : (m, 2) integer array
        Row and column of each cell, each once.
    residuals : (m, T) array
        Of each cell and year about their mean [any unit].
    shape : (int, int)
        Of the grid.
    rng : numpy.random.Generator

    Returns
    -------
    (B, T, T) float64
        For the distances up to each of `LAGS`, the first that of a cell with itself [unit squared]; 0 where
        no pair was found.
    """
    where = np.full(shape, -1, np.int32)  # of a large map the only array of its size
    where[tuple(cells.T)] = np.arange(len(cells))
    covariances = np.zeros((len(LAGS), *(residuals.shape[1:] * 2)))
    covariances[0] = residuals.T @ residuals / len(residuals)
    for lag in range(1, len(LAGS)):
        start = rng.integers(len(cells), size=STARTS)
        reach = np.sqrt(rng.uniform(LAGS[lag - 1] ** 2, LAGS[lag] ** 2, STARTS))
        turn = rng.uniform(0, 2 * np.pi, STARTS)
        step = np.rint(np.column_stack([reach * np.cos(turn), reach * np.sin(turn)])).astype(int)
        end = cells[start] + step
        good = ((end >= 0) & (end < shape)).all(axis=1) & step.any(axis=1)
        end[~good] = 0
        partner = where[tuple(end.T)]
        good &= partner >= 0
        if good.any():
            product = residuals[start[good]].T @ residuals[partner[good]] / good.sum()
            covariances[lag] = (product + product.T) / 2
    return covariances


def mean_covariance(
    place: np.ndarray,
    controls: Sequence[np.ndarray],
    mixture: np.ndarray,
    covariances: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Covariance between years of the mean of a place minus that of its controls.

    ``sum_ij g_i(t) g_j(u) C_tu(d_ij)`` with g = 1/n for the cells of the place and minus its share for each
    control of the year; the sum over pairs of different cells from `PAIRS` draws. These may add to the
    variance of a sum of years and take nothing from it: errors of neighbours are alike or not, but not
    opposite, and of large places the noise of the covariances would exceed what single cells leave.

    Parameters
    ----------
    place : (n, 2) integer array
        Row and column of each cell, each once.
    controls : sequence of (c, 2) integer arrays
        Sets of controls, each control as often as it serves.
    mixture : (T, sets) array
        Share of each set in the controls of a year; 1 in all [0 to 1].
    covariances : (B, T, T) array
        By `LAGS`, as from `lag_covariances` [unit squared].
    rng : numpy.random.Generator

    Returns
    -------
    (T, T) float64
        [unit squared], not below 0 in any direction; few controls that serve for many cells make it large.
    """
    own = (place, np.full(len(place), 1 / len(place)))
    sets = [np.unique(cells, axis=0, return_counts=True) for cells in controls]
    others = [(cells, counts / counts.sum()) for cells, counts in sets]
    across = np.array([_shares(*own, *other, rng) for other in others])
    between = np.zeros((len(others), len(others), len(LAGS)))
    for i, one in enumerate(others):
        for j, other in enumerate(others[: i + 1]):
            between[i, j] = between[j, i] = _shares(*one, *other, rng)
    to_place = np.einsum("tm,mb->bt", mixture, across)
    weights = np.einsum("tm,un,mnb->btu", mixture, mixture, between) + _shares(*own, *own, rng)[:, None, None]
    weights -= to_place[:, :, None] + to_place[:, None, :]
    single, *pairs = weights * covariances
    added, direction = np.linalg.eigh(np.sum(pairs, axis=0))
    return single + (direction * np.maximum(added, 0.0)) @ direction.T


def _shares(
    a: np.ndarray, p: np.ndarray, b: np.ndarray, q: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Share of the pairs of two weighted sets of cells at each of the distances."""
    first, second = rng.choice(len(a), PAIRS, p=p), rng.choice(len(b), PAIRS, p=q)
    lag = np.searchsorted(LAGS, np.hypot(*(a[first] - b[second]).T))
    shares = np.bincount(lag, minlength=len(LAGS) + 1)[: len(LAGS)] / PAIRS
    if a is b:  # that of a cell with itself is known, and matters most
        same = (p * q).sum()
        shares[1:] *= (1 - same) / max(1 - shares[0], 1 / PAIRS)
        shares[0] = same
    return shares
