"""Simulate the basin: its truth, and from it the raw files that users would have."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from nppdrivers.inputs.settings.virtual_images import Sensors
from nppdrivers.period import Period
from nppdrivers.virtual_basin import files, ground, landsat_scenes, landscape, modis_files
from nppdrivers.virtual_basin.mining import hazards, histories
from nppdrivers.virtual_basin.newer import hls, sentinel2, viirs
from nppdrivers.virtual_basin.phenology import NdviModel
from nppdrivers.virtual_basin.truth import simulate_truth
from nppdrivers.virtual_basin.weather import Weather, simulate_weather

__all__ = ["simulate"]
# Satellites of the fine images and the writer of their files; None for those of Landsat
_FINE = {
    "landsat": None,
    "hls": (hls.satellites(), hls.write),
    "sentinel2": (sentinel2.SENTINELS, sentinel2.write),
}


def simulate(
    folder_raw: str | Path,
    folder_truth: str | Path,
    *,
    first_month: str = "2010-01",
    last_month: str = "2015-12",
    size: float = 1.0,
    seed: int = 2022,
    events: bool = False,
    sensors: Sensors | None = None,
) -> None:
    """Simulate the basin; write its raw data and its truth.

    Files appear in the two folders only when all of them are complete; those that a former simulation left
    there under the same names are replaced.

    Parameters
    ----------
    folder_raw, folder_truth : path
        Where the raw data and the truth go.
    first_month, last_month : str
        "YYYY-MM": January of the first year and December of the last.
    size : float
        Linear extent as a share of 481 x 423 cells of 30 m, at least 0.1.
    seed : int
        The same seed gives the same files.
    events : bool
        Whether some mines open, close and are reclaimed in known years (`histories`).
    sensors : Sensors, optional
        Which images are written; MODIS of 250 m and Landsat by default.

    Raises
    ------
    ValueError
        For a period that is not of whole years, begins before its sensors or is too short for events, or a
        basin too small for all of its parts.
    """
    sensors = sensors or Sensors()
    years = _years(first_month, last_month, sensors)
    if size < 0.1:
        raise ValueError(f"virtual basin of size {size}: make it at least 0.1, so that all of its parts fit")
    raw, truth_folder = (_unfinished(folder) for folder in (folder_raw, folder_truth))
    land = landscape.build(size, seed)
    survey = hazards.survey(land, seed)
    weather = simulate_weather(years[0], years[-1], seed)
    happened = histories.draw_histories(years, seed) if events else []
    truth = simulate_truth(land, survey, weather, years, seed, happened)
    if events:
        survey = replace(survey, mines=histories.with_years(survey.mines, happened))

    files.write_vectors(raw, land, survey)
    files.write_land_cover(raw, land)
    files.write_dem(raw, land, seed)
    ground.write_stations(raw, land, weather, years, seed)
    ground.write_soil_samples(raw, land, seed)
    ground.write_plots(raw, land, truth.npp, years, seed)
    landsat_scenes.write_scenes(
        raw / sensors.fine, land, truth.ndvi, weather, years, seed, _FINE[sensors.fine]
    )
    _write_coarse(raw / "coarse", land, truth.ndvi, weather, years, seed, sensors)
    modis_files.write_annual_npp(raw / "mod17", land, truth.npp, years, seed)
    about = {"seed": seed, "size": size, "first_month": first_month, "last_month": last_month}
    files.write_truth(truth_folder, land, truth, weather, years, about)
    for unfinished, folder in ((raw, folder_raw), (truth_folder, folder_truth)):
        _publish(unfinished, Path(folder))


def _write_coarse(
    folder: Path,
    land: landscape.Landscape,
    ndvi: NdviModel,
    weather: Weather,
    years: range,
    seed: int,
    sensors: Sensors,
) -> None:
    """Write the composites of the sensors that are asked for."""
    if sensors.coarse != "viirs":
        size = 250 if sensors.coarse == "modis" else 500
        last = Period(sensors.modis_until, sensors.modis_until).last_day if sensors.modis_until else date.max
        coarse = modis_files.coarse_truth(land, ndvi, size)
        modis_files.write_composites(folder, coarse, weather, years, seed, last)
    if sensors.coarse != "modis":
        viirs.write_composites(folder, land, ndvi, weather, years, seed)


def _years(first_month: str, last_month: str, sensors: Sensors) -> range:
    """Whole calendar years from the first to the last month."""
    period = Period(first_month, last_month)
    if period != period.whole_years():
        raise ValueError(
            f"the virtual basin is simulated in whole years, not from {period}; "
            "begin with a January and end with a December"
        )
    if period.years[0] < sensors.first_year:
        raise ValueError(
            f"no whole year of its sensors before {sensors.first_year}; begin the virtual basin then or later"
        )
    return range(period.years[0], period.years[-1] + 1)


def _unfinished(folder: str | Path) -> Path:
    """An empty folder next to the final one, on the same disk."""
    folder = Path(folder)
    path = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def _publish(unfinished: Path, folder: Path) -> None:
    """Move complete files and folders to their place."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in sorted(unfinished.iterdir()):
        target = folder / item.name
        if target.is_dir():
            shutil.rmtree(target)
        item.replace(target)
    unfinished.rmdir()
