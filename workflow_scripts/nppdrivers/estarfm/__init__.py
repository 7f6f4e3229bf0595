"""Spatial and temporal fusion of fine and coarse images by ESTARFM."""

from nppdrivers.estarfm.prediction import predict
from nppdrivers.estarfm.settings import SceneStatistics
from nppdrivers.estarfm.statistics import Moments, block_statistics, scene_statistics

__all__ = ["Moments", "SceneStatistics", "block_statistics", "predict", "scene_statistics"]
