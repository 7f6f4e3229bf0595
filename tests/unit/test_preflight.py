"""Preflight: the virtual basin passes, and each realistic mistake made in it is told with its file."""

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from nppdrivers import preflight
from nppdrivers.grid import Grid
from nppdrivers.problems import Problem
from nppdrivers.vectors import SURVEY_ATTRIBUTES
from nppdrivers.virtual_basin import simulate

NAMES = {
    "study_area": "study_area.gpkg",
    "river": "river.gpkg",
    "mines": "mines.gpkg",
    "dem": "dem.tif",
    "land_cover": "land_cover.tif",
    "survey": "survey.gpkg",
    "soil_samples": "soil_samples.csv",
    "stations": "stations.csv",
    "weather": "weather.csv",
    "landsat": "landsat",
    "modis": "modis",
    "mod17": "mod17",
    "plots": "plots.csv",
}


@pytest.fixture(scope="module")
def basin(tmp_path_factory) -> Path:
    """Raw folder of a tiny virtual basin of one year."""
    folder = tmp_path_factory.mktemp("basin")
    simulate(folder / "raw", folder / "truth", first_month="2010-01", last_month="2010-12", size=0.1)
    # a handful of scenes is enough here
    scenes = sorted((folder / "raw" / "landsat").iterdir())
    for scene in scenes[3:]:
        shutil.rmtree(scene)
    return folder / "raw"


@pytest.fixture
def raw(basin, tmp_path) -> Path:
    """A copy to be spoilt."""
    return Path(shutil.copytree(basin, tmp_path / "raw"))


def check(raw: Path, names=NAMES, **changed) -> list[Problem]:
    """Check inputs of a folder, all by default."""
    settings = {"first_month": "2010-01", "last_month": "2010-12", "land_cover_codes": [1, 2, 3, 4, 5]}
    settings |= {"variables": ["temperature", "precipitation", "sunshine"], "soil_properties": ["CF", "pH"]}
    return preflight.check_inputs({name: raw / NAMES[name] for name in names}, **settings | changed)


def edit_table(name, change):
    """Change a CSV file through pandas."""

    def mistake(raw):
        table = pd.read_csv(raw / name)
        changed = change(table)
        (table if changed is None else changed).to_csv(raw / name, index=False)
        return name

    return mistake


def edit_layer(name, change, layer=None):
    """Change a layer of a GeoPackage."""

    def mistake(raw):
        content = gpd.read_file(raw / name, layer=layer or Path(name).stem)
        change(content).to_file(raw / name, layer=layer or Path(name).stem)
        return name

    return mistake


def edit_raster(name, change=lambda values: values, **profile):
    """Change the values or the description of a raster."""

    def mistake(raw):
        path = raw / name
        with rasterio.open(path) as source:
            values, about = change(source.read()), source.profile
        about.update(dtype=values.dtype, **profile)
        with rasterio.open(path, "w", **about) as target:
            target.write(values)
        return name

    return mistake


def cut(name, share=0.5):
    """Cut a file off."""

    def mistake(raw):
        path = next(raw.glob(name))
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
        return path.name

    return mistake


def remove(name):
    """Remove a file or folder."""

    def mistake(raw):
        path = next(raw.glob(name))
        path.unlink()
        # what is not there is told of its folder, but the bands of a scene one by one
        return path.name if "landsat" in name else name.split("/")[0]

    return mistake


def rename_columns(name, **names):
    """Rename columns of a CSV file."""
    return edit_table(name, lambda table: table.rename(columns=names))


def exchange(name, one="longitude", other="latitude"):
    """Exchange two columns."""
    return edit_table(name, lambda table: table.rename(columns={one: other, other: one}))


def values_of(variable, change):
    """Change the values of one weather variable."""

    def change_table(table):
        mine = table["variable"] == variable
        table["value"] = table["value"].where(~mine, change(table["value"]))

    return edit_table("weather.csv", change_table)


def cell(name, row, column, value):
    """Change one cell of a table."""

    def change(table):
        table[column] = table[column].astype(object)
        table.loc[row, column] = value

    return edit_table(name, change)


def column(name, column, change):
    """Change one column of a table."""
    return edit_table(name, lambda table: table.assign(**{column: change(table[column])}))


def keep_scenes(number):
    """Keep so many Landsat scenes."""

    def mistake(raw):
        for path in sorted((raw / "landsat").iterdir())[number:]:
            shutil.rmtree(path)
        return "landsat"

    return mistake


def move_raster(name, east):
    """Move a raster by so many of its units."""

    def mistake(raw):
        with rasterio.open(raw / name) as source:
            moved = Affine.translation(east, 0) @ source.transform
        return edit_raster(name, transform=moved)(raw)

    return mistake


def no_projection(name):
    """Write a layer without its coordinate system."""
    return edit_layer(name, lambda layer: layer.set_crs(None, allow_override=True))


def swapped_shapes(layer):
    """Exchange x and y of the corners, in longitude and latitude."""
    layer = layer.to_crs("EPSG:4326")
    return layer.set_geometry(shapely.transform(layer.geometry, lambda points: points[:, ::-1]))


def far_scenes(raw):
    """Give all Landsat rasters the neighbouring zone."""
    for path in (raw / "landsat").rglob("*.TIF"):
        edit_raster(path.relative_to(raw), crs="EPSG:32651")(raw)
    return "_SR_B"


def other_year(raw):
    """Rename all composites to another year."""
    for path in list((raw / "modis").iterdir()):
        path.rename(path.with_name(path.name.replace(".A2010", ".A2003")))
    return "modis"


def no_names(raw):
    """Rename all composites so that their names hold no date."""
    for number, path in enumerate(list((raw / "modis").iterdir())):
        path.rename(path.with_name(f"tile_{number}.hdf"))
    return "modis"


def ready_images(scale):
    """Replace the scenes by a table of two ready images of reflectance x 1e4."""

    def mistake(raw):
        scenes = sorted((raw / "landsat").iterdir())[:2]
        rows = []
        for number, scene in enumerate(scenes):
            with rasterio.open(next(scene.glob("*SR_B3.TIF"))) as source:
                about = source.profile
            values = np.full((2, *source.shape), 600, "int16")
            values[1] = 2500
            about.update(count=2, dtype="int16", nodata=-9999)
            with rasterio.open(raw / f"image{number}.tif", "w", **about) as target:
                target.write(values)
            rows.append((f"image{number}.tif", f"2010-0{number + 4}-01", "TM", 1, 2, scale, 0))
        shutil.rmtree(raw / "landsat")
        names = ["path", "date", "sensor", "red_band", "nir_band", "scale", "offset"]
        pd.DataFrame(rows, columns=names).to_csv(raw / "landsat", index=False)
        return "image0.tif"

    return mistake


def survey_of(name):
    """Write the survey again with the layer goaf under another name."""

    def mistake(raw):
        path = raw / "survey.gpkg"
        layers = {layer: gpd.read_file(path, layer=layer) for layer in SURVEY_ATTRIBUTES}
        path.unlink()
        for layer, content in layers.items():
            content.to_file(path, layer=name if layer == "goaf" else layer)
        return path.name

    return mistake


SOIL = "soil_samples.csv"
MISTAKES = {
    "study area removed": (remove("study_area.gpkg"), "no such file"),
    "study area cut off": (cut("study_area.gpkg", 0.2), "cannot be read"),
    "study area without system": (no_projection("study_area.gpkg"), "no coordinate system"),
    "study area swapped": (edit_layer("study_area.gpkg", swapped_shapes), "swapped"),
    "study area in wrong zone": (
        edit_layer(
            "study_area.gpkg", lambda a: a.to_crs("EPSG:32649").set_crs("EPSG:32651", allow_override=True)
        ),
        "inputs do not touch it",
    ),
    "study area of lines": (edit_layer("study_area.gpkg", lambda a: a.set_geometry(a.boundary)), "holds"),
    "river as polygon": (edit_layer("river.gpkg", lambda a: a.set_geometry(a.buffer(0.001))), "holds"),
    "river elsewhere": (edit_layer("river.gpkg", lambda a: a.set_geometry(a.translate(1e6))), "touches"),
    "mines without system": (no_projection("mines.gpkg"), "no coordinate system"),
    "mines empty": (edit_layer("mines.gpkg", lambda a: a.iloc[:0]), "no feature"),
    "DEM removed": (remove("dem.tif"), "no such file"),
    "DEM cut off": (cut("dem.tif"), "cut off"),
    "DEM without system": (edit_raster("dem.tif", crs=None), "no coordinate system"),
    "DEM in feet": (
        edit_raster("dem.tif", lambda v: np.where(v == -32768, v, v / 0.3048).astype("int16")),
        "looks like feet",
    ),
    "DEM elsewhere": (move_raster("dem.tif", 5), "does not touch"),
    "DEM nodata undeclared": (
        edit_raster(
            "dem.tif", lambda v: np.where(np.arange(v.shape[1])[:, None] % 2, v, -32768), nodata=None
        ),
        "elevation from -32768",
    ),
    "DEM all missing": (edit_raster("dem.tif", lambda v: np.full_like(v, -32768)), "no value"),
    "land cover code unknown": (
        edit_raster("land_cover.tif", lambda v: np.where(v == 2, 12, v).astype("uint8")),
        "12",
    ),
    "land cover without system": (edit_raster("land_cover.tif", crs=None), "no coordinate system"),
    "land cover interpolated": (
        edit_raster("land_cover.tif", lambda v: (v + 0.3).astype("float32")),
        "not whole numbers",
    ),
    "land cover cut off": (cut("land_cover.tif", 0.7), "cut off"),
    "survey layer renamed": (survey_of("goafs"), "layer goaf: no such layer"),
    "survey attribute renamed": (
        edit_layer("survey.gpkg", lambda a: a.rename(columns={"thickness_m": "thickness"}), "goaf"),
        "no attribute thickness_m",
    ),
    "survey severity in per cent": (
        edit_layer("survey.gpkg", lambda a: a.assign(severity=50.0), "seep"),
        "severity is 50",
    ),
    "survey negative depth": (
        edit_layer("survey.gpkg", lambda a: a.assign(depth_m=-3.0), "collapse"),
        "depth_m is -3",
    ),
    "samples swapped": (exchange(SOIL), "swapped"),
    "sample column renamed": (rename_columns(SOIL, sample="id"), "no column sample"),
    "sample property lacking": (rename_columns(SOIL, CF="clay"), "no value of CF"),
    "sample twice": (cell(SOIL, 3, "sample", "P001"), "more than once"),
    "samples at one place": (
        edit_table(SOIL, lambda t: pd.concat([t, t.iloc[[0]].assign(sample="X")])),
        "several rows of one place",
    ),
    "bulk density in kg m-3": (column(SOIL, "BD", lambda v: v * 1000), "kg m-3"),
    "clay as a fraction": (column(SOIL, "CF", lambda v: v / 100), "a fraction"),
    "carbon in per cent": (column(SOIL, "SOC", lambda v: v / 10), "SOC"),
    "pH of 78": (cell(SOIL, 5, "pH", 78), "78 outside 2 to 12"),
    "sample code for missing": (cell(SOIL, 5, "AK", -9999), "leave the cells empty"),
    "sample text in a number": (cell(SOIL, 5, "TN", "<0.1"), "not a number"),
    "samples elsewhere": (column(SOIL, "longitude", lambda v: v - 10), "no point lies in"),
    "samples of another decade": (
        column(SOIL, "date", lambda v: v.str.replace("2015", "1985")),
        "outside the study",
    ),
    "stations swapped": (exchange("stations.csv"), "swapped"),
    "station twice": (cell("stations.csv", 1, "station", "S01"), "more than once"),
    "two stations at one place": (
        edit_table("stations.csv", lambda t: pd.concat([t, t.iloc[[0]].assign(station="X")])),
        "rows of the same longitude, latitude",
    ),
    "stations far away": (column("stations.csv", "longitude", lambda v: v - 60), "km from the study area"),
    "stations in feet": (column("stations.csv", "elevation_m", lambda v: v / 0.3048), "looks like feet"),
    "station without longitude": (cell("stations.csv", 2, "longitude", None), "empty cell"),
    "station unknown": (cell("weather.csv", 7, "station", "S99"), "unknown station S99"),
    "temperature in kelvin": (values_of("temperature", lambda v: v + 273.15), "kelvin"),
    "temperature in 0.1 degC": (values_of("temperature", lambda v: v * 10), "0.1 degC"),
    "precipitation in 0.1 mm": (values_of("precipitation", lambda v: v * 10), "0.1 mm"),
    "precipitation in inches": (values_of("precipitation", lambda v: v / 25.4), "inches"),
    "sunshine in 0.1 h": (values_of("sunshine", lambda v: v * 10), "0.1 h"),
    "humidity as a fraction": (values_of("relative_humidity", lambda v: v / 100), "a fraction"),
    "unit of another kind": (column("weather.csv", "unit", lambda v: v.replace("degC", "K")), "unit is K"),
    "precipitation code 32766": (cell("weather.csv", 800, "value", 32766), "outside"),
    "weather twice": (edit_table("weather.csv", lambda t: pd.concat([t, t.iloc[[3]]])), "rows of the same"),
    "weather date in another form": (
        cell("weather.csv", 9, "date", "1/10/2010"),
        "is not written as expected",
    ),
    "weather of another year": (
        column("weather.csv", "date", lambda v: v.str.replace("2010", "2004")),
        "no temperature",
    ),
    "weather ends early": (edit_table("weather.csv", lambda t: t[t["date"] < "2010-11"]), "2010-11, 2010-12"),
    "weather column renamed": (rename_columns("weather.csv", value="val"), "no column value"),
    "weather empty": (lambda raw: ((raw / "weather.csv").write_text(""), "weather.csv")[1], "cannot be read"),
    "variable misspelt": (
        column("weather.csv", "variable", lambda v: v.replace("sunshine", "sun")),
        "unknown variable",
    ),
    "Landsat one scene": (keep_scenes(1), "1 of 1 images"),
    "Landsat none": (keep_scenes(0), "0 of 0 images"),
    "Landsat band lacking": (remove("landsat/*/*_SR_B4.TIF"), "no such file"),
    "Landsat quality lacking": (remove("landsat/*/*_QA_PIXEL.TIF"), "no such file"),
    "Landsat band cut off": (cut("landsat/*/*_SR_B3.TIF"), "cut off"),
    "Landsat in another zone": (far_scenes, "does not touch"),
    "ready images without scale": (ready_images(1), "check scale (1)"),
    "MODIS one composite lacking": (remove("modis/*A2010097*"), "2010-04-07 are missing"),
    "MODIS composite cut off": (cut("modis/*A2010113*"), "cannot be read"),
    "MODIS of another year": (other_year, "no composite for 2010-01"),
    "MODIS without dates in names": (no_names, "holds no file named as"),
    "MOD17 cut off": (cut("mod17/*", 0.3), "cannot be read"),
    "MOD17 none": (remove("mod17/*"), "no MOD17A3HGF of 2010"),
    "plots swapped": (exchange("plots.csv"), "swapped"),
    "plots in t ha-1": (column("plots.csv", "biomass_g_m2_yr", lambda v: v / 100), "t ha-1 yr-1"),
    "plots of other years": (
        edit_table("plots.csv", lambda t: t.assign(first_year=1990, last_year=1991)),
        "no plot was measured",
    ),
}


# Inputs that a mistake concerns, by the first word of its name
CONCERNED = {
    "study": ["dem"],
    "mines": ["mines"],
    "DEM": ["dem"],
    "land": ["land_cover"],
    "survey": ["survey"],
    **{word: ["soil_samples"] for word in ("sample", "samples", "bulk", "clay", "carbon", "pH")},
    **{word: ["dem", "weather"] for word in ("station", "stations", "two")},
    **{word: ["landsat"] for word in ("Landsat", "ready")},
    **{word: ["weather"] for word in ("temperature", "precipitation", "sunshine", "humidity")},
    **{word: ["weather"] for word in ("unit", "weather", "variable")},
    "river": [],
    "MODIS": ["modis"],
    "MOD17": ["mod17"],
    "plots": ["plots"],
}


def test_clean_basin_has_no_problem(basin):
    """The virtual basin passes without any message."""
    problems = check(basin)
    assert preflight.report(problems) == "All inputs are in order.\n"


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told(basin, tmp_path, name):
    """A mistake is told with the file it is in and what it is."""
    mistake, told = MISTAKES[name]
    raw = tmp_path / "raw"
    concerned = {"study_area", "river", "stations", *CONCERNED[name.split()[0]]}
    for path in (NAMES[one] for one in concerned):
        copy = shutil.copytree if (basin / path).is_dir() else shutil.copy
        raw.mkdir(exist_ok=True)
        copy(basin / path, raw / path)
    file = mistake(raw)
    problems = check(raw, concerned)
    text = preflight.report(problems)
    assert any(file in problem.file for problem in problems), text
    assert told in text
    assert all(problem.remedy for problem in problems)


def test_there_are_at_least_sixty_mistakes():
    """The table of mistakes is as long as promised."""
    assert len(MISTAKES) >= 60


def test_problems_of_all_inputs_come_together(raw):
    """Mistakes in four inputs give messages about all four, grouped by file."""
    for name in ("DEM in feet", "samples swapped", "temperature in kelvin", "Landsat one scene"):
        MISTAKES[name][0](raw)
    problems = check(raw)
    assert {Path(problem.file).name for problem in problems} == {
        "dem.tif",
        "soil_samples.csv",
        "weather.csv",
        "landsat",
    }
    text = preflight.report(problems)
    assert text.startswith(f"{len(problems)} problems in the inputs\n")
    assert [text.index(name) for name in ("dem.tif", "soil_samples.csv", "weather.csv")] == sorted(
        text.index(name) for name in ("dem.tif", "soil_samples.csv", "weather.csv")
    )


def test_absent_inputs_are_not_checked(basin):
    """Only what is given is checked; a run without a study area uses its grid."""
    grid = Grid.around((652000, 3935000, 655000, 3938000), "EPSG:32649", 30)
    problems = preflight.check_inputs(
        {"modis": basin / "modis"},
        first_month="2010-01",
        last_month="2010-12",
        land_cover_codes=[],
        grid=grid,
    )
    assert problems == []


def test_study_outside_the_data(basin):
    """Another period than that of the data is told for weather, MODIS and Landsat."""
    problems = check(basin, first_month="2018-01", last_month="2018-12")
    assert {Path(problem.file).name for problem in problems} >= {
        "weather.csv",
        "modis",
        "mod17",
        "landsat",
        "plots.csv",
    }
    assert date(2018, 1, 1).isoformat()[:7] in preflight.report(problems)
