"""What is wrong with the settings of a run, the schema and beyond, all of it as one list of short lines.

The standard library and jsonschema alone: the Snakefile asks before any job.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nppdrivers.acquire import site
from nppdrivers.checks.image.settings import coarse_images, fine_images
from nppdrivers.checks.named_files import absent, leaves, named_files
from nppdrivers.checks.schema import alternatives, nearest, schema_problems, shown
from nppdrivers.inputs import paths
from nppdrivers.inputs.settings import virtual_images
from nppdrivers.period import Period, is_month

_SMALLEST_CELL_M = 1
_RADIATION = ("solar_radiation", "sunshine")
# What a check does with a setting of the wrong kind
_WRONG_KIND = (AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True)
class Context:
    """What the settings refer to.

    Attributes
    ----------
    land_cover : sequence of mapping
        Rows of config/land_cover.csv.
    folder : path
        Where the tables that come with the workflow lie.
    fetches : bool
        Whether raw data are to be fetched or listed.
    """

    land_cover: Sequence[Mapping[str, str]]
    folder: Path
    fetches: bool = False

    @property
    def classes(self) -> list[str]:
        """Names of the land cover classes."""
        return [row["class"] for row in self.land_cover]

    @property
    def efficiencies(self) -> list[str]:
        """Names of the sets of light use efficiencies."""
        names = self.land_cover[0] if self.land_cover else {}
        return [name.removeprefix("epsilon_") for name in names if name.startswith("epsilon_")]


def setting_problems(settings: Mapping[str, Any], schema: Mapping[str, Any], context: Context) -> list[str]:
    """Find everything that is wrong with the settings.

    Parameters
    ----------
    settings : mapping
        Sections as read from YAML.
    schema : mapping
        JSON schema of the settings.
    context : Context

    Returns
    -------
    list of str
        "section.key: what is wrong; what to do", one line a problem; empty when the run can begin.
    """
    problems = schema_problems(settings, schema)
    reported = {problem.split(":")[0] for problem in problems}
    acquire_reported = any(key.startswith("acquire") for key in reported)
    if context.fetches and not acquire_reported and not site.is_acquired(settings):
        return [*problems, "acquire.area: is missing; give the polygon to fetch data for"]
    checks = _CHECKS
    try:
        settings = site.completed(settings)
    except _WRONG_KIND:  # what is acquired depends on the period: its own check says what is wrong with it
        checks = (_period,)
    if acquire_reported:  # which inputs there will be is not known
        checks = (_period, _windows, _percentages)
    for check in checks:
        try:
            found = list(check(settings, context))
        except _WRONG_KIND:
            if not reported:  # or a setting of the wrong kind, reported already, is what breaks the check
                raise
            continue
        problems += [problem for problem in found if problem.split(":")[0] not in reported]
    return problems


def setting_remarks(settings: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What looks wrong in settings but may be meant: setting, what it is, and what to do; the run goes on."""
    remarks = []
    for key, value in leaves(settings):
        numbers = [number for number in (value if isinstance(value, list) else [value]) if number]
        if key.endswith("_percent") and numbers and all(abs(number) < 1 for number in numbers):
            message = f"{shown(value)} is less than one per cent"
            remarks.append((key, message, f"take {100 * numbers[-1]:g} if it is meant as a fraction"))
    if missing := Period(**settings["period"]).missing_calendar_months:
        message = f"no year has {', '.join(missing)}: NPP of a mean year adds up the other months alone"
        remarks.append(("period", message, "take whole years if NPP of a year is meant"))
    return remarks


def class_codes(settings: Mapping[str, Any], land_cover: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """Code of each class in the land cover raster: those of the settings, or else those of the table."""
    given = settings["land_cover"]["codes"]
    # a spreadsheet may have written 5.0 for 5
    return dict(given) or {row["class"]: int(float(row["code"])) for row in land_cover if row["code"]}


def station_variables(settings: Mapping[str, Any]) -> list[str]:
    """Climate variables that come from stations, not from ready rasters."""
    ready = paths.given_rasters(settings, "climate_rasters")
    return [name for name in settings["climate"]["variables"] if name not in ready]


def _period(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """First and last month are months in this order; the virtual basin takes whole years."""
    months = settings["period"]
    wrong = [key for key in ("first_month", "last_month") if not is_month(months[key])]
    for key in wrong:
        yield f"period.{key}: {months[key]} is not a month; take YYYY-MM with 01 to 12"
    if wrong:
        return
    if months["first_month"] > months["last_month"]:
        yield f"period: {months['first_month']} comes after {months['last_month']}; exchange the two"
        return
    period = Period(**months)
    if paths.is_virtual(settings) and period != period.whole_years():
        yield f"period: the virtual basin is simulated in whole years; take {period.whole_years()}"
    elif paths.is_virtual(settings):
        first = virtual_images.sensors_of(settings).first_year
        if period.years[0] < first:
            yield f"period: its sensors have no whole year before {first}; begin the basin then or later"


def _grid(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """Cells are in metres, and something says where they lie."""
    size, like = settings["grid"]["cell_size_m"], settings["grid"]["like"]
    if size < _SMALLEST_CELL_M:
        yield f"grid.cell_size_m: {size} is less than a metre, as if in degrees; take metres, as in 30"
    if like and not Path(paths.in_data_folder(settings, like)).exists():
        yield absent("grid.like", paths.in_data_folder(settings, like))
    if not like and "study_area" not in paths.input_paths(settings):
        yield "inputs.study_area: is missing; give it, or a raster whose grid is taken in grid.like"


def _windows(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """Windows have a middle, and more dates than a polynomial has degrees."""
    smoothing = settings["ndvi"]["smoothing"]
    windows = {
        "fusion": (settings["fusion"]["window"], "cells"),
        "attribution.local": (settings["attribution"]["local"]["window"], "cells"),
        "ndvi.smoothing": (smoothing["window"], "dates"),
    }
    for section, (window, unit) in windows.items():
        if window % 2 == 0:
            yield f"{section}.window: {window} is even; take an odd number of {unit}"
    if smoothing["degree"] >= smoothing["window"]:
        yield f"ndvi.smoothing.degree: {smoothing['degree']} is not less than the window; take a lower degree"


def _percentages(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """A share of the days of a month below one per cent is less than a day: a fraction is meant."""
    share = settings["climate"]["min_days_percent"]
    if 0 < share < 1:
        yield (
            f"climate.min_days_percent: {share:g} is less than one per cent; "
            f"take per cent, as in {100 * share:g}"
        )


def _acquire(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """A site whose data are fetched has a name, servers with addresses, and stations of one service."""
    if not site.is_acquired(settings):
        return
    asked = settings["acquire"]
    if settings["site"] == paths.VIRTUAL_BASIN:
        yield "site: is that of the virtual basin; give the site a name of its own"
    if not site.site_sources(settings):
        yield "acquire.sources: nothing is left to fetch; name the archives, or take acquire.area out"
    if (owner := site.owner(settings)) not in ("", settings["site"]):
        folder = paths.in_data_folder(settings, site.raw_folder(settings))
        yield (
            f"acquire.folder: {folder} has the raw data of the site {owner}; give this site another folder, "
            f"or write its name into {site.OWNER} there if it is the same site with a new name"
        )
    servers = {"catalogue": asked["catalogue"], "tokens.address": asked["tokens"]["address"]}
    servers |= {f"addresses.{name}": address for name, address in asked["addresses"].items()}
    for key, address in servers.items():
        if address and {"@", "?"} & set(address):
            fault = "holds a password or a query, which logs and results would show"
            yield f"acquire.{key}: {fault}; take the plain address"
        elif address and not address.startswith(("http://", "https://")):
            yield f"acquire.{key}: {address} is no web address; take one that begins with https://"
    if asked["tokens"]["address"] and "{collection}" not in asked["tokens"]["address"]:
        yield "acquire.tokens.address: lacks {collection}; put it where the name of the collection belongs"
    if set(site.STATION_SOURCES) <= set(asked["sources"]):
        both = " and ".join(site.STATION_SOURCES)
        yield f"acquire.sources: {both} hold the same stations; take one of them"


def _climate(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """CASA has its variables, and those without a ready raster have stations."""
    variables, given = settings["climate"]["variables"], paths.input_paths(settings)
    for name in ("temperature", "precipitation"):
        if name not in variables:
            yield f"climate.variables: {name} is missing; add it, NPP cannot be simulated without"
    if not set(_RADIATION) & set(variables):
        yield "climate.variables: nothing gives radiation; add sunshine or solar_radiation"
    if (
        "solar_radiation" in paths.given_rasters(settings, "climate_rasters")
        and "solar_radiation" not in variables
    ):
        yield (
            "inputs.climate_rasters.solar_radiation: climate.variables lacks solar_radiation; "
            "list it there in place of sunshine, or leave the raster out"
        )
    calibrated = settings["climate"]["angstrom"] == "calibrated" and "solar_radiation" not in variables
    if (station_variables(settings) or calibrated) and not {"weather", "monthly_weather"} & set(given):
        yield "inputs.weather: is missing; give it, monthly_weather, or climate_rasters of every variable"
    if settings["climate"]["weather_format"] == "tidy" and "weather" in given and "stations" not in given:
        yield "inputs.stations: is missing; a tidy table of weather does not say where its stations are"


def _land_cover(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """Classes are known, each with a code of its own, and some raster or class covers the area."""
    codes, everywhere = class_codes(settings, context.land_cover), settings["land_cover"]["everywhere"]
    for name in codes:
        if name not in context.classes:
            remedy = nearest(name, context.classes) or "add a row for it"
            yield f"land_cover.codes.{name}: is not a class of config/land_cover.csv; {remedy}"
    shared = defaultdict(list)
    for name, code in codes.items():
        shared[code].append(name)
    for code, names in shared.items():
        if len(names) > 1:
            yield f"land_cover.codes: {' and '.join(names)} share the code {code}; take one code for each"
    if everywhere and everywhere not in codes:
        yield f"land_cover.everywhere: {everywhere} is not a class; take {alternatives(codes)}"
    if not everywhere and "land_cover" not in paths.input_paths(settings):
        yield "inputs.land_cover: is missing; give a raster, or one class in land_cover.everywhere"


def _light_use(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """Sets of light use efficiencies are columns of the table; what they are fitted to is given."""
    npp, given = settings["npp"], paths.input_paths(settings)
    for kind in npp["fit_epsilon"]:
        if kind not in given:
            yield f"npp.fit_epsilon: {kind} is not among the inputs; give it, or take it out"
    if npp["fit_epsilon"] and (missing := Period(**settings["period"]).missing_calendar_months):
        yield (
            f"npp.fit_epsilon: measured NPP is that of whole years, and no year has {', '.join(missing)}; "
            "take whole years, or take it out"
        )
    wanted = {"npp.epsilon_max": [npp["epsilon_max"]], "npp.spread.epsilon_max": npp["spread"]["epsilon_max"]}
    for key, names in wanted.items():
        for name in names:
            if name not in context.efficiencies:
                take = alternatives(context.efficiencies)
                yield f"{key}: config/land_cover.csv has no column epsilon_{name}; take {take}"


def _events(settings: Mapping[str, Any], context: Context) -> Iterator[str]:
    """Polygons whose events are compared are given, and have years where the basin is simulated."""
    given, virtual = paths.input_paths(settings), paths.is_virtual(settings)
    for kind in settings["change"]["events"]:
        if kind not in given:
            yield f"change.events: {kind} is not among the inputs; give it, or take it out"
    if virtual and settings["change"]["events"] and not settings["virtual_basin"].get("events"):
        yield "change.events: mines of the virtual basin have no years; set virtual_basin.events to true"


_CHECKS: tuple[Callable[[Mapping[str, Any], Context], Iterator[str]], ...] = (
    _period,
    _grid,
    _windows,
    _percentages,
    _acquire,
    fine_images,
    coarse_images,
    _climate,
    _land_cover,
    _light_use,
    _events,
    lambda settings, context: named_files(settings, context.folder),
)
