"""What a run shows: its stages, figures and tables, by what the inputs make possible."""

import csv

REQUIRED_BY_STAGE = {
    "refit of the sensors": (
        IS_REFIT,
        "not asked for (landsat.harmonise)",
    ),
    "elevation": (
        has("dem"),
        "no elevation model (inputs.dem): climate is interpolated without elevation",
    ),
    "evapotranspiration": (
        HAS_ET0,
        "needs inputs.dem and temperature, relative_humidity, wind_speed: no MAE",
    ),
    "climate errors": (
        bool(DRIVERS_WITH_ERROR),
        "climate comes from ready rasters (inputs.climate_rasters), which have no errors",
    ),
    "soil": (
        bool(CATEGORY_DRIVERS["soil"]),
        "no soil samples (inputs.soil_samples) or rasters (inputs.soil_rasters)",
    ),
    "soil errors": (bool(KRIGED), "no soil property is kriged from samples"),
    "mining": (has("survey"), "no hazard survey (inputs.survey)"),
    "attribution": (
        HAS_ATTRIBUTION,
        "needs soil or mining beside climate",
    ),
    "river": (has("river", "study_area"), "no river (inputs.river): no comparison of west and east"),
    "validation": (
        HAS_VALIDATION,
        "needs inputs.mod17 and a land cover raster (inputs.land_cover)",
    ),
    "points of NPP": (has("npp_points"), "no points of measured NPP (inputs.npp_points)"),
    "truth scores": (IS_VIRTUAL, "only the virtual basin has a known truth"),
}
STAGES = [
    ["grid", "done", ""],
    ["NDVI", "done", ""],
    ["climate", "done", ""],
    ["NPP", "done", ""],
] + [
    [stage, "done" if done else "left out", "" if done else reason]
    for stage, (done, reason) in REQUIRED_BY_STAGE.items()
]

NOTE = config["title"] if IS_VIRTUAL else ""
GRID = {
    "grid": "<results>/grid/grid.json",
    "study_area": "<results>/grid/study_area.tif",
    "area": raw_if_given("study_area"),
    "river": raw_if_given("river"),
}


def contents(kind):
    """Name to (section, caption) of the figures or tables that this run has, from config/contents.csv."""
    with open(settings_table("config/contents.csv"), newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["kind"] == kind]
    return {
        row["name"]: [row["section"], row["caption"]]
        for row in rows
        if not row["needs"] or REQUIRED_BY_STAGE[row["needs"]][0]
    }


FIGURES = contents("figure")
TABLES = contents("table")
