"""How far land degradation depends on the judgements that weight its indicators."""

import numpy as np

from nppdrivers.degradation.ahp import LARGEST_INCONSISTENCY, weights_and_ratio

SCALE = np.array([1 / 9, 1 / 8, 1 / 7, 1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1, 2, 3, 4, 5, 6, 7, 8, 9])


def perturbed_weights(
    matrix: np.ndarray, draws: int, rng: np.random.Generator, steps: int = 1
) -> tuple[np.ndarray, float]:
    """Weights from judgements that are each up to some steps off on Saaty's scale.

    Every judgement above the diagonal moves by a random number of steps on 1/9, 1/8, ..., 1, ..., 9, from the
    step nearest to it and not beyond the ends; matrices with a consistency ratio of 0.1 or more are
    left out.

    Parameters
    ----------
    matrix
        Pairwise comparison matrix (n, n).
    draws
        Number of sets of weights.
    rng
        Random generator.
    steps
        Largest move of a judgement [steps of the scale].

    Returns
    -------
    weights : (draws, n) float64
        Each row adds up to 1.
    accepted : float
        Share of the matrices drawn that were consistent [0 to 1].

    Raises
    ------
    ValueError
        When fewer than 10 of 1000 matrices are consistent.

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process.
    """
    matrix = np.asarray(matrix, dtype=float)
    upper = np.triu_indices(len(matrix), 1)
    nearest = np.abs(np.log(matrix[upper])[:, None] - np.log(SCALE)).argmin(axis=1)
    kept: list[np.ndarray] = []
    drawn = 0
    while len(kept) < draws:
        drawn += 1
        moved = np.clip(nearest + rng.integers(-steps, steps + 1, nearest.size), 0, SCALE.size - 1)
        trial = np.ones_like(matrix)
        trial[upper] = SCALE[moved]
        trial.T[upper] = 1 / SCALE[moved]
        weights, ratio = weights_and_ratio(trial)
        if ratio < LARGEST_INCONSISTENCY:
            kept.append(weights)
        if drawn == 1000 and len(kept) < 10:
            raise ValueError(
                f"{len(kept)} of 1000 matrices moved by {steps} steps are consistent: change the judgements"
            )
    return np.array(kept), len(kept) / drawn


def degradation_spread(indicators: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Standard deviation of land degradation over many sets of weights.

    ``sd^2 = V' C V`` with C the covariance of the weights (ddof 1): exact, without a map per set.

    Parameters
    ----------
    indicators
        Normalised indicators (n, ...) [0 to 1].
    weights
        Sets of weights (draws, n).

    Returns
    -------
    (...) float64
        [as land degradation, 0 to 1]; NaN where an indicator is.
    """
    covariance = np.cov(np.asarray(weights), rowvar=False)
    variance = np.einsum("i...,ij,j...->...", indicators, covariance, indicators)
    return np.sqrt(np.maximum(variance, 0))
