"""Fusion models by a table: the stage runs whatever model the settings name."""

from dataclasses import replace

import numpy as np

from nppdrivers.fusion import base_images, interval
from nppdrivers.fusion.models import table
from nppdrivers.fusion.settings import FusionSettings


class Largest:
    """Largest coarse change between the dates of a base pair."""

    def __init__(self):
        self.value = 0.0

    def add(self, images):
        """Add a strip."""
        self.value = max(self.value, float(np.abs(images[3] - images[1]).max()))

    def constants(self):
        """The change, by name."""
        return {"largest": np.array(self.value)}


def add_largest(first, second, coarse_p, settings, constants, targets):
    """First fine image and the largest change, within the valid range."""
    predicted = np.clip(first[0] + constants["largest"], *settings.valid_range)
    return np.broadcast_to(np.where(targets, predicted, np.nan), coarse_p.shape).astype(np.float32)


def test_another_model_serves_the_stage(monkeypatch):
    """A model of the table is measured over the scene and predicts with its constants, within the limits."""
    monkeypatch.setitem(table.MODELS, "largest", table.Model("largest change", Largest, add_largest))
    fine, coarse = np.full((2, 300, 20), 0.3, np.float32), np.full((2, 300, 20), 0.2, np.float32)
    coarse[1, 290, 3] += 0.25  # in the last strip
    settings = FusionSettings(method="largest", window=5, split_at_changes=False)
    sides = [(fine[0], coarse[0])], [(fine[1], coarse[1])]
    fused, source = interval.fuse_interval(*sides, coarse[:1], settings)
    np.testing.assert_allclose(fused, 0.55, atol=1e-6)
    assert (source == base_images.BEST_PAIR).all()
    low = replace(settings, valid_range=(-1.0, 0.5))
    np.testing.assert_allclose(interval.fuse_interval(*sides, coarse[:1], low)[0], 0.5, atol=1e-6)


def test_configured_settings_find_their_windows():
    """Windows at the scale of coarse pixels come with the product; consistency switches one of them on."""
    fusion = {"method": "estarfm", "window": 21, "classes": 5, "consistency": False}
    settings = FusionSettings.from_config(fusion, 17)
    assert (settings.window, settings.classes, settings.coarse_window) == (21, 5, 17)
    assert settings.consistency_window is None
    assert FusionSettings.from_config(fusion | {"consistency": True}, 17).consistency_window == 17
