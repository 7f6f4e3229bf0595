"""Sensitivity of land degradation to the judgements behind its weights."""

import numpy as np
import pytest

from nppdrivers.degradation import ahp_weights
from nppdrivers.degradation.sensitivity import SCALE, degradation_spread, perturbed_weights

JUDGEMENTS = np.array([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])


def test_no_steps_give_the_weights_themselves():
    """Judgements that do not move keep their weights, all matrices are accepted, and LD has no spread."""
    weights, accepted = perturbed_weights(JUDGEMENTS, 5, np.random.default_rng(1), steps=0)
    np.testing.assert_allclose(weights, np.tile(ahp_weights(JUDGEMENTS)[0], (5, 1)), rtol=1e-12)
    assert accepted == 1
    assert degradation_spread(np.ones((3, 2, 2)), weights) == pytest.approx(0, abs=1e-12)


def test_moved_judgements_scatter_about_the_weights():
    """One step either way: weights scatter about the unmoved ones, each set a set of weights of its own."""
    weights, accepted = perturbed_weights(JUDGEMENTS, 400, np.random.default_rng(2))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(weights.mean(axis=0), ahp_weights(JUDGEMENTS)[0], atol=0.02)
    assert (weights.std(axis=0) > 0.01).all() and 0 < accepted < 1
    assert len(np.unique(weights[:, 0].round(9))) <= 27  # 3 judgements of 3 values each


def test_three_judgements_take_the_steps_of_the_scale():
    """With two indicators the weights are the steps of the scale that the judgement may take."""
    weights, _ = perturbed_weights(np.array([[1, 1], [1, 1]]), 60, np.random.default_rng(3))
    np.testing.assert_allclose(np.unique((weights[:, 0] / weights[:, 1]).round(12)), [0.5, 1, 2])
    end, _ = perturbed_weights(np.array([[1, 9], [1 / 9, 1]]), 60, np.random.default_rng(3), steps=2)
    np.testing.assert_allclose(np.unique((end[:, 0] / end[:, 1]).round(12)), [7, 8, 9])
    np.testing.assert_allclose(SCALE * SCALE[::-1], 1)


def test_hopeless_perturbation_is_refused():
    """Moves so large that nearly no matrix is consistent end in an error, not in an endless loop."""
    with pytest.raises(ValueError, match="of 1000 matrices moved by 16 steps"):
        perturbed_weights(np.ones((9, 9)), 50, np.random.default_rng(4), steps=16)


def test_spread_is_that_of_the_maps():
    """The spread from the covariance of the weights is the standard deviation over the maps; NaN stays."""
    rng = np.random.default_rng(5)
    weights, _ = perturbed_weights(JUDGEMENTS, 50, rng)
    indicators = rng.uniform(0, 1, (3, 4, 5))
    indicators[1, 2, 3] = np.nan
    maps = np.tensordot(weights, indicators, axes=1)
    np.testing.assert_allclose(degradation_spread(indicators, weights), maps.std(axis=0, ddof=1), rtol=1e-9)
