"""How much of the pattern of NPP follows from climate, and how much from absorbed light alone."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from nppdrivers import casa
from nppdrivers.npp.classes import by_pixel

CLIMATE = ("temperature", "precipitation", "radiation")
# Variables held at their spatial mean, by the name of the experiment.
EXPERIMENTS: dict[str, tuple[str, ...]] = {"climate": CLIMATE, **{name: (name,) for name in CLIMATE}}
EFFICIENCY = "efficiency"  # name of NPP with one light use efficiency in all cells and months


def hold(
    climate: Mapping[str, np.ndarray], means: Mapping[str, np.ndarray], held: Collection[str]
) -> list[np.ndarray]:
    """Climate of a year in the order of `CLIMATE`, the held variables at their spatial mean of each month.

    Parameters
    ----------
    climate : {variable: (12, ...) array}
    means : {variable: (12,) array}
        Spatial mean of each month; the season and the differences between years stay.
    held : collection of str
        Variables to hold.

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
    """Means (12,) with as many axes as an array (12, ...)."""
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


class Vegetation(NamedTuple):
    """Constants of CASA at n cells, each (n,), with the optimum where the temperature is held [degC]."""

    ndvi_min: np.ndarray
    ndvi_max: np.ndarray
    epsilon_max: np.ndarray
    tree: np.ndarray
    optimum_temperature: np.ndarray
    held_optimum: np.ndarray

    @classmethod
    def at(cls, codes: np.ndarray, parameters: pd.DataFrame, held_optimum: np.ndarray) -> "Vegetation":
        """Constants of the classes of some cells; parameters as for `by_pixel`, held_optimum one a class."""
        names = ("ndvi_min", "ndvi_max", "epsilon_max", "tree", "optimum_temperature")
        constants = {name: by_pixel(parameters, name, codes) for name in names}
        constants["tree"] = constants["tree"] == 1
        held = parameters.assign(optimum_temperature=held_optimum)
        return cls(**constants, held_optimum=by_pixel(held, "optimum_temperature", codes))


def simulate_held(
    ndvi: np.ndarray,
    climate: Mapping[str, np.ndarray],
    means: Mapping[str, np.ndarray],
    vegetation: Vegetation,
    options: casa.Options,
) -> Iterator[tuple[str, np.ndarray]]:
    """Monthly NPP of a year in each experiment, one after the other.

    Parameters
    ----------
    ndvi : (12, n) array
        [1]
    climate, means
        As for `hold`.
    vegetation : Vegetation
    options : casa.Options

    Yields
    ------
    name : str
        Of `EXPERIMENTS`.
    npp : (12, n) array
        [gC m-2 month-1]; NaN as from `casa.simulate`.
    """
    for name, held in EXPERIMENTS.items():
        year = casa.simulate(
            ndvi,
            *hold(climate, means, held),
            ndvi_min=vegetation.ndvi_min,
            ndvi_max=vegetation.ndvi_max,
            epsilon_max=vegetation.epsilon_max,
            optimum_temperature=(
                vegetation.held_optimum if "temperature" in held else vegetation.optimum_temperature
            ),
            options=options,
            tree=vegetation.tree,
            terms=("npp",),
        )
        assert year.npp is not None  # it is the one term asked for
        yield name, year.npp


def absorbed_light(
    ndvi: np.ndarray, radiation: np.ndarray, vegetation: Vegetation, options: casa.Options
) -> np.ndarray:
    """Radiation that plants absorb: all of the pattern of NPP with one efficiency in all cells and months.

    APAR = 0.5 SOL FPAR

    Parameters
    ----------
    ndvi, radiation : (12, n) arrays
        [1], [MJ m-2 month-1]
    vegetation : Vegetation
    options : casa.Options

    Returns
    -------
    (12, n) array
        [MJ m-2 month-1]; NaN where NDVI or radiation is.
    """
    fraction = casa.fpar(ndvi, vegetation.ndvi_min, vegetation.ndvi_max, options.fpar)
    return casa.PAR_SHARE * radiation * fraction


def variance_table(
    npp: np.ndarray, held: Mapping[str, np.ndarray], zones: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Share of the spatial variance of NPP that disappears when something is held constant.

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
