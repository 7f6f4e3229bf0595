"""How much of the pattern of NPP climate carries: CASA with climate held constant in space."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

CLIMATE = ("temperature", "precipitation", "radiation")
# What is held at its spatial mean, by the name of the experiment.
HELD = {"climate": CLIMATE, **{name: (name,) for name in CLIMATE}}


def hold(climate: Mapping[str, np.ndarray], means: Mapping[str, np.ndarray], held: Sequence[str]) -> list:
    """Climate of a year in the order of `CLIMATE`, the held variables at their spatial mean of each month.

    Parameters
    ----------
    climate : {variable: (12, ...) array}
    means : {variable: (12,) array}
        Spatial mean of each month; the season and the differences between years stay.
    held : sequence of str

    Returns
    -------
    list of (12, ...) arrays
        A held value is NaN where the variable was, so that the same cells have NPP.
    """
    return [
        np.where(np.isnan(climate[name]), np.nan, _months(means[name], climate[name]))
        if name in held
        else climate[name]
        for name in CLIMATE
    ]


def _months(mean: np.ndarray, like: np.ndarray) -> np.ndarray:
    return mean.reshape(-1, *(1,) * (like.ndim - 1))


def held_optimum(peak_month: np.ndarray, mean_temperature: np.ndarray) -> np.ndarray:
    """Optimum temperature of each class where the temperature is the same everywhere.

    Parameters
    ----------
    peak_month : (C,) array
        Calendar month of the class's greatest NDVI, 1 to 12; NaN for a class without.
    mean_temperature : (Y, 12) array
        Spatial mean of each month and year [degC]; NaN is left out.

    Returns
    -------
    (C,) array
        [degC]
    """
    known = ~np.isnan(mean_temperature)
    year = np.where(known, mean_temperature, 0.0).sum(axis=0) / np.where(
        known.any(axis=0), known.sum(axis=0), np.nan
    )
    return np.array([np.nan if np.isnan(month) else year[int(month) - 1] for month in peak_month])


def variance_table(npp, held: Mapping[str, np.ndarray], zones: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Share of the spatial variance of NPP that goes when climate is held constant.

    gone = 100 (1 - Var(held) / Var(NPP)), negative where holding a variable lets the others stand out;
    r = correlation of the two maps.

    Parameters
    ----------
    npp : (rows, columns) array
        Mean annual NPP of the run [gC m-2 yr-1]; NaN is left out.
    held : {name: array of the same shape}
        NPP with that held constant [gC m-2 yr-1].
    zones : {name: boolean array of the same shape}

    Returns
    -------
    DataFrame
        One row a zone and experiment: zone, held_constant, n, mean, sd (of NPP), mean_held, sd_held
        [gC m-2 yr-1], variance_gone_percent, r. NaN with fewer than two cells or without spread.
    """
    rows = []
    for zone, cells in zones.items():
        for name, other in held.items():
            both = cells & ~np.isnan(npp) & ~np.isnan(other)
            rows.append([zone, name, int(both.sum()), *_compare(npp[both], other[both])])
    columns = [
        "zone",
        "held_constant",
        "n",
        "mean",
        "sd",
        "mean_held",
        "sd_held",
        "variance_gone_percent",
        "r",
    ]
    return pd.DataFrame(rows, columns=columns)


def _compare(npp: np.ndarray, other: np.ndarray) -> list[float]:
    """Mean, sd of both, share of the variance that is gone, and r."""
    if npp.size < 2:
        return [np.nan] * 6
    npp, other = npp.astype(np.float64), other.astype(np.float64)
    sd, sd_held = npp.std(ddof=1), other.std(ddof=1)
    gone = 100.0 * (1.0 - (sd_held / sd) ** 2) if sd > 0 else np.nan
    r = np.corrcoef(npp, other)[0, 1] if sd > 0 and sd_held > 0 else np.nan
    return [npp.mean(), sd, other.mean(), sd_held, gone, r]
