"""Weights of the fusion: known optima, what they are drawn to, and the departures they stand on."""

import numpy as np
import pytest

from nppdrivers.fusion.combination import (
    CLASSES,
    ONE_SIDE,
    PRIOR,
    PRIOR_DATES,
    PRIOR_SHARE,
    Departures,
    Weights,
    combined,
    departures,
    fit_weights,
)

DATES = np.repeat(np.arange(400), 50)


def left_out(noise_model, noise_line, seed=0):
    """Departures and errors of a model and of a line in time with independent errors; coarse without use."""
    rng = np.random.default_rng(seed)
    number = DATES.size
    model_error, line_error = rng.normal(0, noise_model, number), rng.normal(0, noise_line, number)
    gap, one_side = rng.choice([2.0, 8.0, 20.0], number), rng.random(number) < 0.25
    return Departures(gap, one_side, model_error - line_error, rng.normal(0, 0.1, number)), model_error


@pytest.mark.parametrize("noise_line", [0.02, 0.04, 0.2])
def test_weights_of_independent_errors_are_their_precisions(noise_line):
    """Weight a is the model's share in the sum of precisions, b is 0 where the coarse change is noise."""
    found, error = left_out(0.04, noise_line)
    weights = fit_weights(found, error, DATES)
    expected = noise_line**2 / (0.04**2 + noise_line**2)
    np.testing.assert_allclose(weights.model, expected, atol=0.03)
    np.testing.assert_allclose(weights.coarse, 0.0, atol=0.03)
    weighed = combined(error.astype(np.float32), found, weights)  # against a truth of 0
    assert np.std(weighed) < 1.01 * min(0.04, noise_line)


def test_few_dates_leave_weights_near_what_holds_elsewhere():
    """Nothing left out: PRIOR. One date: near it. A class never seen has the weights of all."""
    found, error = left_out(0.04, 0.01)
    nothing = Departures(*[values[:0] for values in found])
    assert fit_weights(nothing, error[:0], DATES[:0]) == Weights()
    one = fit_weights(Departures(*[values[:50] for values in found]), error[:50], DATES[:50])
    assert 0.4 < one.model[0] < PRIOR[0]
    both_sides = ~found.one_side
    seen = Departures(*[values[both_sides] for values in found])
    weights = fit_weights(seen, error[both_sides], DATES[both_sides])
    drawn = PRIOR_SHARE + PRIOR_DATES / 400
    expected = (0.06 + drawn * PRIOR[0]) / (1 + drawn)
    assert weights.model[ONE_SIDE] == pytest.approx(expected, abs=0.03)


def test_departures_from_lines_between_the_nearest_clear_images():
    """Line and gap of each pixel by its own clear images; one side alone is constant; no image gives NaN."""
    fine = np.full((4, 1, 4), 0.2, np.float32)
    fine[2:] = 0.6
    fine[1, 0, 0] = fine[:2, 0, 2] = fine[:, 0, 3] = np.nan
    coarse, days = fine - np.float32(0.1), [0.0, 20.0, 40.0, 60.0]
    coarse = np.nan_to_num(coarse)
    dates, model, seen = (
        [30.0, 35.0],
        np.full((2, 1, 4), 0.5, np.float32),
        np.full((2, 1, 4), 0.3, np.float32),
    )
    first, second = departures(list(zip(fine, coarse, strict=True)), days, model, seen, dates)
    np.testing.assert_allclose(first.gap, [[7.5, 5.0, 10.0, np.nan]])
    np.testing.assert_array_equal(first.one_side, [[False, False, True, True]])
    np.testing.assert_allclose(first.model, [[0.0, 0.1, -0.1, np.nan]], atol=1e-6)
    np.testing.assert_allclose(first.model - first.coarse, [[0.1, 0.1, 0.1, np.nan]], atol=1e-6)
    np.testing.assert_allclose(second.gap, [[35 * 5 / 40, 15 * 5 / 20, 5.0, np.nan]], rtol=1e-6)
    np.testing.assert_allclose(second.model[0, 1], 0.0, atol=1e-6)


def test_bare_land_has_no_part_in_the_change_of_a_coarse_pixel():
    """The coarse change counts by the cell's share of the coarse index: none, half, no more than all."""
    fine = np.array([[[-0.1, 0.2, 0.4, 0.8, 0.3]]] * 2, np.float32)
    coarse = np.array([[[0.4, 0.4, 0.4, 0.4, -0.1]]] * 2, np.float32)
    images = list(zip(fine, coarse, strict=True))
    found = next(departures(images, [0.0, 20.0], fine[:1], coarse[:1] + np.float32(0.2), [10.0]))
    np.testing.assert_allclose(found.coarse[0], [0.0, 0.1, 0.2, 0.2, 0.0], atol=1e-6)


def test_weights_0_and_1_are_the_line_and_the_model():
    """A = b = 0 gives the line in time, a = 1 and b = 0 the prediction to the bit; NaN leaves it."""
    rng = np.random.default_rng(1)
    line, fused = rng.random((2, 9)).astype(np.float32)
    found = Departures(np.full(9, 3.0), np.zeros(9, bool), fused - line, np.full(9, 0.2, np.float32))
    number = len(CLASSES)
    plain = combined(fused, found, Weights((1.0,) * number, (0.0,) * number))
    np.testing.assert_array_equal(plain, fused)
    alone = combined(fused, found, Weights((0.0,) * number, (0.0,) * number))
    np.testing.assert_allclose(alone, line, atol=1e-6)
    missing = found._replace(coarse=np.full(9, np.nan, np.float32))
    np.testing.assert_array_equal(combined(fused, missing, Weights()), fused)
