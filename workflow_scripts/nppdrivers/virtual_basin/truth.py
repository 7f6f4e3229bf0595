"""The truth of the virtual basin: NDVI, climate, NPP by CASA, and what each category of drivers contributes.

A category's contribution to the mean annual NPP of a cell is the NPP of the truth minus the NPP computed with
that category held at its mean over the study area, everything else unchanged:

- climate: the monthly temperature, precipitation and solar radiation in CASA and its optimum temperature, and
  the response of NDVI to mean annual temperature and precipitation (vigour and timing of the season);
- soil: the response of NDVI to the seven soil properties (vigour, and how much it suffers from drought);
- mining: the land degradation that lowers NDVI, and with it the sudden subsidence.

Land cover is never changed, nor are the parameters of CASA (NDVI bounds, light use efficiency).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from nppdrivers import casa, evapotranspiration
from nppdrivers.virtual_basin.landscape import CLASS_NAMES, SOIL, Landscape, burn
from nppdrivers.virtual_basin.mining.damage import INDICATORS, land_degradation
from nppdrivers.virtual_basin.mining.hazards import Survey
from nppdrivers.virtual_basin.mining.histories import History, cells_of_mines, described, planted_effects
from nppdrivers.virtual_basin.phenology import Modulation, NdviModel, ndvi_model
from nppdrivers.virtual_basin.weather import ANGSTROM, Place, Weather

CATEGORIES = ("climate", "soil", "mining")
EPSILON_MAX = {1: 0.475, 2: 0.542, 3: 0.542, 4: 0.542, 5: 0.542}  # gC MJ-1, Zhu et al. 2007, mixed forest
NDVI_MIN = 0.023
NDVI_MAX_PERCENTILE = 95.0
# Response of the growing-season NDVI to one standard deviation of each soil property [1].
SOIL_RESPONSE = {"CF": 0.02, "SOC": 0.05, "TN": 0.035, "AP": 0.02, "AK": 0.025, "pH": -0.025, "BD": -0.02}
DROUGHT_BY_CLAY = -0.25  # change of the drought response by one standard deviation of clay
RAIN_RESPONSE = 0.0034  # of the growing-season NDVI to 1 mm yr-1
WARMTH_RESPONSE = -0.07  # of the growing-season NDVI to 1 K
DAMAGE_RATE = 1.9  # loss of vegetation = 1 - exp(-rate x LD)
BLOCK_ROWS = 64
EVENT_DATES = ("-07-20", "-06-10", "-09-05")  # in the second, third and fourth year (or the last there is)


@dataclass
class Truth:
    """Everything that is true of the basin; rasters on the domain.

    Attributes
    ----------
    ndvi : NdviModel
    climate : dict of (rows, columns)
        MAT, MAP, MAE, MAS.
    degradation : (rows, columns)
        LD at the end.
    npp : (years, rows, columns)
        Annual NPP [gC m-2 yr-1].
    contribution : dict of (rows, columns)
        On the box [gC m-2 yr-1].
    parameters : dict
        What a reader of truth.json needs to compute all of this again.
    planted : DataFrame
        Effect of the histories on each mine by year [gC m-2 yr-1]; empty without any.
    """

    ndvi: NdviModel
    climate: dict[str, np.ndarray]
    degradation: np.ndarray
    npp: np.ndarray
    contribution: dict[str, np.ndarray]
    parameters: dict[str, Any]
    planted: pd.DataFrame


@dataclass(frozen=True)
class _Drivers:
    """Inputs of the NDVI model that a category can hold."""

    soil: dict[str, np.ndarray]
    warmth: np.ndarray
    rain: np.ndarray
    degradation: np.ndarray
    first_degradation: np.ndarray


@dataclass(frozen=True)
class _Casa:
    """Parameters of CASA by class code, and the month that gives the optimum temperature."""

    ndvi_max: np.ndarray
    peak_month: np.ndarray


def simulate_truth(
    land: Landscape,
    hazards: Survey,
    weather: Weather,
    years: range,
    seed: int,
    histories: Sequence[History] = (),
) -> Truth:
    """Compute the truth of these calendar years, with what happens to some mines in them.

    The histories of mines are part of no category: they stay when one is held.
    """
    place = Place.of(land.domain, land.elevation)
    climate = _climate_means(weather, place, years)
    degradation = land_degradation(hazards.layers, land.domain)
    before = land_degradation(hazards.before_events(), land.domain)
    drivers = _Drivers(
        land.soil, climate["MAT"], climate["MAP"], degradation, np.minimum(before, degradation)
    )
    event = np.zeros(land.domain.shape, int)
    for number, shape in zip(hazards.events.number, hazards.events.geometry, strict=True):
        event[burn([shape], land.domain)] = number
    dates = [f"{min(years[0] + i + 1, years[-1])}{day}" for i, day in enumerate(EVENT_DATES)]
    days = [weather.index(date) for date in dates]
    cells = cells_of_mines(hazards.mines, histories, land)
    kept = [history.kept(weather.days) for history in histories]

    def model(changed: _Drivers) -> NdviModel:
        ndvi = ndvi_model(land, _modulation(land, changed, drivers), event, days, weather, seed)
        return replace(ndvi, thinned=list(zip(cells, kept, strict=True)))

    truth = model(drivers)
    fixed = _casa_parameters(truth, land, weather, years)

    def annual(ndvi: NdviModel) -> np.ndarray:
        return np.stack([_annual_npp(ndvi, land.land_cover, place, weather, year, fixed) for year in years])

    npp = annual(truth)
    mean = npp.mean(axis=0)[land.in_box]
    contribution = {}
    for category in CATEGORIES:
        changed = _hold(category, drivers, land)
        contribution[category] = mean - _held_npp(
            category, model(changed).part(*land.in_box), land, place, weather, years, fixed
        )
    parameters = _parameters(fixed, dates, hazards) | _summary(npp.mean(axis=0), contribution, land)
    planted = pd.DataFrame()
    if histories:
        names = [hazards.mines["name"].iloc[history.mine] for history in histories]
        parameters["histories"] = described(histories, names)
        planted = planted_effects(npp - annual(replace(truth, thinned=())), cells, names, years)
    return Truth(truth, climate, degradation, npp, contribution, parameters, planted)


def _climate_means(weather: Weather, place: Place, years: range) -> dict[str, np.ndarray]:
    """MAT [degC], MAP [mm], MAE [mm] (FAO-56) and MAS [MJ m-2] of the mean year."""
    sums = {name: np.zeros(place.above.shape) for name in ("MAT", "MAP", "MAE", "MAS")}
    for rows in _blocks(place.above.shape[0]):
        part = place.part(rows)
        for year in years:
            months = _months(year)
            monthly = _stacked(weather, months, part)
            et0 = evapotranspiration.reference_evapotranspiration(
                monthly["temperature"],
                monthly["relative_humidity"],
                monthly["wind_speed"],
                monthly["solar_radiation"],
                months,
                part.latitude,
                part.elevation,
            )
            sums["MAT"][rows] += monthly["temperature"].mean(axis=0)
            sums["MAP"][rows] += monthly["precipitation"].sum(axis=0)
            sums["MAS"][rows] += monthly["solar_radiation"].sum(axis=0)
            sums["MAE"][rows] += et0.sum(axis=0)
    return {name: (total / len(years)).astype(np.float32) for name, total in sums.items()}


def _blocks(height: int) -> list[slice]:
    """Blocks of rows, in which a year of monthly climate needs little memory."""
    return [slice(start, start + BLOCK_ROWS) for start in range(0, height, BLOCK_ROWS)]


def _months(year: int) -> np.ndarray:
    """The months of a year."""
    return np.arange(f"{year}-01", f"{year + 1}-01", dtype="datetime64[M]")


def _stacked(weather: Weather, months: np.ndarray, place: Place) -> dict[str, np.ndarray]:
    """Monthly climate (12, ...) float32 of a year, with solar radiation by Angstrom-Prescott."""
    monthly = [weather.monthly(month, place) for month in months]
    climate = {name: np.stack([month[name] for month in monthly]).astype(np.float32) for name in monthly[0]}
    a, b = ANGSTROM
    climate["solar_radiation"] = evapotranspiration.solar_radiation(
        climate["sunshine"], months, place.latitude, a=a, b=b
    )
    return climate


def _modulation(land: Landscape, drivers: _Drivers, true: _Drivers) -> Modulation:
    """How these drivers change NDVI; responses are relative to the means of the true drivers."""
    soil = np.sum(
        [
            response * (drivers.soil[name] - land.basin_mean(true.soil[name])) / SOIL[name][1]
            for name, response in SOIL_RESPONSE.items()
        ],
        axis=0,
    )
    clay = (drivers.soil["CF"] - land.basin_mean(true.soil["CF"])) / SOIL["CF"][1]
    warmth = drivers.warmth - land.basin_mean(true.warmth)
    climate = RAIN_RESPONSE * (drivers.rain - land.basin_mean(true.rain)) + WARMTH_RESPONSE * warmth
    lateness = np.clip(0.5 - 0.25 * warmth, 0, 1)
    damage = [1 - np.exp(-DAMAGE_RATE * ld) for ld in (drivers.degradation, drivers.first_degradation)]
    return Modulation(soil, 1 + np.clip(DROUGHT_BY_CLAY * clay, -0.8, 0.8), climate, lateness, *damage)


def _hold(category: str, true: _Drivers, land: Landscape) -> _Drivers:
    """The drivers with one category at its mean over the study area."""

    def mean(values: np.ndarray) -> np.ndarray:
        return np.full_like(values, land.basin_mean(values))

    if category == "soil":
        return replace(true, soil={name: mean(values) for name, values in true.soil.items()})
    if category == "mining":
        level = mean(true.degradation)
        return replace(true, degradation=level, first_degradation=level)
    return replace(true, warmth=mean(true.warmth), rain=mean(true.rain))


def _casa_parameters(ndvi: NdviModel, land: Landscape, weather: Weather, years: range) -> _Casa:
    """NDVI maxima and greenest months of the classes from the true monthly NDVI of the study area."""
    codes, n = np.where(land.inside, land.land_cover, 0), len(EPSILON_MAX)
    histogram = casa.ndvi_histogram(np.empty(0), np.empty(0), n)
    sums, counts = np.zeros((2, 12, n + 1))
    for year in years:
        monthly = _monthly_ndvi(ndvi, weather, year)
        histogram += casa.ndvi_histogram(monthly, codes, n)
        year_sums, year_counts = casa.class_month_sums(monthly, codes, n)
        sums += year_sums
        counts += year_counts
    mean_year = sums / np.maximum(counts, 1)
    ndvi_max = np.maximum(np.nan_to_num(casa.ndvi_bounds(histogram, NDVI_MAX_PERCENTILE)), NDVI_MIN + 0.02)
    return _Casa(ndvi_max, mean_year.argmax(axis=0))


def _monthly_ndvi(ndvi: NdviModel, weather: Weather, year: int) -> np.ndarray:
    """True NDVI of each month of a year (12, ...)."""
    return np.stack([ndvi.mean(weather.month(month)) for month in _months(year)])


def _annual_npp(
    ndvi: NdviModel,
    cover: np.ndarray,
    place: Place,
    weather: Weather,
    year: int,
    fixed: _Casa,
    held: dict[str, np.ndarray] | None = None,
) -> np.ndarray:
    """Annual NPP [gC m-2 yr-1]; `held` is a climate (12,) for all places, instead of the true one."""
    monthly = _monthly_ndvi(ndvi, weather, year)
    epsilon = np.array([np.nan, *EPSILON_MAX.values()])[cover]
    npp = np.empty(cover.shape, np.float32)
    for rows in _blocks(cover.shape[0]):
        climate = held or _stacked(weather, _months(year), place.part(rows))
        peak = fixed.peak_month[cover[rows]]
        temperature = climate["temperature"].reshape(12, -1)  # of every cell, or one for all of them
        optimum = temperature[peak.ravel(), np.arange(peak.size) % temperature.shape[1]].reshape(peak.shape)
        npp[rows] = casa.simulate(
            monthly[:, rows],
            *(climate[name] for name in ("temperature", "precipitation", "solar_radiation")),
            ndvi_min=NDVI_MIN,
            ndvi_max=fixed.ndvi_max[cover[rows]],
            epsilon_max=epsilon[rows],
            optimum_temperature=optimum,
            terms=("npp",),
        ).annual_npp
    return npp


def _held_npp(
    category: str,
    ndvi: NdviModel,
    land: Landscape,
    place: Place,
    weather: Weather,
    years: range,
    fixed: _Casa,
) -> np.ndarray:
    """Mean annual NPP of the box with a category held."""
    cover = land.land_cover[land.in_box]
    part = place.part(*land.in_box)
    total = np.zeros(cover.shape)
    for year in years:
        held = _mean_climate(land, place, weather, year) if category == "climate" else None
        total += _annual_npp(ndvi, cover, part, weather, year, fixed, held)
    return total / len(years)


def _mean_climate(land: Landscape, place: Place, weather: Weather, year: int) -> dict[str, np.ndarray]:
    """Monthly climate (12,) of a year, its mean over the study area."""
    climate = _stacked(weather, _months(year), place.part(land.inside))
    return {name: values.mean(axis=1, dtype=np.float64) for name, values in climate.items()}


def _summary(npp: np.ndarray, contribution: dict[str, np.ndarray], land: Landscape) -> dict[str, Any]:
    """Mean annual NPP of the study area by class, and how large the contributions are [gC m-2 yr-1]."""
    codes, inside = land.land_cover[land.inside], land.inside[land.in_box]
    by_class = {name: npp[land.inside][codes == code] for code, name in CLASS_NAMES.items()}
    return {
        "mean_npp": round(land.basin_mean(npp), 2),
        "mean_npp_by_class": {name: round(float(values.mean()), 2) for name, values in by_class.items()},
        "sd_contribution": {name: round(float(v[inside].std()), 2) for name, v in contribution.items()},
    }


def _parameters(fixed: _Casa, dates: list[str], hazards: Survey) -> dict[str, Any]:
    """Constants of the simulation, for truth.json."""
    return {
        "contribution": " ".join((__doc__ or "").partition("\n\n")[2].split()),
        "epsilon_max_gC_MJ": EPSILON_MAX,
        "ndvi_min": NDVI_MIN,
        "ndvi_max": {code: round(float(fixed.ndvi_max[code]), 6) for code in EPSILON_MAX},
        "ndvi_max_percentile": NDVI_MAX_PERCENTILE,
        "greenest_month": {code: int(fixed.peak_month[code]) + 1 for code in EPSILON_MAX},
        "angstrom": {"a": ANGSTROM[0], "b": ANGSTROM[1]},
        "soil_response": SOIL_RESPONSE,
        "rain_response_per_mm": RAIN_RESPONSE,
        "warmth_response_per_K": WARMTH_RESPONSE,
        "damage_rate": DAMAGE_RATE,
        "degradation_weights": {name: row[0] for name, row in INDICATORS.items()},
        "degradation_upper_bounds": {name: row[4] for name, row in INDICATORS.items()},
        "events": [
            {"number": int(n), "date": date, "area_ha": round(shape.area / 1e4, 2)}
            for n, date, shape in zip(hazards.events.number, dates, hazards.events.geometry, strict=True)
        ],
    }
