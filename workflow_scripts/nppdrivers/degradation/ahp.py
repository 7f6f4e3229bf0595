"""The analytic hierarchy process (AHP): weights and consistency of pairwise judgements."""

import numpy as np
import pandas as pd

# Mean consistency index of random matrices of 1 to 10 items (Saaty 1980).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
LARGEST_INCONSISTENCY = 0.1


def ahp_weights(matrix: np.ndarray | pd.DataFrame, method: str = "eigenvector") -> tuple[np.ndarray, float]:
    """Weights of a pairwise comparison matrix and its consistency ratio.

    w = principal eigenvector; CI = (lambda_max - n) / (n - 1); CR = CI / RI(n).

    Parameters
    ----------
    matrix : (n, n) array
        Judgement a_ij: how much more i matters than j, on Saaty's scale 1/9 to 9; a_ji = 1 / a_ij.
    method : {"eigenvector", "geometric_mean"}
        How the weights follow from the matrix.

    Returns
    -------
    weights : (n,) array
        Adding up to 1.
    consistency_ratio : float
        0 for consistent judgements, below 0.1.

    Raises
    ------
    ValueError
        For a matrix that is not square, reciprocal and positive, of 1 to 10 items, and for judgements that
        contradict each other (`check_consistency`).

    References
    ----------
    Saaty 1980, The Analytic Hierarchy Process; Crawford and Williams 1985 (geometric mean).

    Examples
    --------
    The first of three items matters twice as much as the second and four times as much as the third:

    >>> from nppdrivers import degradation
    >>> weights, consistency_ratio = degradation.ahp_weights([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])
    >>> weights.round(3)
    array([0.571, 0.286, 0.143])
    >>> round(consistency_ratio, 3)
    0.0
    """
    check_consistency(matrix)
    return weights_and_ratio(matrix, method)


def weights_and_ratio(
    matrix: np.ndarray | pd.DataFrame, method: str = "eigenvector"
) -> tuple[np.ndarray, float]:
    """Weights and consistency ratio as `ahp_weights`, of contradictory judgements too."""
    a = _judgements(matrix)
    n = len(a)
    if method == "eigenvector":
        values, vectors = np.linalg.eig(a)
        weights = np.abs(vectors[:, values.real.argmax()].real)
    elif method == "geometric_mean":
        weights = np.exp(np.log(a).mean(axis=1))
    else:
        raise ValueError(f"method {method!r} is neither eigenvector nor geometric_mean")
    weights = weights / weights.sum()
    largest = float(np.mean(a @ weights / weights))
    index = RANDOM_INDEX[n - 1]
    return weights, max((largest - n) / (n - 1) / index, 0.0) if index else 0.0


def check_consistency(judgements: np.ndarray | pd.DataFrame) -> None:
    """Refuse judgements that contradict each other, and name the three to look at first.

    Parameters
    ----------
    judgements : (n, n) array or DataFrame
        Pairwise comparison matrix; items are named by the index of a DataFrame, otherwise numbered from 1.

    Raises
    ------
    ValueError
        When the consistency ratio is 0.1 or more. The judgements named are those farthest, as a ratio, from
        the quotient of the weights that they would follow.
    """
    weights, ratio = weights_and_ratio(judgements)
    if ratio < LARGEST_INCONSISTENCY:
        return
    a = np.asarray(judgements, float)
    implied = weights[:, None] / weights[None, :]
    strain = np.triu(np.abs(np.log(a / implied)), 1)
    worst = zip(*np.unravel_index(np.argsort(-strain, axis=None)[:3], a.shape), strict=True)
    names = list(judgements.index) if isinstance(judgements, pd.DataFrame) else range(1, len(a) + 1)
    listed = "; ".join(
        f"{names[i]} against {names[j]}: {a[i, j]:.3g}, the others imply {implied[i, j]:.3g}"
        for i, j in worst
    )
    raise ValueError(
        f"the judgements contradict each other: consistency ratio {ratio:.3f}, it must be below "
        f"{LARGEST_INCONSISTENCY}. Look again at {listed}"
    )


def _judgements(matrix: np.ndarray | pd.DataFrame) -> np.ndarray:
    """Comparison matrix as an array; a ValueError where it cannot be one."""
    a = np.asarray(matrix, float)
    if a.ndim != 2 or a.shape[0] != a.shape[1] or not 1 <= len(a) <= len(RANDOM_INDEX):
        raise ValueError(f"a comparison matrix is square, of 1 to 10 items, not {a.shape}")
    if not (a > 0).all() or not np.allclose(a * a.T, 1.0, rtol=1e-2):
        wrong = np.argwhere(~np.isclose(a * a.T, 1.0, rtol=1e-2) | (a <= 0))
        raise ValueError(
            f"judgements must be positive and reciprocal (a_ji = 1 / a_ij); not so in row, column "
            f"{wrong[0] + 1}"
        )
    return a
