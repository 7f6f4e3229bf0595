"""Time and memory of splines, kriging, evapotranspiration and their stages against the public libraries.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/interpolation.py

CPU seconds of this process, the libraries on fewer targets and scaled. GSTools takes part where it is
installed.
"""

import importlib.util
import resource
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from timing import cpu_seconds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow_scripts"))

from nppdrivers import evapotranspiration as et
from nppdrivers import kriging
from nppdrivers.climate.surfaces import interpolate_monthly
from nppdrivers.kriging.choice import choose_model
from nppdrivers.kriging.variogram import Variogram
from nppdrivers.spline import ThinPlateSpline

BASIN_CELLS = 203_000  # the Changhe Basin at 30 m, with its surroundings
MILLION = 1_000_000


def report(what: str, seconds: float, unit: str) -> None:
    """Print one row of the table."""
    print(f"| {what} | {seconds:.3g} | {unit} |", flush=True)


def mountain_places(n: int, rng: np.random.Generator) -> np.ndarray:
    """Longitude, latitude [degree] and elevation [m]."""
    return np.column_stack([rng.uniform(111, 114, n), rng.uniform(34, 37, n), rng.uniform(300, 1500, n)])


def splines(rng: np.random.Generator) -> None:
    """Trivariate splines of 96 stations, many months together, against scipy month by month."""
    from scipy.interpolate import RBFInterpolator

    unit, fields = "s per million cells and field", 72
    stations = mountain_places(96, rng) * [1, 1, 1e-3]
    values = 20.0 - 6.0 * stations[:, 2] + rng.normal(0.0, 0.5, (fields, 96))
    spline = ThinPlateSpline().fit(stations, values)
    targets = mountain_places(100_000, rng) * [1, 1, 1e-3]
    scale = MILLION / len(targets) / fields
    own = cpu_seconds(lambda: spline.predict(targets, dtype=np.float32)) * scale
    report("spline, prediction, 72 months together", own, unit)
    with_gaps = values.copy()
    with_gaps[rng.random(values.shape) < 0.02] = np.nan
    report(
        "spline, fit of 72 months with gaps",
        cpu_seconds(lambda: ThinPlateSpline().fit(stations, with_gaps)),
        "s",
    )
    seconds = cpu_seconds(lambda: spline.standard_error(targets, dtype=np.float32))
    report("spline, standard errors, 72 months together", seconds * scale, unit)
    few = targets[:20_000]
    theirs = cpu_seconds(
        lambda: RBFInterpolator(stations, values[0], kernel="linear", degree=1, smoothing=0.1)(few), 1
    )
    theirs *= MILLION / len(few)
    report("scipy RBFInterpolator, one month", theirs, unit)
    report("ratio scipy / spline", theirs / own, "times")


def kriging_predictions(rng: np.random.Generator) -> None:
    """Ordinary kriging with variance of 117 samples against PyKrige and GSTools."""
    from pykrige.ok import OrdinaryKriging

    unit = "s per million cells"
    xy, z = rng.uniform(0.0, 1e4, (117, 2)), rng.normal(size=117)
    v = Variogram("spherical", 0.1, 1.0, 1500.0)
    targets = rng.uniform(0.0, 1e4, (BASIN_CELLS, 2))
    own = cpu_seconds(lambda: kriging.predict(xy, z, v, targets)) * MILLION / BASIN_CELLS
    report("kriging, mean and variance", own, unit)
    parameters = {"psill": 1.0, "range": 1500.0, "nugget": 0.1}
    pykrige = OrdinaryKriging(*xy.T, z, variogram_model="spherical", variogram_parameters=parameters)
    few = targets[:20_000]
    for backend in ("vectorized", "C"):
        seconds = cpu_seconds(lambda backend=backend: pykrige.execute("points", *few.T, backend=backend), 1)
        report(f"PyKrige, back end {backend}", seconds * MILLION / len(few), unit)
    difference = np.abs(np.subtract(kriging.predict(xy, z, v, few), pykrige.execute("points", *few.T))).max()
    report("largest difference from PyKrige", difference, "")
    if importlib.util.find_spec("gstools") is None:
        print("| GSTools | - | not installed |")
        return
    import gstools

    model = gstools.Spherical(dim=2, var=1.0, len_scale=1500.0, nugget=0.1)
    krige = gstools.krige.Ordinary(model, xy.T, z, exact=True)
    seconds = cpu_seconds(lambda: krige(few.T), 1)
    report("GSTools", seconds * MILLION / len(few), unit)


def climate_stage(rng: np.random.Generator) -> None:
    """72 months of four variables from 14 stations with gaps to the basin, with standard errors."""
    places = mountain_places(14, rng)
    stations = pd.DataFrame(places, columns=["lon", "lat", "elevation"]).assign(station=range(14))
    targets = mountain_places(BASIN_CELLS, rng)
    season = -np.cos(np.arange(72) * np.pi / 6.0)[:, None]
    height = places[:, 2] / 1000.0
    normal = rng.normal(size=(4, 72, 14))
    values = {
        "temperature": 10.0 + 13.0 * season - 6.0 * height + 0.4 * normal[0],
        "precipitation": np.maximum(5.0 + 4.0 * season + height + normal[1], 0.0) ** 2,
        "sunshine": np.clip(200.0 + 30.0 * season + 10.0 * normal[2], 0.0, 400.0),
        "relative_humidity": np.clip(60.0 + 12.0 * season + 5.0 * height + 3.0 * normal[3], 0.0, 100.0),
    }

    def run() -> None:
        for variable, table in values.items():
            gaps = np.where(rng.random(table.shape) < 0.01, np.nan, table)
            surface = interpolate_monthly(stations, gaps, variable)
            surface.predict(targets)
            surface.standard_error(targets)

    report("climate stage: 72 months x 4 variables, 14 stations, with errors", cpu_seconds(run, 1), "s")


def soil_stage(rng: np.random.Generator) -> None:
    """Seven properties of 117 samples with external drift: search of candidates and maps of the basin."""
    xy, targets = rng.uniform(0.0, 1.3e4, (117, 2)), rng.uniform(0.0, 1.3e4, (BASIN_CELLS, 2))
    drift, target_drift = np.sin(xy[:, :1] / 3000.0), np.sin(targets[:, :1] / 3000.0)
    covariance = 0.3 * np.exp(-np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / 800.0)
    root = np.linalg.cholesky(covariance + 0.02 * np.eye(117))
    properties = np.exp(2.0 + 0.3 * drift[:, 0] + (root @ rng.normal(size=(117, 7))).T)

    def run() -> None:
        for values in properties:
            choose_model(xy, values, drift=drift, bounds=(0.0, np.inf)).predict(targets, target_drift)

    report("soil stage: 7 properties, 24 candidates each, mean, sd, q05, q95", cpu_seconds(run, 1), "s")


def evapotranspiration(rng: np.random.Generator) -> None:
    """FAO-56 ET0 of 72 months against pyet."""
    import pyet
    import xarray as xr

    unit, side = "s per million cells and month", 100
    months = np.arange("2010-01", "2016-01", dtype="datetime64[M]")
    shape = (72, side, side)
    temperature, humidity = rng.normal(10.0, 8.0, shape), rng.uniform(20.0, 95.0, shape)
    wind, solar = rng.uniform(0.5, 4.0, shape), rng.uniform(5.0, 25.0, shape)
    latitude, elevation = rng.uniform(35.4, 35.7, shape[1:]), rng.uniform(300.0, 1500.0, shape[1:])
    radiation = solar * et.days_in_month(months)[:, None, None]
    scale = MILLION / temperature.size
    own = cpu_seconds(
        lambda: et.reference_evapotranspiration(
            temperature, humidity, wind, radiation, months, latitude, elevation
        )
    )
    report("ET0", own * scale, unit)
    days = pd.DatetimeIndex(months) + pd.Timedelta(days=14)

    def field(a: np.ndarray) -> xr.DataArray:
        return xr.DataArray(a, dims=("time", "y", "x"), coords={"time": days})

    flat = [xr.DataArray(a, dims=("y", "x")) for a in (elevation, np.radians(latitude))]
    theirs = cpu_seconds(
        lambda: pyet.pm_fao56(
            field(temperature),
            field(wind),
            rs=field(solar),
            rh=field(humidity),
            elevation=flat[0],
            lat=flat[1],
        ),
        1,
    )
    report("pyet", theirs * scale, unit)


def interval_coverage(rng: np.random.Generator) -> None:
    """Share of new stations within the nominal 90 % interval of simulated temperatures."""
    for n in (14, 30):
        covered = []
        for _ in range(20):
            places = mountain_places(n + 60, rng)
            table = 10.0 - 6.0 * places[:, 2] / 1000.0 - 0.8 * places[:, 1]
            table = table + rng.normal(0.0, 0.3, (12, len(places)))
            stations = pd.DataFrame(places[:n], columns=["lon", "lat", "elevation"]).assign(station=range(n))
            surface = interpolate_monthly(stations, table[:, :n], "temperature")
            deviation = np.abs(surface.predict(places[n:]) - table[:, n:])
            covered.append(np.mean(deviation <= 1.645 * surface.standard_error(places[n:])))
        report(f"coverage of 90 % intervals, {n} stations", 100.0 * np.mean(covered), "%")


def main() -> None:
    """Print all figures as one Markdown table."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(0)
    print("| what | figure | unit |\n|---|---|---|")
    climate_stage(rng)
    soil_stage(rng)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    report("peak memory of both stages", peak, "MiB")
    splines(rng)
    kriging_predictions(rng)
    evapotranspiration(rng)
    interval_coverage(rng)


if __name__ == "__main__":
    main()
