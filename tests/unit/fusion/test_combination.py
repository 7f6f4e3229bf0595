"""Weights of the fusion: known optima, what they are drawn to, and the departures they stand on."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from nppdrivers.fusion.combination import (
    CLASSES,
    ONE_SIDE,
    PRIOR,
    PRIOR_DATES,
    PRIOR_ONE_SIDE,
    PRIOR_SHARE,
    RIDGE,
    RIDGE_PIXELS,
    CoarsePatterns,
    Departures,
    Weights,
    combined,
    departures,
    detail_shares,
    fit_weights,
)

DATES = np.repeat(np.arange(400), 50)


def left_out(noise_model, noise_line, seed=0):
    """Departures and errors of a model and of a line in time with independent errors; the rest is noise."""
    rng = np.random.default_rng(seed)
    number = DATES.size
    model_error, line_error = rng.normal(0, noise_model, number), rng.normal(0, noise_line, number)
    gap, one_side = rng.choice([2.0, 8.0, 20.0], number), rng.random(number) < 0.25
    useless = rng.normal(0, 0.1, (2, number))
    return Departures(gap, one_side, model_error - line_error, *useless), model_error


@pytest.mark.parametrize("noise_line", [0.02, 0.04, 0.2])
def test_weights_of_independent_errors_are_their_precisions(noise_line):
    """Weight a is the model's share in the sum of precisions, b and c are 0 where they weigh noise."""
    found, error = left_out(0.04, noise_line)
    weights = fit_weights(found, error, DATES)
    expected = noise_line**2 / (0.04**2 + noise_line**2)
    np.testing.assert_allclose(weights.model, expected, atol=0.03)
    np.testing.assert_allclose([weights.coarse, weights.detail], 0.0, atol=0.04)
    weighed = combined(error.astype(np.float32), found, weights)  # against a truth of 0
    assert np.std(weighed) < 1.01 * min(0.04, noise_line)


def test_a_date_of_great_change_does_not_decide():
    """A date on which all errors are ten times as large changes the weights no more than any other."""
    found, error = left_out(0.04, 0.02)
    great = np.where(DATES == 7, 10.0, 1.0)
    scaled = Departures(*found[:2], *[values * great for values in found[2:]])
    np.testing.assert_allclose(
        fit_weights(scaled, error * great, DATES).model, fit_weights(found, error, DATES).model, atol=0.002
    )


def test_few_dates_leave_weights_near_what_holds_elsewhere():
    """Nothing left out: PRIOR. One date: near it. A class never seen has the weights of all, or its own."""
    found, error = left_out(0.04, 0.01)
    nothing = Departures(*[values[:0] for values in found])
    assert fit_weights(nothing, error[:0], DATES[:0]) == Weights()
    one = fit_weights(Departures(*[values[:50] for values in found]), error[:50], DATES[:50])
    assert 0.3 < one.model[0] < PRIOR[0]
    near = ~found.one_side & (found.gap < 12)
    seen = Departures(*[values[near] for values in found])
    weights = fit_weights(seen, error[near], DATES[near])
    drawn = PRIOR_SHARE + PRIOR_DATES / 400
    expected = (0.06 + drawn * PRIOR[0]) / (1 + drawn)
    assert weights.model[ONE_SIDE - 1] == pytest.approx(expected, abs=0.03)
    assert (weights.model[ONE_SIDE], weights.coarse[ONE_SIDE], weights.detail[ONE_SIDE]) == PRIOR_ONE_SIDE


def test_departures_from_lines_between_the_first_clear_images():
    """Line and gap of each pixel by its own clear images; one side alone is constant; no image gives NaN."""
    fine = np.full((4, 1, 4), 0.2, np.float32)
    fine[2:] = 0.6
    fine[0, 0, 0] = fine[:2, 0, 2] = fine[:, 0, 3] = np.nan
    coarse, days = fine - np.float32(0.1), [20.0, 0.0, 40.0, 60.0]
    coarse = np.nan_to_num(coarse)
    dates, model, seen = (
        [30.0, 35.0],
        np.full((2, 1, 4), 0.5, np.float32),
        np.full((2, 1, 4), 0.3, np.float32),
    )
    alike = CoarsePatterns(np.zeros((6, 6)), 1.0)
    first, second = departures(list(zip(fine, coarse, strict=True)), days, model, seen, dates, alike)
    np.testing.assert_allclose(first.gap, [[7.5, 5.0, 10.0, np.nan]])
    np.testing.assert_array_equal(first.one_side, [[False, False, True, True]])
    np.testing.assert_allclose(first.model, [[0.0, 0.1, -0.1, np.nan]], atol=1e-6)
    np.testing.assert_allclose(first.model - first.coarse, [[0.1, 0.1, 0.1, np.nan]], atol=1e-6)
    np.testing.assert_allclose(second.gap, [[35 * 5 / 40, 15 * 5 / 20, 5.0, np.nan]], rtol=1e-6)
    np.testing.assert_allclose(second.model[0, 1], 0.0, atol=1e-6)
    np.testing.assert_array_equal(first.detail, 0.0)


def test_bare_land_has_no_part_in_the_change_of_a_coarse_pixel():
    """The coarse change counts by the cell's share of half the coarse index: none, half, no more than all."""
    fine = np.array([[[-0.1, 0.1, 0.2, 0.8, 0.3]]] * 2, np.float32)
    coarse = np.array([[[0.4, 0.4, 0.4, 0.4, -0.1]]] * 2, np.float32)
    images = list(zip(fine, coarse, strict=True))
    change = coarse[:1] + np.float32(0.2)
    found = next(
        departures(images, [0.0, 20.0], fine[:1], change, [10.0], CoarsePatterns(np.zeros((3, 3)), 1.0))
    )
    np.testing.assert_allclose(found.coarse[0], [0.0, 0.1, 0.2, 0.2, 0.0], atol=1e-6)


def test_fields_smaller_than_a_coarse_pixel_change_like_land_that_looked_like_them():
    """Two crops in unknown mixtures: detail and coarse change together are each crop's own change.

    One crop was greener in spring, the other in autumn; on the date between, the first one grew by 0.3.
    """
    rng = np.random.default_rng(3)
    crop, share = rng.random((20, 200)) < 0.5, rng.random((20, 200))
    spring, autumn, grown = (
        lambda first, w=w: w[0] * first + w[1] * (1 - first) for w in ((0.6, 0.2), (0.1, 0.5), (0.65, 0.35))
    )
    images = [
        (course(crop).astype(np.float32), course(share).astype(np.float32)) for course in (spring, autumn)
    ]
    seen = np.stack([*(coarse for _, coarse in images), grown(share)]).astype(np.float32)
    patterns = CoarsePatterns(np.cov(seen.reshape(3, -1), bias=True), share.size)
    found = next(departures(images, [0.0, 20.0], seen[2:], seen[2:], [10.0], patterns))
    line, change = seen[2] - found.model, seen[2] - (images[0][1] + images[1][1]) / 2
    near = line + change + found.detail
    alone = line + change
    expected = grown(crop)
    assert np.sqrt(np.mean((near - expected) ** 2)) < 0.1 * np.sqrt(np.mean((alone - expected) ** 2))


def test_an_image_that_is_not_clear_has_no_part_in_the_detail():
    """Detail is the sum over the clear images of their coefficient times fine less coarse."""
    rng = np.random.default_rng(4)
    fine, coarse = rng.random((2, 3, 1, 5)).astype(np.float32)
    fine[1, 0, 2] = np.nan
    days, patterns = [0.0, 10.0, 30.0], CoarsePatterns(np.cov(rng.random((4, 50))), 50)
    found = next(
        departures(list(zip(fine, coarse, strict=True)), days, coarse[:1], coarse[:1], [20.0], patterns)
    )
    shares = detail_shares(patterns, days, [20.0])[0]
    expected = sum(share * np.nan_to_num(f - c) for share, f, c in zip(shares, fine, coarse, strict=True))
    np.testing.assert_allclose(found.detail, expected, rtol=1e-6)


def test_shares_of_the_detail_are_those_of_ridge_regression():
    """Against scikit-learn's Ridge on the pixels themselves, on two dates and on one side only."""
    rng = np.random.default_rng(5)
    pixels = rng.normal(0, 1, (300, 5)) @ rng.normal(0, 0.1, (5, 5))
    patterns = CoarsePatterns(np.cov(pixels.T, bias=True), 25)
    ridge = RIDGE * (1 + RIDGE_PIXELS / 25) * np.trace(patterns.covariance[:3, :3]) / 3 * 300
    for image_days, lines in (
        ([10, 0, 50], [[0.5, 0, 0.5], [0.25, 0, 0.75]]),
        ([60, 50, 70], [[1, 0, 0]] * 2),
    ):
        shares = detail_shares(patterns, image_days, [30, 40])
        for p, line in enumerate(lines):
            wanted = pixels[:, 3 + p] - pixels[:, :3] @ line
            model = Ridge(alpha=ridge).fit(pixels[:, :3], wanted)
            np.testing.assert_allclose(shares[p], model.coef_, rtol=1e-4, atol=1e-6)


def test_patterns_of_some_images_are_measured_without_the_others():
    """Images on one side of an abrupt change: the shares are those of a scene that has no other images."""
    pixels = np.random.default_rng(6).normal(0, 0.1, (300, 6))
    both, after = (CoarsePatterns(np.cov(p.T), 300) for p in (pixels, pixels[:, [2, 3, 4, 5]]))
    days, dates = [10, 30, 80, 90], [40, 50]  # of the images; those of the dates are the last two columns
    found = detail_shares(both.restricted([2, 3], 2), days[2:], dates)
    np.testing.assert_allclose(found, detail_shares(after, days[2:], dates), rtol=1e-6)


def test_weights_0_and_1_are_the_line_and_the_model():
    """A = b = c = 0 gives the line in time, a = 1 and b = c = 0 the prediction to the bit; NaN leaves it."""
    rng = np.random.default_rng(1)
    line, fused = rng.random((2, 9)).astype(np.float32)
    others = np.full((2, 9), 0.2, np.float32)
    found = Departures(np.full(9, 3.0), np.zeros(9, bool), fused - line, *others)
    number = len(CLASSES)
    plain = combined(fused, found, Weights((1.0,) * number, (0.0,) * number, (0.0,) * number))
    np.testing.assert_array_equal(plain, fused)
    alone = combined(fused, found, Weights(*((0.0,) * number,) * 3))
    np.testing.assert_allclose(alone, line, atol=1e-6)
    missing = found._replace(coarse=np.full(9, np.nan, np.float32))
    np.testing.assert_array_equal(combined(fused, missing, Weights()), fused)
