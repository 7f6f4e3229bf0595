"""Classes on the map: constants by pixel, months of the mean year, cells without NPP and why."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nppdrivers.npp.zones import SQUARE_KM
from nppdrivers.period import Period


def by_pixel(parameters: pd.DataFrame, name: str, classes: np.ndarray) -> np.ndarray:
    """Value of a class constant at each pixel.

    Parameters
    ----------
    parameters : DataFrame
        One row a class in the order of the codes 1, 2, ...: the constant, `vegetated`, `optimum_temperature`.
    name : str
        Column of the constant.
    classes : integer array
        Class code, 0 for none.

    Returns
    -------
    float64 array of the shape of classes
        NaN without class, and where nothing grows or the class has no optimum.
    """
    grows = parameters["vegetated"] & parameters["optimum_temperature"].notna()
    return np.r_[np.nan, parameters[name].where(grows, np.nan).astype(float)][classes]


def month_weights(months: Sequence[Sequence[str]], period: Period) -> np.ndarray:
    """Weight of each month of each year in the mean year.

    w = 1 / (number of years that have the calendar month in the period), 0 outside the period: the weighted
    sum over all months is the sum of the twelve mean months.

    Parameters
    ----------
    months : Y sequences of 12 str
        "YYYY-MM" of each year.
    period : Period

    Returns
    -------
    (Y, 12) array
        [1]
    """
    inside = np.array([[month in period for month in year] for year in months])
    return inside / np.maximum(inside.sum(axis=0), 1)


def account(
    npp: np.ndarray, classes: np.ndarray, inside: np.ndarray, parameters: pd.DataFrame, cell_area_m2: float
) -> pd.DataFrame:
    """Count the cells of the study area that have NPP and those that have none, by reason.

    Parameters
    ----------
    npp : (rows, columns) array
        Annual NPP; NaN is missing.
    classes : integer array of the same shape
        Class code, 0 for none.
    inside : boolean array of the same shape
        Study area.
    parameters : DataFrame
        Columns number, class, vegetated.
    cell_area_m2 : float
        [m2]

    Returns
    -------
    DataFrame
        Rows: with NPP, unknown class, each class without vegetation, NDVI or climate missing; columns cells,
        n, area_km2, percent (of the study area). The rows add up to the study area.
    """
    valid = inside & ~np.isnan(npp)
    barren = parameters[~parameters["vegetated"].astype(bool)]
    reasons = {"NPP": valid, "masked: class unknown": inside & ~valid & (classes == 0)}
    for number, name in zip(barren["number"], barren["class"], strict=True):
        reasons[f"masked: {name}"] = inside & ~valid & (classes == number)
    rest = inside & ~np.logical_or.reduce(list(reasons.values()))
    reasons["missing: NDVI or climate"] = rest
    counts = np.array([cells.sum() for cells in reasons.values()])
    return pd.DataFrame(
        {
            "cells": list(reasons),
            "n": counts,
            "area_km2": counts * cell_area_m2 / SQUARE_KM,
            "percent": 100.0 * counts / max(int(inside.sum()), 1),
        }
    )
