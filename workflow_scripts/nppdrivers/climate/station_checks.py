"""Refuse station tables and targets that cannot be right: units, swapped coordinates, impossible values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nppdrivers.quantities import Quantity, quantity

# Targets whose median lies further outside the range of the stations than that range plus this are refused.
REACH_DEGREES, REACH_M = 5.0, 1000.0
# A station further from the elevation grid than this is named: in steep terrain a cell is not its station.
DIFFERENCE_M = 150.0
# Ratio of ground elevation to station elevation that a wrong unit of either makes.
UNIT_RATIOS = {
    "the stations' elevations are in feet": 0.3048,
    "the elevation grid is in feet": 1.0 / 0.3048,
    "the stations' elevations are in kilometres": 1000.0,
    "the elevation grid is in kilometres": 0.001,
    "the elevation grid is in decimetres": 10.0,
    "the elevation grid is in centimetres": 100.0,
}


def check_stations(stations: pd.DataFrame) -> pd.DataFrame:
    """Return a clean copy of a station table: station, lon, lat [degree], elevation [m, all or none NaN].

    Raises
    ------
    ValueError
        For missing columns or coordinates, latitudes or elevations that do not exist, and an elevation
        missing at some stations.
    """
    missing = [name for name in ("station", "lon", "lat") if name not in stations]
    if missing:
        raise ValueError(f"the station table has no column {', '.join(missing)}")
    out = pd.DataFrame({"station": stations["station"].astype(str).to_numpy()})
    for name in ("lon", "lat", "elevation"):
        out[name] = stations[name].to_numpy(dtype=float) if name in stations else np.nan
    names = out["station"].to_numpy()
    _refuse(
        names, ~np.isfinite(out["lon"]) | ~np.isfinite(out["lat"]), "have no coordinates: fill or drop them"
    )
    _refuse(
        names, out["lat"].abs() > 90.0, "have latitudes beyond 90 degrees: longitude and latitude swapped?"
    )
    _refuse(names, out["lon"].abs() > 360.0, "have longitudes beyond 360: coordinates must be in degrees")
    absent = out["elevation"].isna()
    if not absent.all():
        _refuse(
            names, absent, "have no elevation: give it, drop them, or leave elevation out at all stations"
        )
        low, high = quantity("elevation").minimum, quantity("elevation").maximum
        wrong = (out["elevation"] < low) | (out["elevation"] > high)
        _refuse(names, wrong, f"lie outside {low:g} to {high:g} m: are elevations in feet?")
    return out


def _refuse(names: np.ndarray, wrong: ArrayLike, why: str) -> None:
    """Raise ValueError naming the first stations that are wrong."""
    wrong = np.asarray(wrong)
    if wrong.any():
        raise ValueError(f"stations {', '.join(names[wrong][:5])}{' ...' if wrong.sum() > 5 else ''} {why}")


def check_values(values: np.ndarray, names: np.ndarray, months: np.ndarray, measured: Quantity) -> None:
    """Refuse monthly values (T, n) of another shape, impossible ones, and a month without any value.

    Raises
    ------
    ValueError
        Naming the station and the month.
    """
    if values.shape != (len(months), len(names)):
        raise ValueError(
            f"values have shape {values.shape} for {len(months)} months and {len(names)} stations"
        )
    low, high = measured.minimum, measured.maximum
    wrong = np.argwhere((values < low) | (values > high))
    if wrong.size:
        month, station = wrong[0]
        raise ValueError(
            f"{len(wrong)} values outside {low:g} to {high:g}, the first {values[month, station]:g} at "
            f"station {names[station]} in month {months[month]}: check the unit, mark missing values as NaN"
        )
    empty = ~np.isfinite(values).any(axis=1)
    if empty.any():
        raise ValueError(f"no station has a value in months {', '.join(map(str, months[empty]))}")


def check_targets(points: np.ndarray, stations: pd.DataFrame) -> np.ndarray:
    """Refuse targets (N, 2 or 3: lon, lat [degree], elevation [m]) that stations cannot speak for.

    Raises
    ------
    ValueError
        For a missing elevation column, and for targets whose median lies far outside the stations in place or
        height.
    """
    points = np.asarray(points, dtype=float)
    needed = 3 if stations["elevation"].notna().all() else 2
    if points.ndim != 2 or points.shape[1] not in (needed, 3):
        raise ValueError(
            f"targets must be (N, {needed}) longitude, latitude [, elevation], not {points.shape}"
        )
    if not np.isfinite(points).any():
        return points
    for column, name, reach in (
        (0, "lon", REACH_DEGREES),
        (1, "lat", REACH_DEGREES),
        (2, "elevation", REACH_M),
    ):
        if column >= needed:
            continue
        low, high = stations[name].min(), stations[name].max()
        middle = float(np.nanmedian(points[:, column]))
        allowed = (high - low) + reach
        kilometres = name == "elevation" and low > 100.0 and np.nanmax(np.abs(points[:, 2])) < 10.0
        if kilometres or not low - allowed <= middle <= high + allowed:
            raise ValueError(
                f"{name} of the targets (median {middle:g}) is far from that of the stations ({low:g} to "
                f"{high:g}): swapped coordinates, another coordinate system, or another unit?"
            )
    return points


def check_elevations(station_elevation: np.ndarray, ground_elevation: np.ndarray) -> None:
    """Compare the elevations of stations with those of the elevation grid at the same places.

    Parameters
    ----------
    station_elevation, ground_elevation : (n,) [m]
        NaN = unknown, left out; stations below 50 m are left out as well.

    Raises
    ------
    ValueError
        If the median ratio of the two is that of feet, kilometres, decimetres or centimetres to metres.
    """
    station, ground = np.asarray(station_elevation, dtype=float), np.asarray(ground_elevation, dtype=float)
    # Stations in kilometres are all below 50, hence the larger of the two.
    used = np.isfinite(station) & np.isfinite(ground) & (np.maximum(station, ground) > 50.0)
    used &= (station > 0.0) & (ground > 0.0)
    if used.sum() < 3:
        return
    ratio = float(np.median(ground[used] / station[used]))
    for cause, expected in UNIT_RATIOS.items():
        if abs(np.log(ratio / expected)) < np.log(1.15):
            raise ValueError(
                f"ground elevation is {ratio:.3g} times that of the stations: it seems that {cause}; "
                "convert them to metres"
            )


def differing_elevations(
    names: np.ndarray, station_elevation: np.ndarray, ground_elevation: np.ndarray
) -> list[str]:
    """Describe stations whose elevation is far from that of the grid at their place [m]; NaN are left out."""
    station, ground = np.asarray(station_elevation, dtype=float), np.asarray(ground_elevation, dtype=float)
    apart = np.abs(station - ground) > DIFFERENCE_M
    return [
        f"{name}: {height:.0f} m in the table, {there:.0f} m on the elevation grid"
        for name, height, there in zip(names[apart], station[apart], ground[apart], strict=True)
    ]
