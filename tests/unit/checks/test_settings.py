"""Wrong settings: each gives one line that names the setting and what to do, and all come together."""

import copy
import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from nppdrivers.acquire.site import OWNER, can_go_on, completed, site_sources
from nppdrivers.checks.schema import MOVED
from nppdrivers.checks.settings import Context, class_codes, setting_problems, setting_remarks
from nppdrivers.inputs import paths

REPOSITORY = Path(__file__).resolve().parents[3]
DEFAULTS = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text(encoding="utf-8"))
SCHEMA = yaml.safe_load((REPOSITORY / "config/schema.yaml").read_text(encoding="utf-8"))
with (REPOSITORY / "config/land_cover.csv").open(encoding="utf-8", newline="") as table:
    LAND_COVER = list(csv.DictReader(table))
CONTEXT = Context(LAND_COVER, REPOSITORY)
# inputs of a site, all of them files that exist
INPUTS = {
    name: "config.yaml" for name in ("study_area", "landsat", "coarse", "stations", "weather", "land_cover")
}


def merged(settings, changes):
    """Settings with changes at any depth, as Snakemake merges files of settings."""
    result = copy.copy(settings)
    for key, value in changes.items():
        inner = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if inner else value
    return result


def problems_of(**changes):
    """Problems of the default settings with changes."""
    return setting_problems(merged(DEFAULTS, changes), SCHEMA, CONTEXT)


def site(**inputs):
    """Settings of a site with inputs of its own; None removes one."""
    return {"inputs": INPUTS | inputs, "data": str(REPOSITORY / "config")}


WRONG = {
    # keys and choices
    "braces in a path": (
        site(survey="{a}.gpkg"),
        "inputs.survey: {a}.gpkg has braces, which stand for wildcards in Snakemake; give it another name",
    ),
    "misspelt key": (
        {"landsat": {"harmonize": "none"}},
        "landsat.harmonize: there is no such setting; did you mean harmonise?",
    ),
    "key of an earlier version": (
        {"ndvi_smoothing": {"method": "whittaker"}},
        "ndvi_smoothing: there is no such setting; it is ndvi.smoothing now",
    ),
    "choice of an earlier version": (
        {"monthly_ndvi": "mvc"},
        "monthly_ndvi: there is no such setting; it is ndvi.monthly now",
    ),
    "section of an earlier version": (
        {"attribution": {"bootstraps": 50}},
        "attribution.bootstraps: there is no such setting; it is attribution.resampling.replicates now",
    ),
    "misspelt section": ({"fuison": {}}, "fuison: there is no such setting; did you mean fusion?"),
    "misspelt input": (
        site(studyarea="a.gpkg"),
        "inputs.studyarea: there is no such setting; did you mean study_area?",
    ),
    "key deep inside": (
        {"attribution": {"forests": {"tree": 5}}},
        "attribution.forests.tree: there is no such setting; did you mean trees?",
    ),
    "key like no other": (
        {"virtual_basin": {"qqq": 5}},
        "virtual_basin.qqq: there is no such setting; take size, seed, events, coarse, fine or modis_until",
    ),
    "virtual basin before MODIS": (
        {"period": {"first_month": "1999-01"}},
        "period: its sensors have no whole year before 2001; begin the basin then or later",
    ),
    "events of an input that is not there": (
        {"change": {"events": ["zones"]}, "virtual_basin": {"events": True}},
        "change.events: zones is not among the inputs; give it, or take it out",
    ),
    "events of mines without years": (
        {"change": {"events": ["mines"]}},
        "change.events: mines of the virtual basin have no years; set virtual_basin.events to true",
    ),
    "choice": (
        {"npp": {"water": "bathtub"}},
        "npp.water: bathtub is not a choice; take zhou_zhang, bucket or none",
    ),
    "misspelt choice": (
        {"landsat": {"harmonise": "roy2016_rna"}},
        "landsat.harmonise: roy2016_rna is not a choice; take roy2016_rma, roy2016_ols, none or refit "
        "(did you mean roy2016_rma?)",
    ),
    "choice that YAML reads as false": (
        {"landsat": {"slc_off": False}},
        "landsat.slc_off: false is not a choice; take keep or drop",
    ),
    "choice in a list": (
        {"npp": {"intermediates": ["fpar", "apra"]}},
        "npp.intermediates: apra is not a choice; take fpar, apar, t1, t2, ep0, eet, pet, water or epsilon "
        "(did you mean apar?)",
    ),
    "misspelt virtual basin": (
        {"inputs": "virtual basin"},
        "inputs: virtual basin is not a choice; take virtual_basin or a table, as in {key: value} "
        "(did you mean virtual_basin?)",
    ),
    "word for a number or gcv": (
        {"ndvi": {"smoothing": {"smoothness": "high"}}},
        "ndvi.smoothing.smoothness: high is not a choice; take gcv or a number",
    ),
    "calibrated misspelt": (
        {"climate": {"angstrom": "calibrate"}},
        "climate.angstrom: calibrate is not as expected; take calibrated",
    ),
    "one coefficient": (
        {"climate": {"angstrom": {"a": 0.25, "b": None}}},
        "climate.angstrom.b: null is null; take a number",
    ),
    "column of a table": (
        {"columns": {"stations": {"longtude": "x"}}},
        "columns.stations: longtude is not a name of this table; did you mean longitude?",
    ),
    # types and ranges
    "text for a number": ({"fusion": {"window": "wide"}}, "fusion.window: wide is text; take a whole number"),
    "number for text": ({"title": 5}, "title: 5 is a whole number; take text"),
    "fraction for a whole number": (
        {"fusion": {"classes": 3.5}},
        "fusion.classes: 3.5 is a number; take a whole number",
    ),
    "word for a list": (
        {"coarse": {"products": "MOD13Q1"}},
        "coarse.products: MOD13Q1 is text; take a list, as in [a, b]",
    ),
    "section left empty": ({"soil": None}, "soil: null is null; take a table, as in {key: value}"),
    "coarse missing": (
        {"inputs": {name: path for name, path in INPUTS.items() if name != "coarse"}, "data": site()["data"]},
        "inputs.coarse: is missing; give the folder of the composites",
    ),
    "too large": (
        {"npp": {"ndvi_max_percentile": 950}},
        "npp.ndvi_max_percentile: 950 is too large; take a number from 50 to 100",
    ),
    "number of a choice too large": (
        {"ndvi": {"smoothing": {"smoothness": 50}}},
        "ndvi.smoothing.smoothness: 50 is too large; take a number above 0 to 10",
    ),
    "list too long": (
        {"coarse": {"products": ["MOD13A1", "MYD13A1", "VNP13A1", "VJ113A1", "MOD13Q1"]}},
        "coarse.products: [MOD13A1, MYD13A1, VNP13A1, VJ113A1, MOD13Q1] has too many values; take at most 4",
    ),
    "empty list": ({"coarse": {"products": []}}, "coarse.products: [] has too few values; take at least 1"),
    "value twice": (
        {"soil": {"properties": ["pH", "pH"]}},
        "soil.properties: [pH, pH] has a value twice; take each once",
    ),
    "even window in a list": (
        {"attribution": {"local": {"window_sweep": [5, 8]}}},
        "attribution.local.window_sweep: 8 is even; take an odd number",
    ),
    "blank in the site": (
        {"site": "my site"},
        "site: my site is not as expected; take letters, digits, _ and -",
    ),
    "braces in the title": (
        {"title": "A {x}"},
        "title: A {x} is not as expected; take one line without braces",
    ),
    "control character in the title": (
        {"title": "A\x07"},
        "title: A\x07 is not as expected; take one line without braces",
    ),
    # percent and fractions
    "fraction for per cent": (
        {"fusion": {"min_base_percent": 0.8}},
        "fusion.min_base_percent: 0.8 is too small; take a number from 10 to 100: it is percent, as in 80",
    ),
    "fraction that the range allows": (
        {"climate": {"min_days_percent": 0.9}},
        "climate.min_days_percent: 0.9 is less than one per cent; take per cent, as in 90",
    ),
    "per cent for a fraction": (
        {"attribution": {"local": {"significance": 5}}},
        "attribution.local.significance: 5 is too large; take a number above 0 below 1: "
        "it is a fraction, as in 0.05",
    ),
    "radiation that is not listed": (
        site(climate_rasters={"solar_radiation": "config.yaml"}),
        "inputs.climate_rasters.solar_radiation: climate.variables lacks solar_radiation; "
        "list it there in place of sunshine, or leave the raster out",
    ),
    # months
    "month 13": (
        {"period": {"first_month": "2013-13"}},
        "period.first_month: 2013-13 is not a month; take YYYY-MM with 01 to 12",
    ),
    "date without quotes": (
        {"period": {"first_month": date(2013, 1, 1)}},
        "period.first_month: 2013-01-01 is a date; take text, in quotes",
    ),
    "year alone": (
        {"period": {"first_month": "2013"}},
        'period.first_month: 2013 is not as expected; take a month as "YYYY-MM", in quotes',
    ),
    "months exchanged": (
        {"period": {"first_month": "2014-01", "last_month": "2013-12"}},
        "period: 2014-01 comes after 2013-12; exchange the two",
    ),
    "part of a year of the virtual basin": (
        {"period": {"last_month": "2015-10"}},
        "period: the virtual basin is simulated in whole years; take 2010-01 to 2015-12",
    ),
    # grid and windows
    "cell in degrees": (
        {"grid": {"cell_size_m": 0.00027}},
        "grid.cell_size_m: 0.00027 is less than a metre, as if in degrees; take metres, as in 30",
    ),
    "no area": (
        site(study_area=None),
        "inputs.study_area: is missing; give it, or a raster whose grid is taken in grid.like",
    ),
    "grid of no raster": (
        site() | {"grid": {"like": "config.yml"}},
        f"grid.like: {REPOSITORY / 'config' / 'config.yml'} does not exist; did you mean config.yaml?",
    ),
    "even window": ({"fusion": {"window": 50}}, "fusion.window: 50 is even; take an odd number of cells"),
    "even window of the local correlation": (
        {"attribution": {"local": {"window": 10}}},
        "attribution.local.window: 10 is even; take an odd number of cells",
    ),
    "even window of dates": (
        {"ndvi": {"smoothing": {"window": 6}}},
        "ndvi.smoothing.window: 6 is even; take an odd number of dates",
    ),
    "degree of the window": (
        {"ndvi": {"smoothing": {"window": 5, "degree": 5}}},
        "ndvi.smoothing.degree: 5 is not less than the window; take a lower degree",
    ),
    # images
    "MODIS and VIIRS without a month of change": (
        {**site(), "coarse": {"products": ["MOD13A1", "VNP13A1"]}},
        "coarse.change: is missing; give the first month, YYYY-MM, of VIIRS in place of MODIS, or both",
    ),
    "both, where MODIS has composites on all days of VIIRS": (
        {**site(), "coarse": {"products": ["MOD13A1", "MYD13A1", "VNP13A1"], "change": "both"}},
        "coarse.change: both would never take VIIRS, as Terra and Aqua begin on all of its days; leave "
        "one of them out of coarse.products, or give the first month of VIIRS",
    ),
    "both of one sensor": (
        {**site(), "coarse": {"change": "both"}},
        "coarse.change: the products are of one sensor; add those of the other one, or take null",
    ),
    "change of one sensor": (
        {**site(), "coarse": {"change": "2013-01"}},
        "coarse.change: the products are of one sensor; add those of the other one, or take null",
    ),
    "virtual basin without these composites": (
        {"coarse": {"products": ["VNP13A1"]}},
        "coarse.products: the virtual basin writes MOD13Q1, not VNP13A1; take what it writes, or change "
        "virtual_basin.coarse (modis)",
    ),
    "products of different width": (
        {"coarse": {"products": ["MOD13Q1", "MYD13A1"]}},
        "coarse.products: pixels of different width, MOD13Q1 (232 m) and MYD13A1 (463 m); "
        "take products of equal width",
    ),
    "two kinds of fine images": (
        site(fine_images="config.yaml"),
        "inputs: landsat and fine_images are both given or both missing; give one of the two",
    ),
    "no fine images": (
        site(landsat=""),
        "inputs: landsat and fine_images are both given or both missing; give one of the two",
    ),
    "bands of ready images": (
        site(landsat=None, fine_images="config.yaml") | {"fusion": {"layers": "bands"}},
        "fusion.layers: bands needs scenes (inputs.landsat, hls or sentinel2); take ndvi",
    ),
    "bands with a refit": (
        {"fusion": {"layers": "bands"}, "landsat": {"harmonise": "refit"}},
        "fusion.layers: bands cannot be harmonised by landsat.harmonise: refit; change one",
    ),
    # climate
    "no precipitation": (
        {"climate": {"variables": ["temperature", "sunshine"]}},
        "climate.variables: precipitation is missing; add it, NPP cannot be simulated without",
    ),
    "no temperature": (
        {"climate": {"variables": ["precipitation", "solar_radiation"]}},
        "climate.variables: temperature is missing; add it, NPP cannot be simulated without",
    ),
    "no radiation": (
        {"climate": {"variables": ["temperature", "precipitation", "wind_speed"]}},
        "climate.variables: nothing gives radiation; add sunshine or solar_radiation",
    ),
    "no weather": (
        site(weather=None),
        "inputs.weather: is missing; give it, monthly_weather, or climate_rasters of every variable",
    ),
    "tidy table without stations": (
        site(stations=None) | {"climate": {"weather_format": "tidy"}},
        "inputs.stations: is missing; a tidy table of weather does not say where its stations are",
    ),
    # land cover
    "two classes of one code": (
        {"land_cover": {"codes": {"forest": 1, "water": 5, "bare": 5}}},
        "land_cover.codes: water and bare share the code 5; take one code for each",
    ),
    "misspelt class": (
        {"land_cover": {"codes": {"forrest": 1, "water": 5}}},
        "land_cover.codes.forrest: is not a class of config/land_cover.csv; did you mean forest?",
    ),
    "class without a row": (
        {"land_cover": {"codes": {"orchard": 7}}},
        "land_cover.codes.orchard: is not a class of config/land_cover.csv; add a row for it",
    ),
    "class everywhere": (
        {"land_cover": {"everywhere": "tundra"}},
        "land_cover.everywhere: tundra is not a class; take forest, grassland, farmland, construction "
        "or water",
    ),
    "no land cover": (
        site(land_cover=None),
        "inputs.land_cover: is missing; give a raster, or one class in land_cover.everywhere",
    ),
    "efficiencies": (
        {"npp": {"epsilon_max": "zhu2006"}},
        "npp.epsilon_max: config/land_cover.csv has no column epsilon_zhu2006; take zhu2007, zhu2007_mixed, "
        "feng2014, pan2017 or global",
    ),
    "fit to a table that is not given": (
        site() | {"npp": {"fit_epsilon": ["npp_points"]}},
        "npp.fit_epsilon: npp_points is not among the inputs; give it, or take it out",
    ),
    "fit of whole years to a part of one": (
        site(npp_points="config.yaml")
        | {
            "npp": {"fit_epsilon": ["npp_points"]},
            "period": {"first_month": "2010-02", "last_month": "2010-11"},
        },
        "npp.fit_epsilon: measured NPP is that of whole years, and no year has January, December; "
        "take whole years, or take it out",
    ),
    "efficiencies of the spread": (
        {"npp": {"spread": {"epsilon_max": ["zhu2007", "other"]}}},
        "npp.spread.epsilon_max: config/land_cover.csv has no column epsilon_other; take zhu2007, "
        "zhu2007_mixed, feng2014, pan2017 or global",
    ),
    # files
    "input that does not exist": (
        site(dem="config.yam"),
        f"inputs.dem: {REPOSITORY / 'config' / 'config.yam'} does not exist; did you mean config.yaml?",
    ),
    "folder that does not exist": (
        site() | {"data": "/no/such/folder"},
        "data: /no/such/folder does not exist; correct the path",
    ),
    "judgements that do not exist": (
        {"mining": {"judgements": "config/ahp_matrx.csv"}},
        "mining.judgements: config/ahp_matrx.csv does not exist; did you mean ahp_matrix.csv?",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_gives_one_line(name):
    """A wrong setting gives one line: its key, what is wrong, and what to take."""
    changes, message = WRONG[name]
    assert problems_of(**changes) == [message]


@pytest.mark.parametrize("name", ["config", "example_site", "boreal"])
def test_settings_of_the_project_have_no_problem(name, monkeypatch):
    """The default settings and those of the example sites are right, but for the files of the sites."""
    monkeypatch.chdir(REPOSITORY)
    own = yaml.safe_load((REPOSITORY / f"config/{name}.yaml").read_text(encoding="utf-8"))
    problems = problems_of(**own)
    assert [problem for problem in problems if "does not exist" not in problem] == []
    assert bool(problems) == (name != "config")


def test_all_mistakes_come_together():
    """Differences from the schema and what it cannot express are one list, every mistake a line."""
    names = (
        "misspelt key",
        "choice",
        "even window",
        "two classes of one code",
        "fraction that the range allows",
    )
    changes, messages = {}, []
    for name in names:
        changes = merged(changes, WRONG[name][0])
        messages.append(WRONG[name][1])
    assert sorted(problems_of(**changes)) == sorted(messages)


def test_a_setting_of_the_wrong_kind_hides_no_other():
    """A section that is not one breaks checks of its own; the others still report."""
    found = problems_of(period="2010", ndvi=[], fusion={"window": 50}, npp={"epsilon_max": "none"})
    assert [line.split(":")[0] for line in found] == ["period", "ndvi", "npp.epsilon_max"]


def test_every_missing_file_is_named():
    """Each path that does not exist is a line with its own key, ready rasters among them."""
    settings = site(
        dem="a.tif", soil_rasters={"SOC": "b.tif"}, climate_rasters={"temperature": "t_{year}.tif"}
    ) | {"period": {"first_month": "2010-01", "last_month": "2011-12"}}
    keys = [line.split(":")[0] for line in problems_of(**settings)]
    rasters = ["inputs.soil_rasters.SOC", *["inputs.climate_rasters.temperature"] * 2]
    assert keys == ["inputs.dem", *rasters]


@pytest.mark.parametrize(
    "changes",
    [
        {"landsat": {"min_scene_percent": 0.5}},
        {"npp": {"spread": {"radiation_percent": [-0.1, 0, 0.1]}}},
    ],
)
def test_small_percentages_may_be_meant(changes):
    """Half a per cent is accepted, and the page of the checks asks whether a fraction was meant."""
    assert problems_of(**changes) == []
    ((key, message, remedy),) = setting_remarks(merged(DEFAULTS, changes))
    assert key.endswith("_percent")
    assert message.endswith("is less than one per cent")
    assert remedy.split()[1] in ("50", "10")


def test_missing_calendar_months_are_remarked():
    """Three months are no year to add up; whole years are, and so is a year from July to June."""
    changes = {"first_month": "2010-04", "last_month": "2010-06"}
    ((key, message, _),) = setting_remarks(merged(DEFAULTS, {"period": changes}))
    assert key == "period"
    assert "no year has January, February, March, July" in message
    assert setting_remarks(DEFAULTS) == []
    year = {"first_month": "2010-07", "last_month": "2011-06"}
    assert setting_remarks(merged(DEFAULTS, {"period": year})) == []


def test_codes_are_those_of_the_table_or_of_the_settings():
    """Without codes each class has that of its row, and one without is left out; given ones replace all."""
    table = class_codes(DEFAULTS, LAND_COVER)
    assert table == {"forest": 1, "grassland": 2, "farmland": 3, "construction": 4, "water": 5}
    floats = [row | {"code": row["code"] and f"{row['code']}.0"} for row in LAND_COVER]
    assert class_codes(DEFAULTS, floats) == table
    own = merged(DEFAULTS, {"land_cover": {"codes": {"bare": 60, "forest": 10}}})
    assert class_codes(own, LAND_COVER) == {"bare": 60, "forest": 10}


def test_ready_images_may_be_listed_beside_the_settings(tmp_path, monkeypatch):
    """The table of ready images is found in the working directory or in the folder of the data."""
    monkeypatch.chdir(tmp_path)
    settings = {"inputs": {"fine_images": "images.csv"}, "data": "data", "site": "a"}
    assert paths.input_paths(settings) == {"fine_images": "data/images.csv"}
    (tmp_path / "images.csv").touch()
    assert paths.input_paths(settings) == {"fine_images": "images.csv"}


@pytest.mark.parametrize("place", MOVED.values())
def test_moved_settings_are_settings(place):
    """Each new place of a moved setting is in the schema."""
    part = SCHEMA
    for key in place.split("."):
        part = part["properties"][key]
    assert part["description"]


def acquired(data="", **changes):
    """Settings of a site that names an area and nothing else, with changes."""
    acquire = {"area": str(REPOSITORY / "README.md"), **changes}
    return {"site": "changhe", "data": str(data), "acquire": acquire}


def test_an_area_alone_is_a_site(tmp_path):
    """What is fetched later is not missing yet; the settings that follow from it are filled in."""
    settings = merged(DEFAULTS, acquired(tmp_path))
    assert setting_problems(settings, SCHEMA, CONTEXT) == []
    done = completed(settings)
    given = paths.input_paths(done)
    assert given["landsat"] == f"{tmp_path}/raw/changhe/landsat" and given["weather"].startswith(
        str(tmp_path)
    )
    assert done["climate"]["variables"][-1] == "solar_radiation"
    assert set(done["inputs"]["climate_rasters"]) == {"solar_radiation", "relative_humidity", "wind_speed"}
    assert set(done["inputs"]["soil_rasters"]) == {"CF", "SOC", "TN", "pH", "BD"}
    assert (DEFAULTS["title"], done["title"]) == (paths.VIRTUAL_TITLE, "changhe")
    assert completed(done) == done


def test_what_the_settings_give_is_not_fetched(tmp_path):
    """An input that is given stays, and its source has no jobs."""
    dem = str(REPOSITORY / "README.md")
    settings = merged(DEFAULTS, acquired(tmp_path) | {"inputs": {"dem": dem, "weather": dem}})
    assert completed(settings)["inputs"]["dem"] == dem
    assert "climate_rasters" not in completed(settings)["inputs"]
    assert setting_problems(settings, SCHEMA, CONTEXT) == []
    words = {source.source for source in site_sources(settings)}
    assert words == {"landsat", "modis", "mod17", "land_cover", "soilgrids"}


WRONG_ACQUISITIONS = {
    "acquire.area": ({"area": "/no/such/area.gpkg"}, "does not exist"),
    "acquire.catalogue": ({"catalogue": "planetarycomputer"}, "is no web address"),
    "acquire.tokens.address": ({"tokens": {"address": "https://a.b/token"}}, "lacks {collection}"),
    "acquire.addresses.ghcn": ({"addresses": {"ghcn": "https://me:SECRET@a.b/"}}, "a password or a query"),
    "acquire.sources": (
        {"sources": ["landsat", "modis", "land_cover", "ghcn", "gsod", "terraclimate"]},
        "take one of them",
    ),
    "inputs.land_cover": ({"sources": ["landsat", "modis", "terraclimate"]}, "is missing"),
    "inputs": ({"sources": ["modis", "land_cover", "terraclimate"]}, "landsat and fine_images"),
}


@pytest.mark.parametrize("key", WRONG_ACQUISITIONS)
def test_a_wrong_acquisition_is_named(key):
    """Each mistake in what is to be fetched is one line with its setting."""
    changes, words = WRONG_ACQUISITIONS[key]
    (line,) = problems_of(**acquired(**changes))
    assert line.startswith(f"{key}: ") and words in line


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"sources": []}, "acquire.sources: [] has too few values; take at least 1"),
        (
            {"folder": "raw/{me}"},
            "acquire.folder: raw/{me} has braces, which stand for wildcards in Snakemake",
        ),
        ({"area": "/a/{b}.gpkg"}, "acquire.area: /a/{b}.gpkg has braces"),
    ],
)
def test_what_hides_behind_a_wrong_acquisition_is_not_reported(changes, line):
    """Without sources, or with a path that Snakemake cannot use, the inputs that follow are no problems."""
    (found,) = problems_of(**acquired(**changes))
    assert found.startswith(line)


def test_an_area_that_does_not_exist_is_named_beside_a_given_study_area():
    """The polygon to fetch for is looked for also where the study area is another file."""
    given = {"inputs": {"study_area": str(REPOSITORY / "README.md")}}
    (line,) = problems_of(**acquired(area="/no/such/area.gpkg"), **given)
    assert line.startswith("acquire.area: /no/such/area.gpkg does not exist")


@pytest.mark.parametrize("settings", [{}, {"site": "mine", "inputs": {"dem": "dem.tif"}}])
def test_fetching_without_an_area_names_the_area_alone(settings):
    """Who wants to fetch is asked for the area, not for the inputs that are to be fetched."""
    line = "acquire.area: is missing; give the polygon to fetch data for"
    fetching = replace(CONTEXT, fetches=True)
    assert setting_problems(merged(DEFAULTS, settings), SCHEMA, fetching) == [line]
    assert setting_problems(merged(DEFAULTS, acquired()), SCHEMA, fetching) == []
    (wrong,) = setting_problems(merged(DEFAULTS, {"acquire": "area.gpkg"}), SCHEMA, fetching)
    assert wrong.startswith("acquire: ") and "area.gpkg" in wrong


def test_nothing_left_to_fetch_is_named():
    """Where the settings give all that the sources have, there is nothing to fetch."""
    given = {"inputs": {"dem": str(REPOSITORY / "README.md")}}
    assert "acquire.sources: nothing is left to fetch" in problems_of(**acquired(sources=["dem"]), **given)[0]


def test_a_folder_belongs_to_one_site(tmp_path):
    """Raw data of another site in the same folder are refused, those of this site are not."""
    owner = tmp_path / "raw/changhe" / OWNER
    owner.parent.mkdir(parents=True)
    owner.write_text("other\n")
    (line,) = problems_of(**acquired(tmp_path))
    assert line.startswith(f"acquire.folder: {tmp_path}/raw/changhe has the raw data of the site other")
    owner.write_text("changhe\n")
    assert problems_of(**acquired(tmp_path)) == []


def test_a_call_goes_on_only_where_it_can(tmp_path):
    """After a failed server the command to go on is shown; not for an area in the sea, nor offline."""
    settings, log = merged(DEFAULTS, acquired(tmp_path)), tmp_path / "search.log"
    log.write_text("nppdrivers.inputs.problems.InputError: the area seems to lie in the sea")
    assert not can_go_on(settings, str(log))
    log.write_text("nppdrivers.acquire.network.web.NoAnswerError: no answer")
    assert can_go_on(settings, str(log))
    assert not can_go_on(merged(settings, {"acquire": {"offline": True}}), str(log))
    plan = tmp_path / "raw/changhe/acquire/plan.csv"
    plan.parent.mkdir(parents=True)
    plan.touch()
    assert can_go_on(settings, "/no/log")


def test_a_misspelt_source_is_the_only_problem():
    """What cannot be known with an unknown source is not called missing."""
    (line,) = problems_of(**acquired(sources=["landsatt"]))
    assert line.startswith("acquire.sources: landsatt is not a choice")


def test_an_acquired_site_has_a_name_of_its_own():
    """Results of a site do not land in those of the virtual basin."""
    (line,) = problems_of(acquire=acquired()["acquire"])
    assert line == "site: is that of the virtual basin; give the site a name of its own"
