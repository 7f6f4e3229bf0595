"""Standard error of fused values learnt from images left out."""

import numpy as np
import pytest

from fusion.map_fusion_error import own_side
from nppdrivers.fusion import error_model
from nppdrivers.fusion.error_model import ErrorModel


def test_first_clear_passes_gaps_over():
    """The first clear image of the list counts, nearest or not; NaN where all have a gap."""
    images = np.array([[[0.2, np.nan, np.nan]], [[0.1, 0.1, np.nan]]], np.float32)
    value, distance = error_model.first_clear(images, [10.0, 30.0], 35.0)
    np.testing.assert_array_equal(value, np.float32([[0.2, 0.1, np.nan]]))
    np.testing.assert_array_equal(distance, [[25.0, 5.0, np.nan]])
    value, distance = error_model.first_clear(np.empty((0, 1, 3)), [], 35.0)
    assert np.isnan(value).all() and np.isnan(distance).all()


def test_gap_and_departure_by_hand():
    """10 and 30 days: gap 7.5 d, line 0.3; one side alone: its days; on the day itself: 0; no image: NaN."""
    before = np.float32([[0.2, 0.2, np.nan, 0.2, np.nan]]), np.float32([[10, 10, np.nan, 0, np.nan]])
    after = np.float32([[0.6, np.nan, 0.6, 0.6, np.nan]]), np.float32([[30, np.nan, 30, 30, np.nan]])
    gap, departure = error_model.gap_and_departure(before, after, np.float32([[0.5] * 5]))
    np.testing.assert_allclose(gap, [[7.5, 10, 30, 0, np.nan]])
    np.testing.assert_allclose(departure, [[0.2, 0.3, -0.1, 0.3, np.nan]], atol=1e-6)


def simulated(number, noise=4e-4, per_day=2e-5, share=0.25, seed=0):
    """Gaps, departures, errors against the truth, and errors against images with noise."""
    rng = np.random.default_rng(seed)
    gap, departure = rng.uniform(0, 40, number), rng.normal(0, 0.1, number)
    error = rng.normal(0, 1, number) * np.sqrt(noise + per_day * gap + share * departure**2)
    return gap, departure, error, error + rng.normal(0, np.sqrt(noise), number)


def test_the_model_is_found_again_and_covers():
    """Known coefficients are recovered within 10 %, and 68.3 % and 95 % of new errors lie in the bands."""
    gap, departure, _, against_images = simulated(60_000)
    date = np.arange(gap.size) % 10
    model = error_model.fit_error_model(gap, departure, against_images, np.full(gap.size, 0.1), date)
    found = [model.constant, model.per_day, model.departure_share]
    np.testing.assert_allclose(found, [4e-4, 2e-5, 0.25], rtol=0.1)
    gap, departure, error, against_images = simulated(60_000, seed=1)
    for errors, with_image_noise in ((error, False), (against_images, True)):
        band = model.standard_error(gap, departure, with_image_noise=with_image_noise)
        assert error_model.coverage(errors, band, 1.0) == pytest.approx(0.683, abs=0.01)
        assert error_model.coverage(errors, band, 1.96) == pytest.approx(0.95, abs=0.01)


def test_error_grows_with_gap_and_departure_and_without_image():
    """The standard error never falls with the gap or the departure; without image it has its own value."""
    model = ErrorModel(4e-4, 1e-5, 0.2, 0.01, 1e-4)
    band = model.standard_error(np.array([0.0, 10, 10, np.nan]), np.array([0.0, 0, -0.2, np.nan]))
    np.testing.assert_allclose(band, np.sqrt([4e-4, 5e-4, 8.5e-3, 1e-2]), rtol=1e-6)


def test_nothing_left_out_gives_no_band():
    """Without any image to leave out the standard error is missing, not a number from nowhere."""
    model = error_model.fit_error_model([], [], [], [], [])
    assert np.isnan(model.standard_error(np.array([1.0, np.nan]), np.array([0.1, np.nan]))).all()
    assert np.isnan(error_model.coverage([np.nan], np.array([0.1]), 1.0))


def test_missing_errors_do_not_count():
    """Rows with a NaN change nothing in the fit."""
    gap, departure, _, error = simulated(2000)
    date = np.arange(error.size + 2) % 10
    model = error_model.fit_error_model(gap, departure, error, error, date[:-2])
    with_nan = [np.append(values, [np.nan, 1.0]) for values in (gap, departure)]
    error = np.append(error, [0.1, np.nan])
    assert error_model.fit_error_model(*with_nan, error, error[:-2], date) == model


def test_few_dates_give_one_standard_error():
    """From two dates gap and noise cannot be separated: the RMSE of the images left out, everywhere."""
    gap, departure, _, error = simulated(2000)
    model = error_model.fit_error_model(gap, departure, error, error, np.arange(2000) % 2)
    rmse = np.sqrt(np.mean(error**2))
    for with_image_noise in (False, True):
        band = model.standard_error(
            np.array([0.0, 100.0]), np.array([0.0, 0.5]), with_image_noise=with_image_noise
        )
        np.testing.assert_allclose(band, rmse, rtol=1e-6)


def test_changed_land_counts_the_image_on_its_own_side():
    """Before and after a change each value has the days of the image that is like it; other land has both."""
    values = np.float32([[0.75, 0.25, 0.75]])
    ends = [(np.full((1, 3), value, np.float32), np.full((1, 3), 20, np.float32)) for value in (0.8, 0.2)]
    kept = own_side(ends, np.array([[True, True, False]]), values)
    gap, departure = error_model.gap_and_departure(*kept, values)
    np.testing.assert_allclose(gap, [[20, 20, 10]])
    np.testing.assert_allclose(departure, [[-0.05, 0.05, 0.25]], atol=1e-6)
