"""Residual of fused images at the coarse scale, and its removal."""

import numpy as np

from nppdrivers.fusion import consistency, interval
from nppdrivers.fusion.settings import FusionSettings


def scene(seed=0, height=40, width=44):
    """Two base pairs whose coarse images are 0.1 too high, fine land in patches of two rates."""
    rng = np.random.default_rng(seed)
    land = rng.uniform(0.2, 0.6, (height // 4, width // 4)).repeat(4, 0).repeat(4, 1)
    fine = land + np.array([0.0, 0.1])[:, None, None]
    return [(image, image + 0.1) for image in fine]


def test_local_bias_is_the_sensors_difference_gaps_or_not():
    """A constant difference between the sensors is found everywhere, also where all images have a gap."""
    images = scene()
    for fine, _ in images:
        fine[:20, :20] = np.nan
    np.testing.assert_allclose(consistency.local_bias(images, 5), -0.1, atol=1e-12)


def test_bias_between_sensors_is_no_residual():
    """Truth has no residual, whatever the sensors' difference; 0.05 too much leaves a residual of 0.05."""
    images = scene()
    truth = images[0][0] + 0.07
    coarse_p = truth + 0.1
    residual = consistency.coarse_residual(
        np.stack([truth, truth + 0.05]), np.stack([coarse_p] * 2), images, 9
    )
    np.testing.assert_allclose(residual[0], 0.0, atol=1e-12)
    np.testing.assert_allclose(residual[1], 0.05, atol=1e-12)


def test_consistent_image_keeps_detail_range_and_gaps():
    """The correction takes the residual away, keeps NaN and the valid range, and loses no detail."""
    fused = np.array([[[0.5, 0.3, np.nan, 0.99]]], np.float32)
    residual = np.array([[[0.1, 0.1, 0.1, -0.1]]])
    made = consistency.make_consistent(fused, residual)
    np.testing.assert_allclose(made, [[[0.4, 0.2, np.nan, 1.0]]], atol=1e-6)


def test_stage_can_be_made_consistent():
    """A change that the coarse image shows in one place: less of it is missing with the correction."""
    images = scene(height=60, width=60)
    coarse_p = images[0][1][None] + 0.05
    coarse_p[:, 20:32, 20:32] += 0.1
    rms = []
    for size in (None, 9):
        fused, _ = interval.fuse_interval(
            images[:1], images[1:], coarse_p, FusionSettings(window=21, consistency_window=size)
        )
        residual = consistency.coarse_residual(fused, coarse_p, images, 9)
        rms.append(np.sqrt(np.mean(residual**2)))
    assert rms[1] < 0.7 * rms[0]
