"""How much of the pattern of NPP follows from climate, and how much from absorbed light alone."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from nppdrivers import casa
from nppdrivers.agreement import Moments
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


class Comparison:
    """NPP of the run against NPP with something held constant, by zone, from cells that come in parts.

    Share of the spatial variance of NPP that disappears: gone = 100 (1 - Var(held) / Var(NPP)), negative
    where holding a variable lets the others stand out; r = correlation of the two maps.

    Parameters
    ----------
    classes : {name: code}
        Zones that are reported besides the study area.
    """

    def __init__(self, classes: Mapping[str, int]) -> None:
        self._codes: dict[str, int | None] = {"study area": None, **classes}
        self._moments: dict[tuple[str, str], Moments] = {}

    def add(self, npp: np.ndarray, held: Mapping[str, np.ndarray], codes: np.ndarray) -> None:
        """Add cells.

        Parameters
        ----------
        npp : (n,) array
            Mean annual NPP of the run [gC m-2 yr-1]; NaN is left out.
        held : {experiment: (n,) array}
            NPP with that held constant [gC m-2 yr-1]; NaN is left out.
        codes : (n,) integer array
            Class of each cell.
        """
        for zone, code in self._codes.items():
            cells = ~np.isnan(npp) if code is None else ~np.isnan(npp) & (codes == code)
            for name, other in held.items():
                both = cells & ~np.isnan(other)
                moments = self._moments.setdefault((zone, name), Moments(2))
                moments.add(np.array([npp[both], other[both]]))

    def table(self, scaled: Collection[str] = ()) -> pd.DataFrame:
        """Compare the cells added.

        Parameters
        ----------
        scaled : collection of str
            Experiments in another unit, which are brought to the mean NPP of the study area.

        Returns
        -------
        DataFrame
            One row a zone and experiment: zone, held_constant, n, mean, sd (of NPP), mean_held, sd_held
            [gC m-2 yr-1], variance_gone_percent, r. NaN with fewer than two cells or without spread.
        """
        whole = {name: self._moments["study area", name].mean for name in scaled}
        factors = {name: npp / other for name, (npp, other) in whole.items()}
        rows = [
            [zone, name, moments.n, *_compare(moments, factors.get(name, 1.0))]
            for (zone, name), moments in self._moments.items()
        ]
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


def _compare(moments: Moments, factor: float) -> list[float]:
    """Mean, sd of both, the second times a factor, share of the variance that is gone, and r."""
    if moments.n < 2:
        return [np.nan] * 6
    covariance = moments.covariance
    sd, sd_held = np.sqrt(np.diag(covariance))
    r = covariance[0, 1] / (sd * sd_held) if sd > 0 and sd_held > 0 else np.nan
    gone = 100.0 * (1.0 - (factor * sd_held / sd) ** 2) if sd > 0 else np.nan
    return [moments.mean[0], sd, factor * moments.mean[1], factor * sd_held, gone, r]
