"""The points of the attribution: cells drawn at random, or stratified by land cover."""

import numpy as np

FEWEST = 30  # cells


def draw_cells(valid: np.ndarray, number: int, seed: int, classes: np.ndarray | None = None) -> np.ndarray:
    """Draw different valid cells, all of them where there are fewer than wanted.

    With classes, each gets as many of the points as its share of the valid cells, up to rounding: the points
    stand for the area as random ones do, without their chance gaps and clusters among the classes.

    Parameters
    ----------
    valid
        True where a cell may be drawn (H, W).
    number
        Number of cells wanted.
    seed
        Seed of the draw.
    classes
        Stratum of every cell (H, W), such as its land cover; without strata all cells are drawn from alike.

    Returns
    -------
    (n,) int array
        Flat indices, ascending.

    Raises
    ------
    ValueError
        For fewer than 30 valid cells.

    References
    ----------
    Cochran (1977), Sampling Techniques, 5.1 and 5.5 (proportional allocation).
    """
    cells = np.flatnonzero(valid)
    if len(cells) < FEWEST:
        raise ValueError(
            f"only {len(cells)} cells have NPP and every driver; attribution needs at least {FEWEST}"
        )
    rng, number = np.random.default_rng(seed), min(number, len(cells))
    if classes is None:
        return np.sort(rng.choice(cells, size=number, replace=False))
    _, stratum, size = np.unique(classes.ravel()[cells], return_inverse=True, return_counts=True)
    drawn = [
        rng.choice(cells[stratum == k], size=quota, replace=False)
        for k, quota in enumerate(proportional(number, size))
    ]
    return np.sort(np.concatenate(drawn))


def proportional(number: int, size: np.ndarray) -> np.ndarray:
    """Divide a number in proportion to sizes, in whole numbers that add up to it.

    The parts are rounded down and what is left goes to the largest remainders.

    Parameters
    ----------
    number
        What is divided, not negative.
    size
        Sizes (k,) [any unit], not all 0.

    Returns
    -------
    (k,) int array
    """
    exact = number * size / size.sum()
    quota = exact.astype(int)
    quota[np.argsort(quota - exact, kind="stable")[: number - quota.sum()]] += 1
    return quota
