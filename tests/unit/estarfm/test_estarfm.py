"""ESTARFM against its equations in plain float64 loops, known answers, and the promises of its docstring."""

import estarfm_reference as reference
import numba
import numpy as np
import pytest

from nppdrivers import estarfm


def scene(bands=1, dates=2, height=30, width=34, gaps=0.0, scale=1.0, seed=0):
    """Correlated fine and coarse images of two base dates and `dates` others, with a share of gaps."""
    rng = np.random.default_rng(seed)
    land = rng.uniform(0.2, 0.6, (bands, 4))[:, rng.integers(0, 4, (height, width))]
    growth = np.linspace(0.0, 0.25, dates + 2)[:, None, None, None]
    fine = land + growth * (0.5 + land) + rng.normal(0, 0.02, (dates + 2, bands, height, width))
    coarse = 0.9 * fine + rng.normal(0, 0.04, fine.shape)
    images = np.stack([fine[0], coarse[0], fine[-1], coarse[-1], *coarse[1:-1]]).astype(np.float32) * scale
    images[rng.random((len(images), 1, height, width)).repeat(bands, 1) < gaps] = np.nan
    return images[0], images[1], images[2], images[3], images[4:]


def assert_like_reference(images, **settings):
    """Compare the fast kernel with the float64 loops: the same gaps, values within 1e-6 of the scale."""
    expected = reference.predict(*images, **settings)
    actual = estarfm.predict(*images, **settings)
    assert actual.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-6 * settings.get("scale", 1.0))


@pytest.mark.parametrize("bands", [1, 2, 3])
@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_equals_the_equations(bands, gaps):
    """One to three bands, windows cut by the border, with and without gaps: the float64 loops agree."""
    assert_like_reference(scene(bands=bands, gaps=gaps, seed=bands), window=11, classes=3)


@pytest.mark.parametrize(("window", "classes"), [(3, 1), (7, 40), (29, 4)])
def test_equals_the_equations_for_few_and_many_similar_pixels(window, classes):
    """Small windows and many classes leave 5 or fewer similar pixels, large windows hundreds."""
    assert_like_reference(scene(gaps=0.05, seed=window), window=window, classes=classes)


def test_equals_the_equations_without_extrapolation():
    """Where the coarse change exceeds that between the base dates, the slope is 1 for the excess."""
    images = scene(dates=3, gaps=0.05)
    images[4][1:] += 0.2
    assert_like_reference(images, window=11, extrapolate=False)
    published = estarfm.predict(*images, window=11)
    assert np.nanmax(np.abs(published - estarfm.predict(*images, window=11, extrapolate=False))) > 0.01


def test_equals_the_equations_in_integer_units():
    """Reflectance times 10000 with its scale gives what reflectance gives, times 10000."""
    images = scene(bands=2, scale=10000.0)
    settings = {"window": 9, "scale": 10000.0, "valid_range": (0.0, 10000.0)}
    assert_like_reference(images, **settings)
    plain = estarfm.predict(*[image / 10000 for image in images], window=9, valid_range=(0.0, 1.0))
    np.testing.assert_allclose(estarfm.predict(*images, **settings) / 10000, plain, rtol=0, atol=2e-6)


def test_predictions_out_of_range_become_the_mean_of_similar_base_values():
    """When the coarse image leaps by 3 every prediction would leave [-1, 1]: the fall-back stays inside."""
    images = scene(seed=5)
    images[4][1] += 3.0
    assert_like_reference(images, window=9)
    assert np.abs(estarfm.predict(*images, window=9)[1]).max() < 1.0


def test_conversion_coefficient_of_a_mixed_disc():
    """A disc that grows half as fast as its surroundings, invisible in blocks of 17: the error in it is 0.

    With V forced to 1 the error would be 0.058.
    """
    y, x = np.mgrid[:153, :153]
    disc = np.hypot(y - 76, x - 76) <= 5
    fine = [np.where(disc, inside, outside) for inside, outside in ((0.05, 0.1), (0.25, 0.5), (0.20, 0.4))]
    coarse = [np.kron(f.reshape(9, 17, 9, 17).mean((1, 3)), np.ones((17, 17))) for f in fine]
    (f_m, f_p, f_n), (c_m, c_p, c_n) = ([image[None] for image in kind] for kind in (fine, coarse))
    error = estarfm.predict(f_m, c_m, f_n, c_n, c_p[None])[0, 0] - f_p[0]
    assert np.abs(error[disc]).max() <= 1e-6


def test_unchanged_coarse_image_gives_the_base_image():
    """When the coarse image of the date is that of date m, the prediction is the fine image of date m."""
    f_m, c_m, f_n, c_n, _ = scene(height=40, width=40)
    predicted = estarfm.predict(f_m, c_m, f_n, c_n, c_m[None], window=11)
    np.testing.assert_allclose(predicted[0], f_m, atol=1e-6)


def test_one_pair_twice_adds_the_weighted_coarse_change():
    """With the same pair on both sides V is 1: a uniform coarse change of 0.1 is added as it is."""
    f_m, c_m, _, _, _ = scene()
    predicted = estarfm.predict(f_m, c_m, f_m, c_m, c_m[None] + np.float32(0.1), window=11)
    np.testing.assert_allclose(predicted[0], f_m + 0.1, atol=1e-6)


def test_signs_that_differ_count_little():
    """Where fine and coarse value nearly cancel, as over water, a pixel has no part in the coarse change."""
    fine = np.random.default_rng(0).uniform(-0.301, -0.299, (1, 20, 20)).astype(np.float32)
    coarse, change = (
        np.where(np.arange(20) < 10, near, far).astype(np.float32) * np.ones((1, 20, 1), np.float32)
        for near, far in ((-0.2, 0.3), (0.1, 0.6))
    )
    images = fine, coarse, fine, coarse, (coarse + change)[None]
    assert_like_reference(images, window=11, classes=1)
    shore = estarfm.predict(*images, window=11, classes=1)[0, 0, 10, 8:10]
    np.testing.assert_allclose(shore, fine[0, 10, 8:10] + 0.1, atol=2e-3)


def test_uniform_scene_keeps_the_target_itself():
    """Where nothing varies (sigma 0) the target is its own similar pixel; the window's change is added."""
    image = np.full((1, 20, 20), 0.4, np.float32)
    predicted = estarfm.predict(image, image, image, image, image[None] + np.float32(0.1), window=5)
    np.testing.assert_allclose(predicted, 0.5, atol=1e-6)


def test_dates_do_not_depend_on_each_other():
    """All dates in one call are bit for bit those of one call a date, also with gaps."""
    images = scene(dates=5, gaps=0.03)
    together = estarfm.predict(*images, window=11)
    for p in range(5):
        alone = estarfm.predict(*images[:4], images[4][p : p + 1], window=11)
        np.testing.assert_array_equal(together[p], alone[0])


@pytest.mark.parametrize("bands", [1, 2])
@pytest.mark.parametrize("tile", [(7, 9), (13, 5)])
def test_tiles_equal_the_scene_bit_for_bit(bands, tile):
    """Tiles of any shape with a margin of half a window and the scene's statistics give the scene's bytes."""
    images = scene(bands=bands, gaps=0.03, seed=9)
    whole = estarfm.predict(*images, window=9)
    statistics = estarfm.scene_statistics(*images[:4])
    out = np.full_like(whole, np.nan)
    _, height, width = images[0].shape
    for top in range(0, height, tile[0]):
        for left in range(0, width, tile[1]):
            rows = slice(max(0, top - 4), top + tile[0] + 4)
            columns = slice(max(0, left - 4), left + tile[1] + 4)
            part = estarfm.predict(
                *[image[..., rows, columns] for image in images], window=9, statistics=statistics
            )
            core = part[..., top - rows.start :, left - columns.start :][..., : tile[0], : tile[1]]
            out[..., top : top + tile[0], left : left + tile[1]] = core
    np.testing.assert_array_equal(out, whole)


def test_blocks_and_threads_do_not_change_a_byte(monkeypatch):
    """Blocks of other shapes, and one thread or all, give the same bytes."""
    images = scene(gaps=0.03)
    whole = estarfm.predict(*images, window=9)
    monkeypatch.setattr("nppdrivers.estarfm.prediction.BLOCK_ROWS", 11)
    monkeypatch.setattr("nppdrivers.estarfm.prediction.BLOCK_COLUMNS", 7)
    before = numba.get_num_threads()
    try:
        for threads in (1, before):
            numba.set_num_threads(threads)
            np.testing.assert_array_equal(estarfm.predict(*images, window=9), whole)
    finally:
        numba.set_num_threads(before)


def test_targets_select_without_changing():
    """Pixels that are no targets are NaN; targets are as without selection."""
    images = scene()
    targets = np.random.default_rng(1).random(images[0].shape[1:]) < 0.2
    whole = estarfm.predict(*images, window=9)
    some = estarfm.predict(*images, window=9, targets=targets)
    np.testing.assert_array_equal(some, np.where(targets, whole, np.nan))


def test_missing_values_stay_local():
    """A missing base pixel is NaN and only its window changes; a coarse one touches its date only."""
    images = scene(height=41, width=41)
    whole = estarfm.predict(*images, window=11)
    f_m, coarse_p = images[0].copy(), images[4].copy()
    f_m[0, 20, 20] = np.nan
    coarse_p[1, 0, 5, 5] = np.nan
    statistics = estarfm.scene_statistics(*images[:4])
    base_gap = estarfm.predict(f_m, *images[1:], window=11, statistics=statistics)
    date_gap = estarfm.predict(*images[:4], coarse_p, window=11)
    assert np.isnan(base_gap[:, 0, 20, 20]).all()
    assert np.isnan(base_gap).sum() == 2
    far = np.hypot(*np.mgrid[-20:21, -20:21]) > 8
    np.testing.assert_array_equal(base_gap[:, :, far], whole[:, :, far])
    np.testing.assert_array_equal(date_gap[0], whole[0])
    assert np.isnan(date_gap[1]).sum() == 1
    np.testing.assert_array_equal(date_gap[1, :, 11:], whole[1, :, 11:])


def test_inputs_may_be_of_any_type_and_order():
    """Float64, read-only and non-contiguous images give what contiguous float32 ones give."""
    images = scene()
    other = [np.asfortranarray(image.astype(np.float64)) for image in images]
    for image in other:
        image.flags.writeable = False
    np.testing.assert_array_equal(estarfm.predict(*other, window=9), estarfm.predict(*images, window=9))


def test_scene_statistics_are_those_of_complete_pixels():
    """Sigma and means equal NumPy's over the pixels that all four images have, in several strips of rows."""
    images = scene(height=600, width=8, gaps=0.2, bands=2)
    stack = np.stack(images[:4]).astype(np.float64)
    values = stack[:, :, np.isfinite(stack).all((0, 1))]
    statistics = estarfm.scene_statistics(*images[:4])
    np.testing.assert_allclose(statistics.sigma, values[[0, 2]].std(axis=2, ddof=1), rtol=1e-12)
    expected = (values[:2].mean(axis=2) + values[2:].mean(axis=2)) / 2
    np.testing.assert_allclose(statistics.centre, expected, rtol=1e-12)
    columns = (tuple(image[:, :, x : x + 3] for image in images[:4]) for x in range(0, 8, 3))
    np.testing.assert_allclose(estarfm.block_statistics(columns).sigma, statistics.sigma, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window": 10}, "window is 10; it must be an odd"),
        ({"window": 1}, "window is 1; it must be an odd"),
        ({"window": 51}, "window is 51 pixels, larger than the scene of 30 x 34"),
        ({"classes": 0}, "classes is 0"),
        ({"classes": np.nan}, "classes is nan"),
        ({"scale": 10000.0}, "scale is 10000.0 with valid_range .* different units"),
        ({"scale": 0.0}, "scale is 0.0"),
        ({"valid_range": (0.0, 10000.0)}, "scale is 1.0 with valid_range .* different units"),
        ({"valid_range": (1.0, -1.0)}, "first value must be below"),
        ({"valid_range": (5.0, 9.0)}, "fine_m and fine_n, .* is outside valid_range"),
        ({"targets": np.ones((3, 3), bool)}, "targets has shape"),
        ({"coarse_n": np.zeros((1, 5, 5))}, r"coarse_n has shape \(1, 5, 5\), fine_m \(1, 30, 34\)"),
        ({"coarse_n": np.full((1, 30, 34), np.nan)}, "no pixel in common"),
        ({"fine_m": np.full((1, 30, 34), np.nan)}, "no pixel in common"),
        ({"coarse_p": np.full((2, 1, 30, 34), np.nan)}, "coarse_p is missing"),
        ({"coarse_p": np.zeros((1, 30, 34))}, "coarse_p has shape"),
        ({"coarse_p": np.zeros((0, 1, 30, 34))}, "dates >= 1"),
        ({"fine_m": np.zeros((30, 34))}, "fine_m has 2 axes"),
    ],
)
def test_bad_input_is_refused_with_what_and_where(change, message):
    """Impossible settings and unequal or empty images raise a ValueError that names them."""
    names = ("fine_m", "coarse_m", "fine_n", "coarse_n", "coarse_p")
    arguments = dict(zip(names, scene(), strict=True)) | {"window": 9} | change
    with pytest.raises(ValueError, match=message):
        estarfm.predict(**arguments)


@pytest.mark.parametrize(
    ("integers", "message"),
    [
        (("fine_m", "coarse_m", "fine_n", "coarse_n", "coarse_p"), "fine_m and fine_n"),
        (("fine_m", "fine_n"), "fine_m and fine_n"),
        (("coarse_m", "coarse_n"), "coarse_m and coarse_n"),
        (("coarse_p",), "date 0 of coarse_p"),
    ],
)
def test_integers_among_unit_values_are_refused(integers, message):
    """Images times 10000, all or some, with the range of an index raise a ValueError that names the first."""
    names = ("fine_m", "coarse_m", "fine_n", "coarse_n", "coarse_p")
    arguments = dict(zip(names, scene(), strict=True))
    arguments |= {name: arguments[name] * 10000 for name in integers}
    with pytest.raises(ValueError, match=message):
        estarfm.predict(**arguments, window=9)
