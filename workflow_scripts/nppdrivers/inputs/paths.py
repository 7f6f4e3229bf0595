"""Which raw inputs the settings give, and where they are. The standard library alone: the rules read this."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nppdrivers.period import Period

VIRTUAL_BASIN = "virtual_basin"
VIRTUAL_TITLE = "Virtual Changhe Basin"
# The virtual basin's raw files, as its rule writes them.
VIRTUAL_FILES = {
    "study_area": "study_area.gpkg",
    "river": "river.gpkg",
    "mines": "mines.gpkg",
    "dem": "dem.tif",
    "land_cover": "land_cover.tif",
    "landsat": "landsat",
    "coarse": "coarse",
    "stations": "stations.csv",
    "weather": "weather.csv",
    "soil_samples": "soil_samples.csv",
    "survey": "survey.gpkg",
    "mod17": "mod17",
    "plots": "plots.csv",
}


def is_virtual(config: Mapping[str, Any]) -> bool:
    """Whether the run simulates its own inputs."""
    return config["inputs"] == VIRTUAL_BASIN


def in_data_folder(config: Mapping[str, Any], path: str) -> str:
    """Path of an input, relative paths taken from the folder `data`."""
    return str(Path(config.get("data") or ".", path))


def given_rasters(config: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Path or pattern of the ready raster of each variable (climate_rasters) or property (soil_rasters)."""
    given = {} if is_virtual(config) else config["inputs"].get(kind) or {}
    return {name: path for name, path in given.items() if path}


def input_paths(config: Mapping[str, Any], virtual_folder: str = "raw") -> dict[str, str]:
    """Path of each raw input of a run; those of the virtual basin lie in its own folder.

    Ready rasters are inputs of their own: soil_raster_<property> and climate_raster_<variable>_<year>.
    """
    if is_virtual(config):
        fine = (config.get("virtual_basin") or {}).get("fine", "landsat")
        files = {fine if name == "landsat" else name: path for name, path in VIRTUAL_FILES.items()}
        return {name: f"{virtual_folder}/{fine if name == fine else path}" for name, path in files.items()}
    given = {name: path for name, path in config["inputs"].items() if isinstance(path, str) and path}
    paths = {name: in_data_folder(config, path) for name, path in given.items()}
    # the table of ready images may lie with the settings instead of with the images
    tables = {name: path for name, path in given.items() if name == "fine_images" and Path(path).exists()}
    return paths | tables | _ready_rasters(config)


def _ready_rasters(config: Mapping[str, Any]) -> dict[str, str]:
    """Path of each ready raster, a file for each year of a climate variable."""
    soil = {f"soil_raster_{name}": path for name, path in given_rasters(config, "soil_rasters").items()}
    climate = {
        f"climate_raster_{name}_{year}": path.replace("{year}", str(year))
        for name, path in given_rasters(config, "climate_rasters").items()
        for year in Period(**config["period"]).years
    }
    return {name: in_data_folder(config, path) for name, path in (soil | climate).items()}


def setting_of(name: str) -> str:
    """Setting that gives an input: inputs.climate_rasters.temperature for climate_raster_temperature_2010."""
    if name.startswith("soil_raster_"):
        return f"inputs.soil_rasters.{name.removeprefix('soil_raster_')}"
    if name.startswith("climate_raster_"):
        return f"inputs.climate_rasters.{name.removeprefix('climate_raster_')[:-5]}"
    return f"inputs.{name}"


class FolderFiles(NamedTuple):
    """Files of a folder and the folders below it, each in order.

    hidden: those that begin with a dot, as file managers write them, or lie in a folder that does. broken:
    links to nothing. read: all others.
    """

    read: list[Path]
    hidden: list[Path]
    broken: list[Path]


def files_below(folder: str | Path) -> FolderFiles:
    """Find the files of a folder; links to folders are followed, each folder once, so that circles end."""
    files = FolderFiles([], [], [])
    for path in sorted(_walk(Path(folder))):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            files.hidden.append(path)
        elif path.is_file():
            files.read.append(path)
        else:
            files.broken.append(path)
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """Paths of all files below a folder, without those of a folder that was already seen."""
    seen = set()
    for parent, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort(key=lambda name: (Path(parent, name).is_symlink(), name))
        yield from (Path(parent, name) for name in names)
