"""Ordinary kriging and kriging with external drift."""

from nppdrivers.kriging.fitting import fit_variogram
from nppdrivers.kriging.prediction import cross_validate, merge_duplicates, predict
from nppdrivers.kriging.variogram import MODELS, Variogram

__all__ = ["MODELS", "Variogram", "cross_validate", "fit_variogram", "merge_duplicates", "predict"]
