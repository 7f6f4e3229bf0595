"""Thin-plate smoothing splines."""

from nppdrivers.spline.thin_plate import ThinPlateSpline

__all__ = ["ThinPlateSpline"]
