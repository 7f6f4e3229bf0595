"""What people measured on the ground of the virtual basin: weather stations, soil samples, biomass plots."""

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer

from nppdrivers.virtual_basin.landscape import (
    CLASS_NAMES,
    CRS,
    FARMLAND,
    GRASSLAND,
    SOIL,
    WATER,
    Landscape,
    burn,
)
from nppdrivers.virtual_basin.noise import stream
from nppdrivers.virtual_basin.weather import Place, Weather

SAMPLES = 117
SAMPLING = np.datetime64("2015-07-06")
MISSING_SAMPLE = 0.02
SAMPLE_NOISE = 0.38  # standard deviation of sampling and laboratory, as a share of a property's
STATIONS = 20
STATIONS_INSIDE = 11
DAILY_STATIONS = 6  # the first ones report days, the others months
MISSING_MONTH = 0.03
UNITS = {
    "temperature": "degC",
    "precipitation": "mm",
    "sunshine": "h",
    "relative_humidity": "%",
    "wind_speed": "m s-1",
}
# Error of a daily reading: standard deviation in the variable's unit; of precipitation and wind as a share.
READING_ERROR = {
    "temperature": 0.35,
    "precipitation": 0.06,
    "sunshine": 0.25,
    "relative_humidity": 2.0,
    "wind_speed": 0.08,
}
RELATIVE_ERROR = ("precipitation", "wind_speed")
DECIMALS = {"temperature": 1, "precipitation": 1, "sunshine": 1, "relative_humidity": 0, "wind_speed": 1}
CARBON_SHARE = 0.45


def _lonlat(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude [deg] of places in the projection of the basin [m]."""
    return Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)


def write_stations(folder: Path, land: Landscape, weather: Weather, years: range, seed: int) -> None:
    """Write stations.csv and weather.csv: daily tables of some stations, monthly ones of the others."""
    stations, place = _stations(land, stream(seed, "stations"))
    stations.to_csv(folder / "stations.csv", index=False)
    days = slice(weather.index(f"{years[0]}-01-01"), weather.index(f"{years[-1]}-12-31") + 1)
    truth = weather.daily(days, place)
    dates = weather.days[days]
    tables = []
    for number, station in enumerate(stations.station):
        rng = stream(seed, "readings", station)
        for variable, values in truth.items():
            readings = _read(variable, values[:, number], rng)
            tables.append(_table(station, variable, dates, readings, number < DAILY_STATIONS, rng))
    pd.concat(tables).to_csv(folder / "weather.csv", index=False)


def _stations(land: Landscape, rng: np.random.Generator) -> tuple[pd.DataFrame, Place]:
    """Stations in the basin at rising elevations, and a ring of them around it, from 600 to 1400 m."""
    cells = np.flatnonzero(land.inside & (land.land_cover != WATER))
    height = land.elevation.ravel()[cells]
    levels = np.quantile(height, (np.arange(STATIONS_INSIDE) + 0.5) / STATIONS_INSIDE)
    gx, gy = (a.ravel()[cells] for a in land.domain.xy())
    chosen: list[int] = []
    for level in rng.permutation(levels):
        near = np.argsort(np.abs(height - level), kind="stable")[:200]
        far = [min((np.hypot(gx[c] - gx[o], gy[c] - gy[o]) for o in chosen), default=0) for c in near]
        chosen.append(int(near[int(np.argmax(far))]))
    around = STATIONS - STATIONS_INSIDE
    angle = 2 * np.pi * (np.arange(around) + rng.uniform(0, 0.6, around)) / around
    reach = rng.uniform(0.75, 1.3, around) * (6000 * land.size + 6000)
    middle = np.array(land.outline.centroid.coords[0])
    x = np.concatenate([gx[chosen], middle[0] + reach * np.cos(angle)])
    y = np.concatenate([gy[chosen], middle[1] + reach * np.sin(angle)])
    outside = rng.permutation(np.linspace(610, 1390, around) + rng.uniform(-20, 20, around))
    elevation = np.round(np.concatenate([height[chosen], np.clip(outside, 600, 1400)]), 1)
    order = rng.permutation(STATIONS)
    x, y, elevation = x[order], y[order], elevation[order]
    longitude, latitude = _lonlat(x, y)
    table = pd.DataFrame(
        {
            "station": [f"S{i + 1:02d}" for i in range(STATIONS)],
            "name": [f"Virtual station {i + 1:02d}" for i in range(STATIONS)],
            "longitude": longitude.round(5),
            "latitude": latitude.round(5),
            "elevation_m": elevation,
        }
    )
    return table, Place.at(x, y, elevation, latitude)


def _read(variable: str, truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Daily readings: the truth with an error, within what the instrument can show."""
    error = READING_ERROR[variable] * rng.standard_normal(len(truth))
    readings = truth * (1 + error) if variable in RELATIVE_ERROR else truth + error
    if variable == "sunshine":
        readings = np.where(truth == 0, 0, readings)
    if variable != "temperature":
        readings = np.clip(readings, 0, 100 if variable == "relative_humidity" else None)
    return readings


def _table(
    station: str,
    variable: str,
    dates: np.ndarray,
    readings: np.ndarray,
    daily: bool,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Tidy rows of one station and variable; some months are missing, some of them as empty values."""
    months = dates.astype("datetime64[M]")
    names, first = np.unique(months, return_index=True)
    lost = rng.random(len(names)) < MISSING_MONTH
    empty = lost & (rng.random(len(names)) < 0.5)
    if daily:
        values = np.round(readings, DECIMALS[variable])
        month_position = np.searchsorted(names, months)
        dates = dates.astype(str)
    else:
        total = np.add.reduceat(readings, first)
        if variable not in ("precipitation", "sunshine"):
            total = total / np.diff([*first, len(readings)])
        values, month_position, dates = np.round(total, 1), np.arange(len(names)), names.astype(str)
    values = np.where(empty[month_position], np.nan, values)
    frame = pd.DataFrame(
        {"station": station, "date": dates, "variable": variable, "value": values, "unit": UNITS[variable]}
    )
    return frame[~(lost & ~empty)[month_position]]


def write_soil_samples(folder: Path, land: Landscape, seed: int) -> None:
    """Write soil_samples.csv: 117 samples spread over the study area, with sampling and laboratory error."""
    rng = stream(seed, "soil samples")
    cells = _spread(land, rng)
    x, y = (a.ravel()[cells] for a in land.domain.xy())
    longitude, latitude = _lonlat(x + rng.uniform(-14, 14, SAMPLES), y + rng.uniform(-14, 14, SAMPLES))
    table = pd.DataFrame(
        {
            "sample": [f"P{i + 1:03d}" for i in range(SAMPLES)],
            "longitude": longitude.round(6),
            "latitude": latitude.round(6),
            "date": (SAMPLING + rng.integers(0, 20, SAMPLES)).astype(str),
        }
    )
    decimals = {"CF": 1, "SOC": 2, "TN": 2, "AP": 1, "AK": 0, "pH": 2, "BD": 2}
    for name, values in land.soil.items():
        error = SAMPLE_NOISE * SOIL[name][1] * rng.standard_normal(SAMPLES)
        measured = np.maximum(values.ravel()[cells] + error, 0.05 * SOIL[name][0])
        measured[rng.random(SAMPLES) < MISSING_SAMPLE] = np.nan
        table[name] = measured.round(decimals[name])
    table.to_csv(folder / "soil_samples.csv", index=False)


def _spread(land: Landscape, rng: np.random.Generator) -> np.ndarray:
    """Cells far from each other, off the border and not in water: each the farthest of some random draws."""
    within = burn([land.outline.buffer(-land.domain.cell_size_m)], land.domain)
    candidates = np.flatnonzero(within & (land.land_cover != WATER))
    x, y = (a.ravel()[candidates] for a in land.domain.xy())
    nearest = np.full(len(candidates), np.inf)
    chosen: list[int] = []
    for _ in range(SAMPLES):
        draws = rng.integers(0, len(candidates), 12)
        pick = draws[np.argmax(nearest[draws])]
        chosen.append(candidates[pick])
        nearest = np.minimum(nearest, np.hypot(x - x[pick], y - y[pick]))
    return np.asarray(chosen)


def write_plots(folder: Path, land: Landscape, npp: np.ndarray, years: range, seed: int) -> None:
    """Write plots.csv: dry biomass felled on two plots of 30 m, NPP / 0.45 with an error."""
    rng = stream(seed, "plots")
    rows = []
    mean = npp.mean(axis=0)
    for name, code in (("A", FARMLAND), ("B", GRASSLAND)):
        cells = np.flatnonzero(land.inside & (land.land_cover == code))
        cell = cells[np.argsort(mean.ravel()[cells], kind="stable")[int(rng.uniform(0.4, 0.6) * len(cells))]]
        x, y = (a.ravel()[cell] for a in land.domain.xy())
        longitude, latitude = _lonlat(x, y)
        rows.append(
            {
                "plot": name,
                "longitude": round(float(longitude), 6),
                "latitude": round(float(latitude), 6),
                "land_cover": CLASS_NAMES[code],
                "size_m": 30,
                "first_year": years[0],
                "last_year": years[-1],
                "biomass_g_m2_yr": round(
                    float(mean.ravel()[cell] / CARBON_SHARE * (1 + 0.02 * rng.normal())), 1
                ),
            }
        )
    pd.DataFrame(rows).to_csv(folder / "plots.csv", index=False)
