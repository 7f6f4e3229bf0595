"""Spread of mean annual NPP among the published choices of CASA.

NPP = eps_max x radiation factor x Y, with the light yield Y = sum over months of 0.5 SOL FPAR Te1 Te2 We.
Efficiency and radiation only scale Y, and the other choices share its terms: each is computed once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from nppdrivers import casa
from nppdrivers.casa import water_stress

CHUNK = 8192  # pixels computed at a time, so that the terms stay in the processor's cache
RAISE_NDVI_MAX = 0.10  # [1], the bounds "raised"
GREATEST_NDVI_MAX = 0.99
# Tried one at a time besides those of the ensemble, with the published constants of Te2.
ALTERNATIVES: dict[str, tuple[Any, ...]] = {
    "ndvi_bounds": ("percentile", "static", "raised"),
    "fpar": ("mean", "sr", "ndvi"),
    "te2_constant": (1.184, 1.1814, 1.1919),
    "water": ("zhou_zhang", "bucket", "none"),
}


@dataclass(frozen=True)
class Choice:
    """One complete set of choices; see `casa.Options` for fpar to water.

    epsilon_max names a set of efficiencies, ndvi_bounds one of `Series.ndvi_max`, monthly_ndvi a `Series`;
    radiation_percent is a change of SOL [%].
    """

    epsilon_max: str
    ndvi_bounds: str
    monthly_ndvi: str
    half_rule: bool
    radiation_percent: float
    water: str
    fpar: str = "mean"
    te2_constant: float = 1.184

    @property
    def unscaled(self) -> "Choice":
        """The same without efficiency and radiation, which only scale the light yield."""
        return replace(self, epsilon_max="", radiation_percent=0.0)

    @property
    def radiation_factor(self) -> float:
        """SOL of this choice over SOL as given [1]."""
        return 1.0 + self.radiation_percent / 100.0


@dataclass(frozen=True)
class Series:
    """NDVI of one monthly method and what follows from it, at n pixels.

    ndvi (12, n) [1], ndvi_min (n,) [1], ndvi_max {bounds: (n,)} [1], optimum_temperature (n,) [degC].
    """

    ndvi: np.ndarray
    ndvi_min: np.ndarray
    ndvi_max: Mapping[str, np.ndarray]
    optimum_temperature: np.ndarray

    def part(self, pixels: slice) -> "Series":
        """The same at some of the pixels."""
        bounds = {name: values[pixels] for name, values in self.ndvi_max.items()}
        return Series(self.ndvi[:, pixels], self.ndvi_min[pixels], bounds, self.optimum_temperature[pixels])


def combinations(run: Choice, levels: Mapping[str, Sequence[Any]]) -> list[Choice]:
    """Every combination of the levels, the rest as in the run."""
    return [replace(run, **dict(zip(levels, member, strict=True))) for member in product(*levels.values())]


def one_at_a_time(run: Choice, levels: Mapping[str, Sequence[Any]]) -> list[tuple[str, Choice]]:
    """The run with one choice replaced by each other level of the ensemble and of `ALTERNATIVES`."""
    tried = {
        name: [*levels.get(name, ()), *ALTERNATIVES.get(name, ())] for name in {**levels, **ALTERNATIVES}
    }
    return [
        (name, replace(run, **{name: level}))
        for name in (field.name for field in fields(Choice))
        for level in dict.fromkeys(tried.get(name, ()))
        if level != getattr(run, name)
    ]


def light_yields(
    choices: Sequence[Choice],
    series: Mapping[str, Series],
    temperature: np.ndarray,
    precipitation: np.ndarray,
    radiation: np.ndarray,
    *,
    weights: np.ndarray,
    tree: np.ndarray,
    soil_texture: str,
) -> np.ndarray:
    """Light yield of a year for each choice, Y = sum_m w_m 0.5 SOL FPAR Te1 Te2 We.

    Annual NPP of a choice is eps_max x radiation_factor x Y.

    Parameters
    ----------
    choices : sequence of K Choice
        Efficiency and radiation make no difference.
    series : {monthly method: Series}
    temperature, precipitation, radiation : (12, n) arrays
        [degC], [mm month-1], [MJ m-2 month-1].
    weights : (12,) array
        Weight of each month [1]; a month of weight 0 is left out, also where it is NaN.
    tree : (n,) boolean array
        Cover of the soil bucket.
    soil_texture : str
        Of the soil bucket.

    Returns
    -------
    (K, n) array
        [MJ m-2 yr-1]; NaN where a month that counts is.

    Raises
    ------
    ValueError
        For a climate in other units (`casa.check_units`).
    """
    casa.check_units(next(iter(series.values())).ndvi, temperature, precipitation, radiation)
    result = np.empty((len(choices), temperature.shape[1]))
    for start in range(0, temperature.shape[1], CHUNK):
        part = slice(start, start + CHUNK)
        climate = [np.asarray(a[:, part], np.float64) for a in (temperature, precipitation, radiation)]
        part_series = {method: whole.part(part) for method, whole in series.items()}
        terms = _Terms(part_series, *climate, weights=weights, tree=tree[part], soil_texture=soil_texture)
        for row, choice in zip(result, choices, strict=True):
            row[part] = terms.light_yield(choice)
    return result


class _Terms:
    """Terms of one year at some pixels, each computed once and in the months that count."""

    def __init__(
        self,
        series: Mapping[str, Series],
        temperature: np.ndarray,
        precipitation: np.ndarray,
        radiation: np.ndarray,
        *,
        weights: np.ndarray,
        tree: np.ndarray,
        soil_texture: str,
    ) -> None:
        self._series, self._t, self._p = series, temperature, precipitation
        self._tree, self._texture = tree, soil_texture
        self._counts = np.flatnonzero(weights)
        self._par = casa.PAR_SHARE * radiation[self._counts] * np.asarray(weights)[self._counts, None]
        self._known: dict[tuple[object, ...], np.ndarray] = {}

    def light_yield(self, choice: Choice) -> np.ndarray:
        """Sum over the months of what a choice makes of the light (n,) [MJ m-2 yr-1]."""
        method = choice.monthly_ndvi
        light = self._once(self._light, method, choice.ndvi_bounds, choice.fpar)
        stress = self._once(self._stress, method, choice.half_rule, choice.te2_constant, choice.water)
        return np.einsum("mn,mn->n", light, stress)

    def _once(self, term: Callable[..., np.ndarray], *options: object) -> np.ndarray:
        """Value of a term for some options, computed at the first request."""
        key = (term.__name__, *options)
        if key not in self._known:
            self._known[key] = term(*options)
        return self._known[key]

    def _light(self, method: str, bounds: str, fpar: str) -> np.ndarray:
        """Absorbed share of the light [1]."""
        series = self._series[method]
        ndvi = np.asarray(series.ndvi[self._counts], np.float64)
        return casa.fpar(ndvi, series.ndvi_min, series.ndvi_max[bounds], fpar)

    def _stress(self, method: str, half_rule: bool, constant: float, water: str) -> np.ndarray:
        """Weighted light times the scalars of temperature and water [MJ m-2 month-1]."""
        return self._once(self._heat, method, half_rule, constant) * self._once(self._supply, water)

    def _heat(self, method: str, half_rule: bool, constant: float) -> np.ndarray:
        """Weighted light times the scalars of temperature [MJ m-2 month-1]."""
        t, optimum = self._t[self._counts], self._series[method].optimum_temperature
        t1 = casa.temperature_scalar_1(t, optimum)
        return self._par * t1 * casa.temperature_scalar_2(t, optimum, constant, half_rule)

    def _supply(self, water: str) -> np.ndarray:
        """Water scalar [1]."""
        if water == "none":
            return np.ones_like(self._par)
        demand = water_stress.thornthwaite_demand(self._t)
        if water == "bucket":
            return water_stress.bucket(self._t, demand, self._p, self._texture, self._tree)[1][self._counts]
        eet, pet = water_stress.zhou_zhang(demand, self._p)
        return water_stress.water_scalar(eet, pet, self._p)[self._counts]


def mean_and_sd(
    yields: np.ndarray, epsilon: np.ndarray, radiation_factors: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of NPP over every combination of yield, efficiency and radiation.

    The combinations are complete, so that the moments are products of those of the factors:
    E[x^k] = E[Y^k] E[eps^k] E[r^k].

    Parameters
    ----------
    yields : (K, n) array
        [MJ m-2 yr-1]
    epsilon : (E, n) array
        [gC MJ-1]
    radiation_factors : (R,) sequence
        [1]

    Returns
    -------
    mean, sd : (n,) arrays
        Of the K E R members (divided by their number) [gC m-2 yr-1]; NaN stays local.
    """
    parts = [np.asarray(part, np.float64) for part in (yields, epsilon, radiation_factors)]
    first, second = (
        np.prod([(part**power).mean(axis=0) * np.ones(parts[0].shape[1:]) for part in parts], axis=0)
        for power in (1, 2)
    )
    return first, np.sqrt(np.maximum(second - first**2, 0.0))


def mean_npp(
    choices: Sequence[Choice],
    yields: Mapping[Choice, np.ndarray],
    epsilon: Mapping[str, np.ndarray],
    counts: np.ndarray,
) -> np.ndarray:
    """Mean NPP of the area and of each class for each choice.

    Parameters
    ----------
    choices : sequence of M Choice
    yields : {Choice.unscaled: (C,) array}
        Class means of the light yield [MJ m-2 yr-1].
    epsilon : {set: (C,) array}
        [gC MJ-1]
    counts : (C,) integer array
        Pixels a class.

    Returns
    -------
    (M, 1 + C) array
        Area first [gC m-2 yr-1]; NaN for classes without pixels.
    """
    table = np.array([epsilon[c.epsilon_max] * c.radiation_factor * yields[c.unscaled] for c in choices])
    whole = np.nansum(table * counts, axis=1) / counts.sum()
    return np.column_stack([whole, table])


def variance_shares(members: pd.DataFrame, choices: Sequence[str], names: Sequence[str]) -> pd.DataFrame:
    """Share of the variance among the members that each choice makes alone (first-order index).

    S = Var(mean of the members of each level) / Var(all members); what the rows lack to 100 is interaction.

    Parameters
    ----------
    members : DataFrame
        One row a member: its levels, and NPP in the columns `names`; every combination once.
    choices, names : sequences of str
        Columns.

    Returns
    -------
    DataFrame
        Column choice, then one of each name [%]; NaN where the members do not differ.

    References
    ----------
    Sobol 1993, Mathematical Modelling and Computational Experiment 1:407-414.
    """
    variance = members[names].var(ddof=0)
    shares = [
        100 * members.groupby(c)[names].mean().var(ddof=0) / variance.where(variance > 0) for c in choices
    ]
    table = pd.DataFrame(shares)
    table.insert(0, "choice", list(choices))
    return table.reset_index(drop=True)
