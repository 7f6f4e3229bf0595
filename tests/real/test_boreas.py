"""ESTARFM on its authors' test set: Landsat and MODIS of a boreal forest, one Landsat date withheld."""

import estarfm_reference as reference
import numpy as np
import pytest
from scipy import ndimage

from nppdrivers import estarfm
from nppdrivers.fusion import base_images, combination, interval
from nppdrivers.fusion.settings import FusionSettings

pytestmark = pytest.mark.real

BASE = ("tm0524", "modis0524", "tm0812", "modis0812")
REFLECTANCE = {"scale": 10000.0, "valid_range": (0.0, 10000.0)}


@pytest.fixture(scope="module")
def images(real_data):
    """All images by name: green, red and near infrared reflectance times 10000, (3, 400, 400)."""
    names = [f"{sensor}{date}" for sensor in ("tm", "modis") for date in ("0524", "0711", "0812")]
    paths = {name: real_data / "boreas" / name for name in names}
    return {
        name: np.fromfile(path, "<i2").reshape(3, 400, 400).astype(np.float32) for name, path in paths.items()
    }


def ndvi(image):
    """NDVI, (1, height, width); reflectance of 0 or less, over water, is taken as 0.0001."""
    green_red_nir = np.maximum(image.astype(np.float64), 1.0)
    return ((green_red_nir[2] - green_red_nir[1]) / (green_red_nir[2] + green_red_nir[1]))[None]


def rmse(a, b):
    """Root mean square difference."""
    return float(np.sqrt(np.mean((np.asarray(a, np.float64) - b) ** 2)))


def ssim(a, b, span):
    """Mean structural similarity with Gaussian windows of sigma 1.5 (Wang et al. 2004)."""
    smooth = lambda image: ndimage.gaussian_filter(image, 1.5, truncate=3.5)  # noqa: E731
    mean_a, mean_b = smooth(a), smooth(b)
    var_a, var_b = smooth(a * a) - mean_a**2, smooth(b * b) - mean_b**2
    cov = smooth(a * b) - mean_a * mean_b
    c1, c2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    similarity = (2 * mean_a * mean_b + c1) * (2 * cov + c2)
    return float(np.mean(similarity / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))))


@pytest.fixture(scope="module")
def index(images):
    """NDVI of the two base pairs, of MODIS on 11 July and of Landsat on 11 July."""
    return [ndvi(images[name]) for name in BASE], ndvi(images["modis0711"])[None], ndvi(images["tm0711"])


def test_ndvi_of_the_withheld_date(index):
    """The accuracy of the published method: RMSE 0.0460 or less, r 0.890 and SSIM 0.857 or more."""
    base, coarse, truth = index
    fused = estarfm.predict(*base, coarse)[0].astype(np.float64)
    assert rmse(fused, truth) <= 0.0460
    assert np.corrcoef(fused.ravel(), truth.ravel())[0, 1] >= 0.890
    assert ssim(fused[0], truth[0], span=2.0) >= 0.857


def test_bands_of_the_withheld_date_and_their_ndvi(images):
    """Three bands: RMSE of green, red, near infrared; NDVI of fused bands beats fused NDVI."""
    base = [images[name] for name in BASE]
    fused = estarfm.predict(*base, images["modis0711"][None], **REFLECTANCE)[0]
    errors = [rmse(a, b) for a, b in zip(fused, images["tm0711"], strict=True)]
    np.testing.assert_array_less(errors, [53.9, 48.4, 125.5])
    assert rmse(ndvi(fused), ndvi(images["tm0711"])) <= 0.0424


def test_differs_from_float64_by_rounding_only(index):
    """Against float64 loops on each fifth row and column: 99.9 % within 1e-6, all within 1e-4."""
    base, coarse, _ = index
    targets = np.zeros((400, 400), bool)
    targets[1::5, 2::5] = True
    base, coarse = [image.astype(np.float32) for image in base], coarse.astype(np.float32)
    expected = reference.predict(*base, coarse, targets=targets)
    difference = np.abs(estarfm.predict(*base, coarse, targets=targets) - expected)[0, 0, targets]
    assert np.quantile(difference, 0.999) <= 1e-6
    assert difference.max() <= 1e-4


def test_the_stage_is_no_worse_than_the_published_method(index):
    """Slopes that do not extrapolate are as good here; with abrupt changes apart the stage is better."""
    base, coarse, truth = index
    pairs = [(base[0][0], base[1][0])], [(base[2][0], base[3][0])]
    joint, _ = interval.fuse_interval(*pairs, coarse[:, 0], FusionSettings(split_at_changes=False))
    split, _ = interval.fuse_interval(*pairs, coarse[:, 0])
    assert rmse(joint, truth) <= 0.0462
    assert rmse(split, truth) <= 0.0430


def test_weights_that_nothing_is_learnt_from_do_not_harm(index):
    """With the weights of a run that can leave no image out, the weighed prediction is a little better."""
    base, coarse, truth = index
    images = [(base[0][0], base[1][0]), (base[2][0], base[3][0])]
    fused, source = interval.fuse_interval(images[:1], images[1:], coarse[:, 0])
    covariance = np.cov([base[1][0].ravel(), base[3][0].ravel(), coarse.ravel()])
    patterns = combination.CoarsePatterns(covariance, coarse.size / 17**2)
    found = next(combination.departures(images, [144, 224], fused, coarse[:, 0], [192], patterns))
    alone = np.isin(source[0], (base_images.OWN_SIDE, base_images.COARSE))
    found = found._replace(coarse=np.where(alone, np.nan, found.coarse))
    weighed = combination.combined(fused[0], found, combination.Weights())
    assert rmse(weighed, truth[0]) < min(0.0416, rmse(fused, truth))


def test_one_side_is_worse_than_two(index):
    """Predicted from the first or the last pair alone, the central quarter is worse than from both."""
    base, coarse, truth = index
    pairs = [(base[0][0], base[1][0])], [(base[2][0], base[3][0])]
    both, first, last = (
        rmse(interval.fuse_interval(*sides, coarse[:, 0])[0][0, 100:300, 100:300], truth[0, 100:300, 100:300])
        for sides in (pairs, (pairs[0], []), ([], pairs[1]))
    )
    assert both < last < first
    assert first < 0.065


def test_stripes_and_clouds_leave_no_hole(index):
    """With 30 % of random gaps in each base image nothing is missing; RMSE is at most 1.3 times as large."""
    base, coarse, truth = index
    rng = np.random.default_rng(0)
    gaps = [np.where(rng.random((400, 400)) < 0.3, np.nan, base[k][0]) for k in (0, 2)]
    fused, source = interval.fuse_interval([(gaps[0], base[1][0])], [(gaps[1], base[3][0])], coarse[:, 0])
    whole, _ = interval.fuse_interval([(base[0][0], base[1][0])], [(base[2][0], base[3][0])], coarse[:, 0])
    assert np.isfinite(fused).all()
    expected = {base_images.BEST_PAIR, base_images.ONE_IMAGE, base_images.OWN_SIDE, base_images.COARSE}
    assert set(np.unique(source)) == expected
    assert rmse(fused, truth) <= 1.3 * rmse(whole, truth)
