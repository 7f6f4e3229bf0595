"""The checked settings, the inputs there are, and what they make possible."""

from itertools import combinations
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

validate(config, workflow.source_path("../config/schema.yaml"))

# Scripts and package of this workflow, also where another workflow uses it as a module.
SCRIPTS = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parent / "workflow_scripts"

# The virtual basin's raw files, as the rule simulate_virtual_basin writes them.
VIRTUAL = f"results/{config['site']}/raw"
VIRTUAL_INPUTS = {
    "study_area": "study_area.gpkg",
    "river": "river.gpkg",
    "mines": "mines.gpkg",
    "dem": "dem.tif",
    "land_cover": "land_cover.tif",
    "landsat": "landsat",
    "modis": "modis",
    "stations": "stations.csv",
    "weather": "weather.csv",
    "soil_samples": "soil_samples.csv",
    "survey": "survey.gpkg",
    "mod17": "mod17",
    "plots": "plots.csv",
}
IS_VIRTUAL = config["inputs"] == "virtual_basin"


def in_data_folder(path):
    """Path of an input, relative paths taken from the folder `data`."""
    return str(Path(config.get("data") or ".", path))


def input_paths():
    """Path of each raw input that the run has."""
    if IS_VIRTUAL:
        return {name: f"{VIRTUAL}/{path}" for name, path in VIRTUAL_INPUTS.items()}
    given = {name: path for name, path in config["inputs"].items() if isinstance(path, str) and path}
    paths = {name: in_data_folder(path) for name, path in given.items()}
    # the table of ready images may stand beside the settings instead of beside the images
    tables = {name: path for name, path in given.items() if name == "fine_images" and Path(path).exists()}
    return paths | tables | {name: in_data_folder(path) for name, path in ready_rasters().items()}


def given_rasters(name):
    """Path or pattern of the ready raster of each property or variable that has one."""
    return (
        {} if IS_VIRTUAL else {key: path for key, path in (config["inputs"].get(name) or {}).items() if path}
    )


def ready_rasters():
    """Path of each ready raster: soil_raster_<property>, and climate_raster_<variable>_<year>."""
    soil = {f"soil_raster_{name}": path for name, path in given_rasters("soil_rasters").items()}
    first, last = (int(config["period"][key][:4]) for key in ("first_month", "last_month"))
    return soil | {
        f"climate_raster_{name}_{year}": path.replace("{year}", str(year))
        for name, path in given_rasters("climate_rasters").items()
        for year in range(first, last + 1)
    }


INPUTS = input_paths()


def has(*names):
    """Whether the run has all these raw inputs."""
    return all(name in INPUTS for name in names)


def raw(name):
    """Files of one raw input: the file itself, or every file of a user's folder, so that a changed one reruns."""
    path = INPUTS[name]
    if IS_VIRTUAL or not Path(path).is_dir():
        return path
    return sorted(str(file) for file in Path(path).rglob("*") if file.is_file())


def raw_if_given(name):
    """As `raw`, or nothing where the run does not have that input."""
    return raw(name) if has(name) else []


# what comes from points: all climate variables and soil properties that have no ready raster
STATION_VARIABLES = [
    name for name in config["climate"]["variables"] if name not in given_rasters("climate_rasters")
]
KRIGED = [
    name
    for name in config["soil"]["properties"]
    if has("soil_samples") and name not in given_rasters("soil_rasters")
]


# calendar
def month_range():
    """First and last month as (year, month); problems with either as a list of messages."""
    months, problems = [], []
    for key in ("first_month", "last_month"):
        text = config["period"][key]
        year, month = map(int, text.split("-"))
        months.append((year, month))
        if not 1 <= month <= 12:
            problems.append(f"period.{key}: {text} is no month; write YYYY-MM with 01 to 12")
    if not problems and months[0] > months[1]:
        problems.append("period: first_month lies after last_month")
    return months, problems


def setting_problems():
    """Everything wrong with the settings that the schema cannot express, each as one line."""
    _, problems = month_range()
    for section, unit in (("fusion", "cells"), ("attribution", "cells"), ("ndvi_smoothing", "dates")):
        if config[section]["window"] % 2 == 0:
            problems.append(
                f"{section}.window: {config[section]['window']} is even; take an odd number of {unit}"
            )
    if config["ndvi_smoothing"]["degree"] >= config["ndvi_smoothing"]["window"]:
        problems.append("ndvi_smoothing.degree: not less than the window; take a lower degree")
    if not config["grid"].get("like") and not has("study_area"):
        problems.append("inputs.study_area: missing, and grid.like names no raster; give one of the two")
    if len({product[:3] for product in config["modis"]["products"]}) < len(config["modis"]["products"]):
        problems.append(
            "modis.products: two of one satellite; take one MOD13 (Terra), one MYD13 (Aqua) or both"
        )
    if config["fusion"]["fuse"] == "bands" and (
        not has("landsat") or config["landsat"]["harmonise"] == "refit"
    ):
        problems.append("fusion.fuse: bands needs inputs.landsat, and another landsat.harmonise than refit")
    if has("landsat") == has("fine_images"):
        problems.append("inputs: give exactly one of landsat and fine_images")
    needs_weather = STATION_VARIABLES or config["climate"]["angstrom"] == "calibrated"
    if needs_weather and not has("weather") and not has("monthly_weather"):
        problems.append("inputs: give weather (with stations where it is a tidy table), or monthly_weather")
    if not has("land_cover") and not config["land_cover"]["everywhere"]:
        problems.append("inputs.land_cover: missing; give a raster, or one class in land_cover.everywhere")
    if not IS_VIRTUAL:
        absent = {name: path for name, path in INPUTS.items() if not Path(path).exists()}
        problems += [f"inputs.{name}: {path} does not exist" for name, path in absent.items()]
    return problems


if PROBLEMS := setting_problems():
    raise WorkflowError("The settings cannot be used:\n  - " + "\n  - ".join(PROBLEMS))

(FIRST_YEAR, FIRST_MONTH), (LAST_YEAR, LAST_MONTH) = month_range()[0]
YEARS = list(range(FIRST_YEAR, LAST_YEAR + 1))
PERIOD = {
    "first_month": config["period"]["first_month"],
    "last_month": config["period"]["last_month"],
}

# what the inputs make possible
CLIMATE = config["climate"]["variables"]
HAS_ET0 = has("dem") and {"temperature", "relative_humidity", "wind_speed"} <= set(CLIMATE)
CATEGORY_DRIVERS = {
    "climate": ["MAT", "MAP", "MAS"] + (["MAE"] if HAS_ET0 else []),
    "soil": [name for name in config["soil"]["properties"] if name in KRIGED or has(f"soil_raster_{name}")],
    "mining": ["LD"] if has("survey") else [],
}
# whether radiation and sunshine of the stations give the coefficients between them
CALIBRATED = config["climate"]["angstrom"] == "calibrated" and "solar_radiation" not in CLIMATE
# monthly variables that a mean annual driver is computed from
RADIATION_SOURCE = "solar_radiation" if "solar_radiation" in CLIMATE else "sunshine"
CLIMATE_SOURCES = {
    "MAT": ["temperature"],
    "MAP": ["precipitation"],
    "MAS": [RADIATION_SOURCE],
    "MAE": ["temperature", "relative_humidity", "wind_speed", RADIATION_SOURCE],
}
# those whose standard error is known
DRIVERS_WITH_ERROR = [
    name for name in CATEGORY_DRIVERS["climate"] if set(CLIMATE_SOURCES[name]) <= set(STATION_VARIABLES)
]
IS_REFIT = config["landsat"]["harmonise"] == "refit"
CATEGORIES = [name for name, drivers in CATEGORY_DRIVERS.items() if drivers]
DRIVERS = [driver for drivers in CATEGORY_DRIVERS.values() for driver in drivers]
HAS_ATTRIBUTION = len(CATEGORIES) > 1
# what the forests leave out: each subset of the categories but all, joined by _
OMITTED = [
    "_".join(part) or "none" for size in range(len(CATEGORIES)) for part in combinations(CATEGORIES, size)
]
HAS_VALIDATION = has("land_cover") and has("mod17")


wildcard_constraints:
    year="|".join(map(str, YEARS)),
    interval=r"\d{8}_\d{8}",
    variable="|".join(CLIMATE),
    property="|".join(config["soil"]["properties"]),
    driver="|".join(DRIVERS),
    method="mvc|doy_mean",
    omitted="|".join(OMITTED),
