"""Spatial and temporal fusion of fine and coarse images by ESTARFM."""

from nppdrivers.estarfm.prediction import (
    Moments,
    SceneStatistics,
    block_statistics,
    predict,
    scene_statistics,
)

__all__ = ["Moments", "SceneStatistics", "block_statistics", "predict", "scene_statistics"]
