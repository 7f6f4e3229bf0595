"""What is wrong with the settings beyond the schema, told in one message before any job; the calendar."""


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
    smoothing = config["ndvi"]["smoothing"]
    windows = {
        "fusion": (config["fusion"]["window"], "cells"),
        "attribution.local": (config["attribution"]["local"]["window"], "cells"),
        "ndvi.smoothing": (smoothing["window"], "dates"),
    }
    for section, (window, unit) in windows.items():
        if window % 2 == 0:
            problems.append(f"{section}.window: {window} is even; take an odd number of {unit}")
    if smoothing["degree"] >= smoothing["window"]:
        problems.append("ndvi.smoothing.degree: not less than the window; take a lower degree")
    if not config["grid"].get("like") and not has("study_area"):
        problems.append("inputs.study_area: missing, and grid.like names no raster; give one of the two")
    reasons = coarse_products.disagreements(config["modis"]["products"])
    problems += [f"modis.products: {reason}" for reason in reasons]
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
