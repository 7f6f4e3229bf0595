"""The fusion stage: choice of base images, series interpolated in time, fused intervals without holes."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers import estarfm
from nppdrivers.fusion import base_images, interval
from nppdrivers.fusion.base_images import image_doubts, number_spans, select_base_images
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.fusion.time_interpolation import coarse_on_date, linear_in_time

WINDOW = {"window": 11}
SETTINGS = FusionSettings(**WINDOW)


def images_table(rows):
    """Build a table of fine images from (name, date, clear share)."""
    names, dates, shares = zip(*rows, strict=True)
    return pd.DataFrame({"date": dates, "sensor": "oli", "clear_share": shares}, index=list(names))


def season(height=40, width=44, dates=6, seed=0):
    """Fine and coarse images of land that greens at two rates; the coarse ones are blocks, 0.05 too high."""
    rng = np.random.default_rng(seed)
    rate = np.where(rng.random((height // 4, width // 4)) < 0.5, 0.3, 0.1).repeat(4, 0).repeat(4, 1)
    fine = 0.2 + np.linspace(0, 1, dates)[:, None, None] * rate + rng.normal(0, 0.005, (dates, height, width))
    blocks = fine.reshape(dates, height // 4, 4, width // 4, 4).mean((2, 4)).repeat(4, 1).repeat(4, 2)
    return fine.astype(np.float32), (blocks + 0.05).astype(np.float32)


def test_images_divide_time_where_half_clear_and_serve_in_order_of_time():
    """Images over half clear give four parts; each part has the nearest images, a clear one among them."""
    table = images_table(
        [
            ("a", "2001-03-01", 0.9),
            ("stripes", "2001-04-01", 0.5),
            ("b", "2001-06-01", 0.95),
            ("c", "2001-08-20", 0.3),
            ("d", "2001-09-01", 0.4),
            ("lost", "2001-09-02", 0.01),
        ]
    )
    dates = ["2001-02-01", "2001-03-01", "2001-05-01", "2001-05-20", "2001-10-01"]
    intervals = select_base_images(table, dates, min_clear_share=0.7, images_per_side=2)
    assert intervals["interval"].tolist() == [1, 2, 3, 4]
    assert intervals["before"].tolist() == [(), ("a",), ("stripes", "a"), ("d", "b")]
    assert intervals["after"].tolist() == [("a", "stripes"), ("stripes", "b"), ("b", "c"), ()]
    ends = [pd.to_datetime([dates[i] for i in at]).tolist() for at in ((0, 1, 2, 4), (0, 1, 3, 4))]
    assert [intervals[name].tolist() for name in ("first_date", "last_date")] == ends
    assert select_base_images(table, dates, min_clear_share=0.3)["before"].tolist()[-1] == ("d", "c", "b")


def test_an_image_of_half_the_area_within_an_interval_serves_the_dates_around_it():
    """What only an image of the left half saw between two clear ones is there on the dates next to it."""
    fine, coarse = season(dates=9)
    bump = np.array([0, 0, 0, 0.3, 0.4, 0.3, 0, 0, 0], np.float32)[:, None, None]
    days, truth = pd.date_range("2001-01-01", periods=9, freq="16D"), fine + bump
    table = images_table([("a", days[0], 1.0), ("half", days[4], 0.5), ("b", days[8], 1.0)])
    seen = {"a": truth[0], "half": truth[4].copy(), "b": truth[8]}
    seen["half"][:, 22:] = np.nan
    at = {"a": 0, "half": 4, "b": 8}
    (chosen,) = select_base_images(table, days[[5]], min_clear_share=0.7).itertuples()
    sides = [[(seen[name], coarse[at[name]]) for name in side] for side in (chosen.before, chosen.after)]
    fused, _ = interval.fuse_interval(*sides, coarse[[5]], SETTINGS)
    error = np.sqrt(np.mean((fused[0] - truth[5]) ** 2, axis=0))
    assert error[:20].max() < 0.15 < error[24:].min()


def test_an_image_under_haze_serves_behind_clean_ones_and_spoils_nothing():
    """Haze that no mask knows, on one image of nine, is found; the dates around it are three times better."""
    fine, coarse = season(dates=9)
    days, seen = pd.date_range("2001-01-01", periods=9, freq="16D"), fine.copy()
    seen[4, :, :30] -= 0.15
    squares = (seen - coarse).reshape(9, 5, 8, 11, 4).mean((2, 4)).reshape(9, -1)
    doubts = image_doubts(squares)
    assert (np.delete(doubts, 4) == 0).all() and doubts[4] == pytest.approx(0.15 * np.sqrt(30 / 44), rel=0.1)
    table = images_table([(i, days[i], 1.0) for i in range(9)])
    error = []
    for judged in (table, table.assign(doubt=doubts)):
        chosen = select_base_images(judged.drop(3), [days[3]], images_per_side=3).iloc[0]
        sides = [[(seen[i], coarse[i]) for i in chosen[side]] for side in ("before", "after")]
        fused, _ = interval.fuse_interval(*sides, coarse[[3]], SETTINGS)
        error.append(np.sqrt(np.mean((fused[0] - fine[3]) ** 2)))
    assert chosen["before"] == (2, 1, 0) and chosen["after"] == (5, 6, 7)
    assert 3 * error[1] < error[0]


def test_only_what_comes_and_goes_is_doubted():
    """A bias that grows and land that changed for good are not; images under haze are, also next to a gap."""
    usual = np.tile([0.004, -0.004], 8)[:, None] * np.ones(3)
    lasting = usual + np.linspace(0, 0.06, 16)[:, None]
    lasting[9:, 1] -= 0.3
    assert (image_doubts(lasting) == 0).all()
    hazy = usual.copy()
    hazy[[0, 7, 15], 0] = -0.2
    hazy[8, :] = np.nan
    doubts = image_doubts(hazy)
    assert doubts[[0, 7, 15]] == pytest.approx(0.2 / np.sqrt(3), rel=0.15)
    assert np.isnan(doubts[8]) and (np.delete(doubts, [0, 7, 8, 15]) == 0).all()
    assert np.isnan(image_doubts(usual[:2])).all()


def test_every_target_date_lies_in_one_interval():
    """Over ten years of random images, intervals follow each other and together contain every target date."""
    rng = np.random.default_rng(3)
    dates = pd.Timestamp("2001-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 3650, 60)), "D")
    table = pd.DataFrame({"date": dates, "sensor": "etm", "clear_share": rng.random(60)})
    targets = pd.date_range("2000-06-01", "2011-06-01", freq="16D")
    intervals = select_base_images(table, targets, min_clear_share=0.6, images_per_side=2)
    contained = [
        targets[(targets >= row.first_date) & (targets <= row.last_date)] for row in intervals.itertuples()
    ]
    assert np.concatenate(contained).tolist() == targets.to_numpy().tolist()
    for row in intervals.itertuples():
        assert (table["date"].loc[list(row.before)] <= row.first_date).all()
        assert (table["date"].loc[list(row.after)] > row.last_date).all()
        assert 1 <= len(row.before) + len(row.after) <= 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"columns": {"date": "day"}}, "no column"),
        ({"share": 90.0}, "not a percentage"),
        ({"share": 0.2}, "lower min_clear_share"),
    ],
)
def test_unusable_tables_are_refused(change, message):
    """A missing column, percentages, and a record without any clear image raise a ValueError that says so."""
    table = images_table([("a", "2001-03-01", change.get("share", 0.9))])
    table = table.rename(columns=change.get("columns", {}))
    with pytest.raises(ValueError, match=message):
        select_base_images(table, ["2001-05-01"])


def test_spans_are_filled_but_never_cut_an_interval():
    """Successive intervals share a span while they fit; one that is too large has a span of its own."""
    assert number_spans([3, 3, 4, 1, 12, 5, 5], 10) == [0, 0, 0, 1, 2, 3, 3]
    assert number_spans([], 10) == []


def test_coarse_on_date_interpolates_each_pixels_own_days():
    """Each pixel is NumPy's interpolation of its finite values in order of days, constant beyond the ends."""
    rng = np.random.default_rng(0)
    stack = rng.random((9, 5, 6)).astype(np.float32)
    days = (
        np.arange(9)[:, None, None] * 16
        + rng.permuted(np.tile(np.arange(30), (5, 9, 1)), axis=2)[:, :, :6].transpose(1, 0, 2)
    ).astype(np.float32)
    stack[rng.random(stack.shape) < 0.3] = np.nan
    days[rng.random(days.shape) < 0.1] = np.nan
    stack[:, 2, 3] = np.nan
    wanted = [-5.0, 40.0, 77.5, 300.0]
    actual = coarse_on_date(stack, days, wanted)
    for y, x in np.ndindex(5, 6):
        good = np.isfinite(stack[:, y, x]) & np.isfinite(days[:, y, x])
        day, first = np.unique(days[good, y, x], return_index=True)
        expected = np.interp(wanted, day, stack[good, y, x][first]) if good.any() else np.full(4, np.nan)
        np.testing.assert_allclose(actual[:, y, x], expected, rtol=1e-6)
    np.testing.assert_array_equal(coarse_on_date(stack, days, 40.0), actual[1])
    assert np.isnan(actual[:, 2, 3]).all()
    assert np.isfinite(actual).sum() == 4 * 29


def test_linear_in_time_passes_clouds_over():
    """The baseline takes a pixel's clear images only: the cloud of day 5 does not count."""
    stack = np.array([0.2, np.nan, 0.6])[:, None, None] * np.ones((1, 2, 2))
    stack[1, 0, 0] = 0.5
    series = linear_in_time(stack, np.array([0, 5, 10]), [0, 5, 20])
    np.testing.assert_allclose(series[:, 1, 1], [0.2, 0.4, 0.6], rtol=1e-6)
    np.testing.assert_allclose(series[:, 0, 0], [0.2, 0.5, 0.6], rtol=1e-6)


def test_series_of_unequal_shapes_are_refused():
    """A days array that fits neither the stack nor its times raises a ValueError that names both."""
    with pytest.raises(ValueError, match="coarse_days"):
        coarse_on_date(np.zeros((3, 4, 4)), np.zeros(4), 1.0)


def test_complete_pairs_give_estarfm():
    """Without gaps an interval is what ESTARFM predicts from its nearest pair, whatever else is offered."""
    fine, coarse = season()
    before, after = [(fine[1], coarse[1]), (fine[0], coarse[0])], [(fine[5], coarse[5])]
    fused, source = interval.fuse_interval(before, after, coarse[2:4], SETTINGS)
    pair = [image[None] for image in (fine[1], coarse[1], fine[5], coarse[5])]
    expected = estarfm.predict(*pair, coarse[2:4, None], extrapolate=False, **WINDOW)[:, 0]
    np.testing.assert_array_equal(fused, expected)
    assert (source == base_images.BEST_PAIR).all()


def test_two_bands_give_the_ndvi_of_fused_bands():
    """Red and NIR are fused together by ESTARFM; the result is their NDVI, missing where one of them is."""
    fine, coarse = season()
    fine, coarse = (np.stack([0.3 - 0.4 * image, image], axis=1) for image in (fine, coarse))
    coarse[3, 0, 5, 6] = np.nan
    before, after = [(fine[0], coarse[0])], [(fine[5], coarse[5])]
    fused, _ = interval.fuse_interval(before, after, coarse[2:4], SETTINGS)
    reflectance = {"extrapolate": False, "valid_range": (0.0, 1.0)}
    red, nir = estarfm.predict(*before[0], *after[0], coarse[2:4], **WINDOW, **reflectance).swapaxes(0, 1)
    np.testing.assert_allclose(fused, (nir - red) / (nir + red), atol=1e-6)
    assert np.isnan(fused[1, 5, 6])
    assert np.isfinite(fused).sum() == fused.size - 1


def test_gaps_are_filled_in_order_of_quality():
    """Where clouds hide one image, the other pair, then one image alone, then the coarse image answers."""
    fine, coarse = season()
    clear = fine.copy()
    clear[1, :8] = np.nan  # rows 0-7: the nearest image before is hidden, the further one is not
    clear[[0, 1], 8:16] = np.nan  # rows 8-15: only the image after is left
    clear[[0, 1, 5], 16:20] = np.nan  # rows 16-19: nothing is left
    before, after = [(clear[1], coarse[1]), (clear[0], coarse[0])], [(clear[5], coarse[5])]
    fused, source = interval.fuse_interval(before, after, coarse[3:4], SETTINGS)
    rows = source[0, :, 0].tolist()
    expected = (
        [base_images.FURTHER_PAIR] * 8
        + [base_images.ONE_IMAGE] * 8
        + [base_images.COARSE] * 4
        + [base_images.BEST_PAIR] * 20
    )
    assert rows == expected
    assert (source == source[:, :, :1]).all()
    error = np.sqrt(np.mean((fused - fine[3]) ** 2, axis=(0, 2)))
    assert error[:16].max() < 0.05
    # The coarse image is 0.05 too high; its local bias is gone from what fills the last gap.
    assert abs(np.mean(fused[0, 16:20] - fine[3, 16:20])) < 0.01


def test_random_gaps_leave_no_hole_and_little_error():
    """With 30 % random gaps in every base image nothing is missing, and the error grows by less than half."""
    fine, coarse = season(height=60, width=60, seed=2)
    rng = np.random.default_rng(1)
    clear = np.where(rng.random(fine.shape) < 0.3, np.nan, fine).astype(np.float32)

    def error(images):
        pairs = list(zip(images, coarse, strict=True))
        fused, _ = interval.fuse_interval([pairs[1], pairs[0]], [pairs[4], pairs[5]], coarse[2:4], SETTINGS)
        return np.sqrt(np.mean((fused - fine[2:4]) ** 2))

    assert error(clear) < 1.5 * error(fine)


def test_one_side_only_and_missing_coarse_pixels():
    """Before the first image there is one side; a pixel without a coarse value is missing, and marked so."""
    fine, coarse = season()
    wanted = coarse[0:2].copy()
    wanted[1, 3, 4] = np.nan
    fused, source = interval.fuse_interval([], [(fine[3], coarse[3])], wanted, SETTINGS)
    assert np.isnan(fused).sum() == 1
    assert source[1, 3, 4] == base_images.MISSING
    assert (np.delete(source.ravel(), source[0].size + 3 * 44 + 4) == base_images.ONE_IMAGE).all()
    assert set(np.unique(source)) <= set(base_images.SOURCES)


def test_an_interval_needs_an_image():
    """No base image on either side is an error, not an image of zeros."""
    with pytest.raises(ValueError, match="both lists are empty"):
        interval.fuse_interval([], [], np.zeros((1, 20, 20)), SETTINGS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dates": ["2001-03-01", "2001-02-01"]}, "2001-02-01 follows 2001-03-01"),
        ({"dates": ["2001-03-01", "2001-03-01"]}, "2001-03-01 follows 2001-03-01"),
        ({"dates": ["2001-03-01"]}, "1 dates are given for 2 coarse images"),
        ({"coarse_p": np.zeros((0, 20, 20))}, "dates >= 1"),
        ({"coarse_p": np.zeros((20, 20))}, r"coarse_p has shape \(20, 20\)"),
        (
            {"after": [(np.zeros((20, 20)), np.zeros((20, 21)))]},
            "coarse image 1 after the interval has shape",
        ),
        ({"before": [(np.zeros((2, 20, 20)), np.zeros((20, 20)))]}, "fine image 1 before the interval has"),
        (
            {"before": [(np.full((20, 20), np.nan),) * 2] * 2, "settings": FusionSettings(window=21)},
            "larger than the scene of 20 x 20",
        ),
    ],
)
def test_bad_input_is_refused(change, message):
    """Dates out of order, shapes that differ and a window too large raise a ValueError that says which."""
    image = np.full((20, 20), 0.3)
    given = {"before": [(image, image)], "after": [], "coarse_p": np.full((2, 20, 20), 0.4)}
    given |= {"settings": SETTINGS} | change
    with pytest.raises(ValueError, match=message):
        interval.fuse_interval(**given)
