"""A site whose inputs are acquired: its jobs, its folder, and the settings that follow from what was fetched.

The standard library alone: the rules read this.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nppdrivers.acquire.archives.land_classes import CODES
from nppdrivers.acquire.archives.sources import Source, chosen_sources, parts, source_of_part
from nppdrivers.acquire.manifest import MANIFEST, is_whole, read_entries
from nppdrivers.inputs.paths import VIRTUAL_TITLE, in_data_folder, input_paths, is_virtual
from nppdrivers.period import Period

FEW_STATIONS = 3  # fewer stations give no surfaces: the climate is that of the rasters
# Inputs of the settings that make a source needless
_GIVEN_INSTEAD = {
    "landsat": ("landsat", "fine_images"),
    "hls": ("hls", "fine_images"),
    "modis": ("coarse",),
    "mod17": ("mod17",),
    "dem": ("dem",),
    "land_cover": ("land_cover",),
    "ghcn": ("weather", "monthly_weather", "climate_rasters"),
    "gsod": ("weather", "monthly_weather", "climate_rasters"),
    "terraclimate": ("weather", "monthly_weather", "climate_rasters"),
    "soilgrids": ("soil_samples", "soil_rasters"),
}
STATION_SOURCES = ("ghcn", "gsod")
# Variables that the stations of a service report; the others come from rasters
_REPORTED = {
    "ghcn": ("temperature", "precipitation"),
    "gsod": ("temperature", "precipitation", "relative_humidity", "wind_speed"),
}
# Input that a fetched folder is
_FOLDERS = {"landsat": "landsat", "hls": "hls", "modis": "coarse", "mod17": "mod17"}
_RASTER_VARIABLES = ("temperature", "precipitation", "solar_radiation", "relative_humidity", "wind_speed")
_PARTS, _PLAN = "acquire/parts", "acquire/plan.csv"
OWNER = "acquire/site.txt"  # name of the site that the folder belongs to
_SOIL = ("SOC", "TN", "pH", "CF", "BD")


def is_acquired(config: Mapping[str, Any]) -> bool:
    """Whether the settings name an area to fetch data for."""
    return bool((config.get("acquire") or {}).get("area"))


def raw_folder(config: Mapping[str, Any]) -> str:
    """Folder of the raw data, below the folder `data`."""
    return config["acquire"].get("folder") or f"raw/{config['site']}"


def owner(config: Mapping[str, Any]) -> str:
    """Name of the site for which data were fetched into the folder; empty where none were."""
    path = Path(in_data_folder(config, raw_folder(config)), OWNER)
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def site_sources(config: Mapping[str, Any]) -> list[Source]:
    """Sources of a site, without those whose inputs the settings give."""
    given = _given(config)
    words = [
        word
        for word in config["acquire"]["sources"]
        if not any(given.get(name) for name in _GIVEN_INSTEAD.get(word, ()))
    ]
    years = Period(**config["period"]).years
    return chosen_sources(words, config["coarse"]["products"], years)


def site_parts(config: Mapping[str, Any]) -> list[str]:
    """Jobs of a site."""
    return parts(site_sources(config), Period(**config["period"]).years)


def part_table(config: Mapping[str, Any], part: str) -> Path:
    """Table of the files of a job that has ended well."""
    return Path(in_data_folder(config, raw_folder(config)), _PARTS, f"{part}.csv")


def damaged_parts(config: Mapping[str, Any]) -> list[str]:
    """Jobs of which a file that the manifest names is lost or has another size."""
    folder = Path(in_data_folder(config, raw_folder(config)))
    entries = [entry for entry in read_entries(folder / MANIFEST) if entry.file]
    return sorted({entry.part for entry in entries if not is_whole(entry, folder, hashed=False)})


def what_is_missing(config: Mapping[str, Any]) -> str:
    """Why a site cannot run on what was fetched so far; empty where it can."""
    folder = in_data_folder(config, raw_folder(config))
    if damaged := damaged_parts(config):
        return f"{folder}: files that {MANIFEST} names are lost or cut off: {', '.join(damaged)}"
    lacking = [part for part in site_parts(config) if not part_table(config, part).exists()]
    if lacking == site_parts(config):
        return f"{folder}: the raw data are not fetched yet"
    if lacking or not Path(folder, MANIFEST).exists():
        return f"{folder}: not fetched yet: {', '.join(lacking) or MANIFEST}"
    return ""


def can_go_on(config: Mapping[str, Any], refused_at: str) -> bool:
    """Whether fetching that ended with an error may succeed when it is called again.

    Where the search itself ended, the traceback of its job says whether a server failed, or the settings
    cannot be met.
    """
    if config["acquire"]["offline"] or not what_is_missing(config):
        return False
    if Path(in_data_folder(config, raw_folder(config)), _PLAN).exists():
        return True
    traceback = Path(refused_at)
    return traceback.exists() and "nppdrivers.acquire.network" in traceback.read_text(encoding="utf-8")


def fetched_inputs(config: Mapping[str, Any]) -> set[str]:
    """Inputs of completed settings that are fetched, not given."""
    if not is_acquired(config):
        return set()
    folder = Path(in_data_folder(config, raw_folder(config)))
    given = input_paths(config)
    return {name for name, path in given.items() if folder in Path(path).parents}


def completed(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Settings with the inputs that are acquired: all asked for, or once they are fetched those there are.

    Inputs that the settings give stay as they are, and so do settings without an area. Where sunshine was to
    be interpolated and no table of weather is given, solar radiation of the rasters takes its place.
    """
    if not is_acquired(config):
        return config
    sources = site_sources(config)
    entries = read_entries(Path(in_data_folder(config, raw_folder(config))) / MANIFEST)
    have = {source.source for source in sources}
    stations = FEW_STATIONS
    if entries:
        kept = [entry for entry in entries if entry.file]
        have &= {source_of_part(entry.part).source for entry in kept}
        weather = [entry for entry in kept if source_of_part(entry.part).source in STATION_SOURCES]
        stations = len({entry.item for entry in weather})
    folder = raw_folder(config)
    acquired: dict[str, Any] = {name: f"{folder}/{word}" for word, name in _FOLDERS.items() if word in have}
    acquired |= {word: f"{folder}/{word}.tif" for word in ("dem", "land_cover") if word in have}
    acquired |= _climate(have, stations, folder)
    if "soilgrids" in have:
        properties = [name for name in _SOIL if name in config["soil"]["properties"]]
        acquired["soil_rasters"] = {name: f"{folder}/soil/{name}.tif" for name in properties}
    changed: dict[str, Any] = {
        "inputs": {"study_area": config["acquire"]["area"], **acquired, **_given(config)}
    }
    if "land_cover" in have and not config["land_cover"]["codes"]:
        changed["land_cover"] = {**config["land_cover"], "codes": dict(CODES)}
    variables = config["climate"]["variables"]
    if "climate_rasters" in acquired and "sunshine" in variables:
        kept_variables = [name for name in variables if name not in ("sunshine", "solar_radiation")]
        changed["climate"] = {**config["climate"], "variables": [*kept_variables, "solar_radiation"]}
    if config["title"] == VIRTUAL_TITLE:  # that of the settings' defaults, where the site gives none
        changed["title"] = config["site"]
    return {**config, **changed}


def _given(config: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs that the settings give themselves, not those of the folder of the raw data."""
    if is_virtual(config):
        return {}
    folder = f"{raw_folder(config)}/"
    given = {name: path for name, path in config["inputs"].items() if path}
    return {name: path for name, path in given.items() if not _some_path(path).startswith(folder)}


def _some_path(path: str | Mapping[str, str]) -> str:
    """The path of an input, or one of a table of rasters."""
    return path if isinstance(path, str) else next(filter(None, path.values()), "")


def _climate(have: set[str], stations: int, folder: str) -> dict[str, Any]:
    """Inputs of climate: stations where there are enough, rasters for the rest."""
    inputs: dict[str, Any] = {}
    service = next((word for word in STATION_SOURCES if word in have), None)
    if service and stations < FEW_STATIONS and "terraclimate" in have:
        service = None
    if service:
        inputs["weather"] = f"{folder}/weather"
    if "terraclimate" in have:
        reported = _REPORTED[service] if service else ()
        inputs["climate_rasters"] = {
            name: f"{folder}/climate/{name}_{{year}}.tif"
            for name in _RASTER_VARIABLES
            if name not in reported
        }
    return inputs
