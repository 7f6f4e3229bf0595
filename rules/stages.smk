"""What the inputs make possible: drivers, categories, stages, and the figures and tables that a run shows."""

import csv
from itertools import combinations

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
# whether the bias between MODIS and VIIRS is to be found and removed
HAS_PASSAGE = coarse_products.have_passage(config["coarse"]["products"])
CATEGORIES = [name for name, drivers in CATEGORY_DRIVERS.items() if drivers]
DRIVERS = [driver for drivers in CATEGORY_DRIVERS.values() for driver in drivers]
HAS_ATTRIBUTION = len(CATEGORIES) > 1
# what the forests leave out: each subset of the categories but all, joined by _
OMITTED = [
    "_".join(part) or "none" for size in range(len(CATEGORIES)) for part in combinations(CATEGORIES, size)
]
LEAST_TREND_YEARS = 5
HAS_CHANGE = len(FULL_YEARS) >= LEAST_TREND_YEARS
# inputs whose polygons have years, which events are compared before and after
EVENT_KINDS = config["change"]["events"]
HAS_EFFECTS = HAS_CHANGE and bool(EVENT_KINDS)
HAS_PLANTED_EFFECTS = (
    HAS_EFFECTS and IS_VIRTUAL and config["virtual_basin"]["events"] and "mines" in EVENT_KINDS
)
HAS_VALIDATION = has("land_cover") and has("mod17")
# Stages that not every run has, by the key that `needs` in config/contents.csv gives: name on the page, whether this
# run has it, and else why not.
CONDITIONS = {
    "refit": ("refit of the sensors", IS_REFIT, "not asked for (landsat.harmonise)"),
    "elevation": (
        "elevation",
        has("dem"),
        "no elevation model (inputs.dem): climate is interpolated without elevation",
    ),
    "evapotranspiration": (
        "evapotranspiration",
        HAS_ET0,
        "needs inputs.dem and temperature, relative_humidity, wind_speed: no MAE",
    ),
    "climate_errors": (
        "climate errors",
        bool(DRIVERS_WITH_ERROR),
        "climate comes from ready rasters (inputs.climate_rasters), which have no errors",
    ),
    "passage": (
        "passage from MODIS to VIIRS",
        HAS_PASSAGE,
        "",  # nothing is missing: the coarse images are of one sensor
    ),
    "soil": (
        "soil",
        bool(CATEGORY_DRIVERS["soil"]),
        "no soil samples (inputs.soil_samples) or rasters (inputs.soil_rasters)",
    ),
    "soil_errors": ("soil errors", bool(KRIGED), "no soil property is kriged from samples"),
    "mining": ("mining", has("survey"), "no hazard survey (inputs.survey)"),
    "attribution": ("attribution", HAS_ATTRIBUTION, "needs soil or mining as well as climate"),
    "change": (
        "change",
        HAS_CHANGE,
        f"needs {LEAST_TREND_YEARS} whole years in the period; it has {len(FULL_YEARS)}",
    ),
    "effects": (
        "effects of events",
        HAS_EFFECTS,
        "not asked for (change.events: which polygons have years)" if HAS_CHANGE else "needs change",
    ),
    "river": (
        "river",
        has("river", "study_area"),
        "no river (inputs.river): no comparison of west and east",
    ),
    "validation": (
        "validation",
        HAS_VALIDATION,
        "needs inputs.mod17 and a land cover raster (inputs.land_cover)",
    ),
    "fit": ("efficiencies fitted to measured NPP", bool(config["npp"]["fit_epsilon"]), ""),
    "npp_points": (
        "points of NPP",
        has("npp_points"),
        "no points of measured NPP (inputs.npp_points)",
    ),
    "truth": ("truth scores", IS_VIRTUAL, "only the virtual basin has a known truth"),
}
# months that a mean year has where it has not all
PART_OF_YEAR = Period(**PERIOD).part_of_year
STAGES = [
    ["grid", "done", ""],
    ["NDVI", "done", ""],
    ["climate", "done", ""],
    ["NPP", "done", f"mean annual NPP adds up {PART_OF_YEAR} alone" if PART_OF_YEAR else ""],
] + [
    [stage, "done" if done else "left out", "" if done else reason]
    for stage, done, reason in CONDITIONS.values()
    if done or reason
]

NOTE = config["title"] if IS_VIRTUAL else ""
# what all figures have printed on them
IMPRINT = {"note": NOTE, "language": config["language"]}
GRID = {
    "grid": "<results>/grid/grid.json",
    "study_area": "<results>/grid/study_area.tif",
    "area": raw_if_given("study_area"),
    "river": raw_if_given("river"),
}


def conditional_rows(path):
    """Rows of a table of config/ whose column needs names a condition of the run, or nothing."""
    with open(settings_table(path), newline="") as table:
        rows = list(csv.DictReader(table))
    if unknown := sorted({row["needs"] for row in rows} - {"", *CONDITIONS}):
        raise WorkflowError(
            f"{path}: unknown in column needs: {', '.join(unknown)}; "
            f"leave it empty, or take one of {', '.join(CONDITIONS)}"
        )
    return rows


def applies(row):
    """Whether this run has what a row of such a table needs."""
    return not row["needs"] or CONDITIONS[row["needs"]][1]


def fillings(name, words):
    """What fills the word in braces of a name, one of the words with their values; nothing where it has none."""
    found = next((word for word in words if f"{{{word}}}" in name), None)
    return [{found: str(value)} for value in words[found]] if found else [{}]


def driver_raster(name):
    """Path of the raster of a driver."""
    folder = {"climate": "climate/mean", "soil": "soil", "mining": "mining"}
    category = next(category for category, drivers in CATEGORY_DRIVERS.items() if name in drivers)
    return f"<results>/{folder[category]}/{name}.tif"


wildcard_constraints:
    year="|".join(map(str, YEARS)),
    span=r"\d{8}_\d{8}",
    variable="|".join(CLIMATE),
    property="|".join(config["soil"]["properties"]),
    driver="|".join(DRIVERS),
    method="mvc|doy_mean",
    omitted="|".join(OMITTED),
    series="npp|season_ndvi",
