"""Trends of short annual series, cell by cell: slope, test, serial correlation, the part of weather."""

from nppdrivers.trend.discoveries import discoveries
from nppdrivers.trend.null_distribution import least_p, null_counts
from nppdrivers.trend.residual import Split, split_trend
from nppdrivers.trend.serial import first_order_factor
from nppdrivers.trend.series import Trends, fit_trends

__all__ = [
    "Split",
    "Trends",
    "discoveries",
    "first_order_factor",
    "fit_trends",
    "least_p",
    "null_counts",
    "split_trend",
]
