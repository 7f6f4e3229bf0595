"""Scores of a forest on points that it has not seen: random folds, and folds of whole blocks of land."""

import logging

import numpy as np

from nppdrivers.blocks import block_numbers
from nppdrivers.forest import Forest


def random_folds(n: int, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Fold of every point, drawn at random; the folds differ in size by at most one.

    Parameters
    ----------
    n
        Number of points.
    folds
        Number of folds, 2 to n.
    rng
        Random generator.

    Returns
    -------
    (n,) int array
        0 to folds - 1.

    Raises
    ------
    ValueError
        For fewer than 2 folds or more folds than points.
    """
    if not 2 <= folds <= n:
        raise ValueError(f"{n} points can be divided into 2 to {n} folds, not {folds}")
    return rng.permutation(np.arange(n) % folds)


def block_folds(xy: np.ndarray, block: float, folds: int, rng: np.random.Generator) -> np.ndarray | None:
    """Fold of every point such that all points of a square block share one.

    Neighbouring points are alike, so random folds overrate a model of a map; blocks no smaller than the range
    of the variogram do not. The blocks are dealt out in random order, each to the fold with fewest points.

    Parameters
    ----------
    xy
        Coordinates (n, 2) [m].
    block
        Edge of a block [m].
    folds
        Number of folds, at least 2.
    rng
        Random generator.

    Returns
    -------
    (n,) int array or None
        0 to folds - 1; fewer folds are used where there are fewer blocks. None, and a warning in the log,
        where all points lie in one block.

    Raises
    ------
    ValueError
        For fewer than 2 folds.

    References
    ----------
    Roberts et al. (2017), Ecography 40:913.
    """
    if folds < 2:
        raise ValueError(f"points need at least 2 folds, not {folds}")
    numbers = block_numbers(xy, block, origin=np.min(xy, axis=0))
    _, number, size = np.unique(numbers, return_inverse=True, return_counts=True)
    if size.size < 2:
        logging.warning("all points lie in one block of land of %g m: no folds of blocks", block)
        return None
    points, fold_of_block = np.zeros(folds, dtype=int), np.empty(size.size, dtype=int)
    for k in rng.permutation(size.size):
        fold_of_block[k] = np.argmin(points)
        points[fold_of_block[k]] += size[k]
    return fold_of_block[number]


def draw_folds(xy: np.ndarray, block: float, folds: int, seed: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Draw the random folds and the folds of blocks by which the forests of a run are scored.

    Scores that are compared with each other must share their folds.

    Parameters
    ----------
    xy
        Coordinates (n, 2) [m].
    block
        Edge of a block [m].
    folds
        Number of folds, 2 to n.
    seed
        Seed of the folds.

    Returns
    -------
    random : (n,) int array
        As by `random_folds`.
    blocks : (n,) int array or None
        As by `block_folds`.

    Raises
    ------
    ValueError
        For fewer than 2 folds or more folds than points.
    """
    rng = np.random.default_rng(seed)
    return random_folds(len(xy), folds, rng), block_folds(xy, block, folds, rng)


def cross_validated_r2(forest: Forest, X: np.ndarray, y: np.ndarray, fold: np.ndarray) -> float:
    """Score the predictions of every fold by a forest grown on the others.

    ``R2 = 1 - sum (y - p)^2 / sum (y - mean y)^2`` over all points.

    Parameters
    ----------
    forest
        Its settings and seed are used; it is not changed.
    X
        Predictors (n, p).
    y
        Response (n,).
    fold
        Fold of every row (n,).

    Returns
    -------
    float
        At most 1; NaN for a constant response.
    """
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    prediction = np.empty(len(y))
    for number in np.unique(fold):
        left_out = fold == number
        model = Forest(forest.trees, forest.mtry, forest.node_size, forest.seed)
        prediction[left_out] = model.fit(X[~left_out], y[~left_out]).predict(X[left_out])
    spread = ((y - y.mean()) ** 2).sum()
    return float(1 - ((y - prediction) ** 2).sum() / spread) if spread > 0 else np.nan
