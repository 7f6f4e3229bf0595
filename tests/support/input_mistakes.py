"""Realistic mistakes in the raw inputs of a tiny virtual basin, each with what must be reported about it.

A mistake is a function that spoils a folder of raw inputs and returns the name of the file to be blamed.
"""

import re
import shutil
import tarfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from house import REPOSITORY
from pyhdf.SD import SD, SDC

from nppdrivers.checks import inspection
from nppdrivers.checks.inspection import Inspection
from nppdrivers.checks.later_jobs.plan import Plan
from nppdrivers.checks.study import Study
from nppdrivers.inputs.hazards.survey import SURVEY_ATTRIBUTES
from nppdrivers.period import Period
from nppdrivers.virtual_basin.simulation import simulate

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
    "coarse": "coarse",
    "mod17": "mod17",
    "plots": "plots.csv",
}
# inputs that the virtual basin does not bring
OTHERS = {
    "monthly_weather": "monthly.csv",
    "climate_raster_precipitation_2010": "precipitation.tif",
    "climate_raster_solar_radiation_2010": "radiation.tif",
    "soil_raster_pH": "pH.tif",
    "npp_points": "npp_points.csv",
    "zones": "zones.gpkg",
    "mining.indicators": "hazard_indicators.csv",
    "mining.judgements": "ahp_matrix.csv",
}
NEEDED = {
    "period": Period("2010-01", "2010-12"),
    "land_cover_codes": [1, 2, 3, 4, 5],
    "variables": ["temperature", "precipitation", "sunshine"],
    "soil_properties": ["CF", "pH"],
    "min_base_percent": 60,
    "plan": Plan(
        class_codes={"forest": 1, "grassland": 2, "farmland": 3, "construction": 4, "water": 5},
    ),
}
RAIN = np.array([5, 9, 20, 32, 55, 75, 140, 110, 75, 38, 17, 6.0])
SUN = np.array([290, 330, 460, 550, 630, 610, 570, 530, 430, 380, 300, 270.0])


def write_basin(folder: Path, seed: int = 2022) -> Path:
    """Write the raw inputs of a tiny virtual basin of one year and three clear scenes; their folder."""
    raw = folder / "raw"
    simulate(raw, folder / "truth", first_month="2010-01", last_month="2010-12", size=0.1, seed=seed)
    scenes = sorted((raw / "landsat").iterdir(), key=clouds)
    for scene in scenes[3:]:
        shutil.rmtree(scene)
    write_others(raw)
    return raw


def clouds(scene: Path) -> float:
    """Share of a scene that is not clear."""
    with rasterio.open(next(scene.glob("*QA_PIXEL.TIF"))) as source:
        return float(np.mean(source.read(1) & 0b11_1111 != 0))


def write_others(raw: Path) -> None:
    """Write a monthly table, ready rasters, points and zones that fit the basin."""
    weather, stations = pd.read_csv(raw / "weather.csv"), pd.read_csv(raw / "stations.csv")
    weather["month"] = weather["date"].str[:7]
    weather = weather.dropna(subset="value")  # the sum of nothing is no dry month
    by_month = weather.groupby(["station", "month", "variable"])["value"].agg(["sum", "mean"]).reset_index()
    total = by_month["variable"].isin(["precipitation", "sunshine"])
    by_month["value"] = by_month["sum"].where(total, by_month["mean"])
    wide = by_month.pivot(index=["station", "month"], columns="variable", values="value").reset_index()
    wide.merge(stations.drop(columns="name"), on="station").to_csv(raw / "monthly.csv", index=False)
    with rasterio.open(raw / "land_cover.tif") as source:
        about, shape = source.profile | {"dtype": "float32", "nodata": np.nan}, source.shape
    for name, months in {"precipitation": RAIN, "radiation": SUN, "pH": np.array([7.8])}.items():
        values = np.broadcast_to(months[:, None, None], (len(months), *shape)).astype("float32")
        with rasterio.open(raw / f"{name}.tif", "w", **about | {"count": len(months)}) as target:
            target.write(values)
    samples = pd.read_csv(raw / "soil_samples.csv").head(5)
    points = samples[["longitude", "latitude"]].assign(
        place=list("ABCDE"), npp_gC_m2_yr=[210, 320, 280, 410, 350]
    )
    points.to_csv(raw / "npp_points.csv", index=False)
    gpd.read_file(raw / "mines.gpkg").to_file(raw / "zones.gpkg")
    for name in ("hazard_indicators.csv", "ahp_matrix.csv"):
        shutil.copy(REPOSITORY / "config" / name, raw / name)


def inspect(raw: Path, names=tuple(NAMES | OTHERS), **changed) -> Inspection:
    """Check inputs of a folder, all by default."""
    files = NAMES | OTHERS
    return inspection.inspect(Study({name: raw / files[name] for name in names}, **NEEDED | changed))


def copy_inputs(basin: Path, raw: Path, names) -> None:
    """Copy these inputs to another folder."""
    raw.mkdir(exist_ok=True)
    for path in ((NAMES | OTHERS)[name] for name in names):
        copy = shutil.copytree if (basin / path).is_dir() else shutil.copy
        copy(basin / path, raw / path)


def inputs_of(name: str) -> set[str]:
    """Inputs that a mistake of this name concerns."""
    return {"study_area", "river", "stations", *CONCERNED[name.split()[0]]}


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


def holes(value):
    """Set two blocks of cells to a value, without declaring it as nodata."""

    def change(values):
        values = values.copy()
        rows, columns = values.shape[1] // 2, values.shape[2] // 2
        values[:, rows : rows + 3, columns : columns + 4] = value
        values[:, rows - 5, columns - 5 : columns] = value
        return values

    return change


def east_half(values):
    """Cells of the eastern half."""
    return np.broadcast_to(np.arange(values.shape[-1]) > values.shape[-1] / 2, values.shape)


def unit_tag(name, unit):
    """State a unit of the first band."""

    def mistake(raw):
        with rasterio.open(raw / name, "r+") as target:
            target.units = (unit,) * target.count
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
        # a missing file is reported with its folder, but the bands of a scene one by one
        return path.name if "landsat" in name else name.split("/")[0]

    return mistake


def rename_columns(name, **names):
    """Rename columns of a CSV file."""
    return edit_table(name, lambda table: table.rename(columns=names))


def exchange(name, one="longitude", other="latitude"):
    """Exchange two columns."""
    return edit_table(name, lambda table: table.rename(columns={one: other, other: one}))


def values_of(variable, change, station=None):
    """Change the values of one weather variable, at one station or at all."""

    def change_table(table):
        mine = (table["variable"] == variable) & ((table["station"] == station) | (station is None))
        table["value"] = table["value"].where(~mine, change(table["value"]))

    return edit_table("weather.csv", change_table)


def values_between(variable, first, last, value, station="S01"):
    """Give the days of a station the same value."""

    def change(table):
        mine = (table["variable"] == variable) & (table["station"] == station)
        table.loc[mine & table["date"].between(first, last), "value"] = value

    return edit_table("weather.csv", change)


def codes(variable, code, station="S01"):
    """Write a code in the place of every fortieth value of a station."""

    def change(table):
        mine = table.index[(table["variable"] == variable) & (table["station"] == station)]
        table.loc[mine[::40], "value"] = code

    return edit_table("weather.csv", change)


def running_total(raw):
    """Add up the rain of a station over the year."""

    def change(table):
        mine = (table["variable"] == "precipitation") & (table["station"] == "S01")
        table.loc[mine, "value"] = table.loc[mine, "value"].cumsum()

    return edit_table("weather.csv", change)(raw)


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
    for path in list((raw / "coarse").iterdir()):
        path.rename(path.with_name(path.name.replace(".A2010", ".A2003")))
    return "coarse"


def renamed_aqua(raw):
    """Give the composites the dates of Aqua's, eight days later, under Terra's name."""
    for path in list((raw / "coarse").iterdir()):
        day = int(path.name.split(".")[1][1:]) + 8
        path.rename(path.with_name(re.sub(r"A\d{7}", f"A{day}", path.name)))
    return "coarse"


def no_names(raw):
    """Rename all composites so that their names hold no date."""
    for number, path in enumerate(list((raw / "coarse").iterdir())):
        path.rename(path.with_name(f"tile_{number}.hdf"))
    return "coarse"


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


def images_of_scenes(declared, bands=(1, 2)):
    """Replace the scenes by a table of ready images of their numbers, with this scale and offset."""

    def mistake(raw):
        rows = []
        for number, scene in enumerate(sorted((raw / "landsat").iterdir())):
            with rasterio.open(next(scene.glob("*QA_PIXEL.TIF"))) as source:
                clear, about = source.read(1) & 0b11_1111 == 0, source.profile
            with rasterio.open(
                raw / f"image{number}.tif", "w", **about | {"count": 2, "nodata": 0}
            ) as target:
                for band in (1, 2):
                    with rasterio.open(next(scene.glob(f"*SR_B{band + 2}.TIF"))) as source:
                        target.write(np.where(clear, source.read(1), 0), band)
            day = f"{scene.name[17:21]}-{scene.name[21:23]}-{scene.name[23:25]}"
            rows.append((f"image{number}.tif", day, "TM", *bands, *declared))
        shutil.rmtree(raw / "landsat")
        names = ["path", "date", "sensor", "red_band", "nir_band", "scale", "offset"]
        pd.DataFrame(rows, columns=names).to_csv(raw / "landsat", index=False)
        return "image"

    return mistake


def other_product(name):
    """Put a file of another product into the folder of the scenes."""

    def mistake(raw):
        (raw / "landsat" / name).write_bytes(b"x")
        return "landsat"

    return mistake


def zeros_as_quality(raw):
    """Write zeros into the quality layers."""
    in_scenes("*QA_PIXEL.TIF", lambda values: values * 0, nodata=None)(raw)
    return "QA_PIXEL"


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


def in_scenes(pattern, change=lambda values: values, scenes=None, **profile):
    """Change one band of the first scenes, of all by default."""

    def mistake(raw):
        for path in sorted((raw / "landsat").glob(f"*/{pattern}"))[:scenes]:
            edit_raster(path.relative_to(raw), change, **profile)(raw)
        return "landsat"

    return mistake


def clouded(values):
    """Quality of a scene under high-confidence cloud."""
    return np.where(values == 1, values, 22280).astype(values.dtype)


def one_scene_elsewhere(raw):
    """Move the bands of one scene by 400 km."""
    scene = sorted((raw / "landsat").iterdir())[0]
    for path in scene.glob("*.TIF"):
        move_raster(path.relative_to(raw), 400_000)(raw)
    return scene.name


def tarred(share=1.0, without="nothing"):
    """Put one scene into a tar file as it is delivered, cut off or without a band."""

    def mistake(raw):
        scene = sorted((raw / "landsat").iterdir())[0]
        path = scene.with_suffix(".tar")
        with tarfile.open(path, "w") as content:
            for band in sorted(scene.iterdir()):
                if without not in band.name:
                    content.add(band, band.name)
        shutil.rmtree(scene)
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
        return path.name

    return mistake


def in_composites(change, chosen=slice(None), layers=("NDVI",)):
    """Change layers of composites, in the order of time; all of NDVI by default."""

    def mistake(raw):
        for path in sorted((raw / "coarse").iterdir())[chosen]:
            content = SD(str(path), SDC.WRITE)
            for name in (each for each in content.datasets() if each.endswith(layers)):
                layer = content.select(name)
                old = layer.get()
                layer[:] = np.where(old <= -3000, old, change(old.astype(float))).astype(old.dtype)
                layer.endaccess()
            content.end()
        return "coarse"

    return mistake


def one_npp(raw):
    """Give all pixels of MOD17 the same NPP."""
    path = next((raw / "mod17").iterdir())
    content = SD(str(path), SDC.WRITE)
    layer = content.select(next(name for name in content.datasets() if name.endswith("Npp_500m")))
    layer[:] = np.full_like(layer.get(), 4000)
    layer.endaccess()
    content.end()
    return path.name


def half_a_year_off(raw):
    """Give each composite the name of the one eleven later in the year."""
    names = [path.name for path in sorted((raw / "coarse").iterdir())]
    (raw / "coarse").rename(raw / "old")
    (raw / "coarse").mkdir()
    for name, other in zip(names, names[11:] + names[:11], strict=True):
        (raw / "old" / name).rename(raw / "coarse" / other)
    return "coarse"


def copied_composite(raw):
    """Give the content of a date to another one."""
    paths = sorted((raw / "coarse").iterdir())
    shutil.copy(paths[6], paths[9])
    return "coarse"


def red_as_infrared(raw):
    """Give the red band as near infrared in all scenes."""
    for scene in (raw / "landsat").iterdir():
        shutil.copy(next(scene.glob("*SR_B3.TIF")), next(scene.glob("*SR_B4.TIF")))
    return "SR_B3"


def copied_scene(raw):
    """Give the bands of the first scene to the second."""
    one, other = sorted((raw / "landsat").iterdir())[:2]
    for path in one.iterdir():
        shutil.copy(path, other / path.name.replace(one.name, other.name))
    return other.name


def exchanged_codes(one, other):
    """Exchange two codes of land cover."""
    return edit_raster(
        "land_cover.tif",
        lambda v: np.where(v == one, other, np.where(v == other, one, v)).astype(v.dtype),
    )


def lost_scale(raw):
    """Set the scale factor of NDVI to 1 in every composite: values reach thousands."""
    for path in (raw / "coarse").iterdir():
        content = SD(str(path), SDC.WRITE)
        layer = content.select("250m 16 days NDVI")
        layer.attr("scale_factor").set(SDC.FLOAT64, 1.0)
        layer.endaccess()
        content.end()
    return "MOD13Q1"


def ready_table(column, value):
    """Spoil one column of the table of ready images; None removes it."""

    def mistake(raw):
        ready_images(1e-4)(raw)
        table = pd.read_csv(raw / "landsat")
        table = table.drop(columns=column) if value is None else table.assign(**{column: value})
        table.to_csv(raw / "landsat", index=False)
        return "landsat"

    return mistake


def radiation(factor):
    """Add daily radiation of a clear sky in July and January, in MJ m-2 times a factor."""

    def change(table):
        days = table[(table["variable"] == "temperature") & (table["station"] == "S01")]
        usual = 15 - 8 * np.cos(2 * np.pi * pd.to_datetime(days["date"]).dt.day_of_year / 365)
        extra = days.assign(variable="solar_radiation", value=usual * factor, unit="MJ m-2")
        return pd.concat([table, extra])

    return edit_table("weather.csv", change)


def per_day(*names):
    """Give the mean of a day instead of the sum of the month."""
    return edit_table("monthly.csv", lambda table: table.assign(**{n: table[n] / 30.4 for n in names}))


def degrees_as_metres(layer):
    """State metres for coordinates that are degrees."""
    return layer.to_crs("EPSG:4326").set_crs("EPSG:32649", allow_override=True)


def scaled_survey(layer, attribute, factor):
    """Scale an attribute of a layer of the survey."""
    return edit_layer(
        "survey.gpkg", lambda content: content.assign(**{attribute: content[attribute] * factor}), layer
    )


def contradicting(table):
    """Let depth matter much less than slope, but more than all others, which matter more than slope."""
    table = table.set_index("indicator").astype(object)
    one, other = "subsidence_depth", "slope_change"
    table.loc[one, other], table.loc[other, one] = "1/9", "9"
    table.loc[other, "seepage"], table.loc["seepage", other] = "1/9", "9"
    return table.reset_index()


def swapped_row(table, row):
    """Exchange longitude and latitude of one row."""
    names = ["longitude", "latitude"]
    table.loc[row, names] = table.loc[row, names[::-1]].to_numpy()


def ten_times_in_july(table):
    """Multiply the rain of a station and month by ten."""
    mine = (table["variable"] == "precipitation") & (table["station"] == "S01")
    table["value"] *= np.where(mine & table["date"].str.startswith("2010-07"), 10, 1)


def exchanged_dates(table):
    """Exchange day and month where the day could be a month."""
    table = table[table["date"].str.len() == 10]
    year, month, day = (table["date"].str.split("-").str[part] for part in range(3))
    return table.assign(date=table["date"].where(day.astype(int) > 12, year + "-" + day + "-" + month))


def percent_of_day(table):
    """Give sunshine of days in % of the length of the day, of about 12 hours."""
    mine = (table["variable"] == "sunshine") & (table["date"].str.len() > 7)
    table["value"] = table["value"].where(~mine, (table["value"] / 0.12).clip(upper=100))


def scaled_cell(name, column, row, factor):
    """Multiply one cell of a table."""
    return edit_table(name, lambda t: t.assign(**{column: t[column] * np.where(t.index == row, factor, 1)}))


def hillshade(values):
    """Shade of a DEM by a light in the north-west, 0 to 255."""
    south, east = np.gradient(values[0].astype(float), 30)
    light = (1 + south - east) / np.sqrt(3 * (1 + south**2 + east**2))
    return (255 * light.clip(0, 1)).round()[None].astype(values.dtype)


def in_metres(table):
    """Give places in metres under x and y."""
    points = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326").to_crs("EPSG:4547")
    return table.drop(columns=["longitude", "latitude"]).assign(x=points.x, y=points.y)


SOIL = "soil_samples.csv"
GSODR = (
    "STNID,NAME,CTRY,LATITUDE,LONGITUDE,ELEVATION,YEARMODA,YEAR,TEMP,TEMP_ATTRIBUTES,DEWP,WDSP,PRCP,"
    "PRCP_ATTRIBUTES,RH\n"
)
BOW_TIE = shapely.Polygon([(112.69, 35.56), (112.70, 35.57), (112.70, 35.56), (112.69, 35.57)])
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
    "study area in degrees stated as metres": (
        edit_layer("study_area.gpkg", degrees_as_metres),
        "look like degrees",
    ),
    "river as polygon": (edit_layer("river.gpkg", lambda a: a.set_geometry(a.buffer(0.001))), "holds"),
    "river elsewhere": (edit_layer("river.gpkg", lambda a: a.set_geometry(a.translate(1e6))), "touches"),
    "mines without system": (no_projection("mines.gpkg"), "no coordinate system"),
    "river in parts": (
        edit_layer("river.gpkg", lambda a: pd.concat([a, a.set_geometry(a.translate(500))])),
        "separate parts",
    ),
    "mines without names": (
        edit_layer("mines.gpkg", lambda a: a.rename(columns={"name": "OBJECT"})),
        "no column name; it has OBJECT",
    ),
    "mines with a name lacking": (
        edit_layer("mines.gpkg", lambda a: a.assign(name=[None, *a["name"][1:]])),
        "1 of 11 polygons have no name",
    ),
    "mines of one name": (edit_layer("mines.gpkg", lambda a: a.assign(name="coal mine")), "several polygons"),
    "mines in degrees stated as metres": (edit_layer("mines.gpkg", degrees_as_metres), "look like degrees"),
    "mines in metres stated as degrees": (
        edit_layer("mines.gpkg", lambda a: a.to_crs(32649).set_crs(4326, allow_override=True)),
        "are no degrees",
    ),
    "judgements that do not agree": (
        cell("ahp_matrix.csv", 2, "subsidence_depth", "1/4"),
        "the other way round",
    ),
    "judgements as dates": (cell("ahp_matrix.csv", 2, "subsidence_depth", "2-Jan"), "made a date"),
    "judgements of other indicators": (
        rename_columns("ahp_matrix.csv", seepage="seep"),
        "unknown column seep",
    ),
    "judgements that contradict": (
        edit_table("ahp_matrix.csv", lambda t: contradicting(t)),
        "contradict each other",
    ),
    "indicators of an unknown layer": (
        cell("hazard_indicators.csv", 4, "layers", "goafs"),
        "unknown layer goafs",
    ),
    "zones elsewhere": (edit_layer("zones.gpkg", lambda a: a.set_geometry(a.translate(1e6))), "touches"),
    "zones that cross themselves": (
        edit_layer("zones.gpkg", lambda a: a.to_crs(4326).set_geometry([BOW_TIE] * len(a)).set_crs(4326)),
        "crosses itself",
    ),
    "mines empty": (edit_layer("mines.gpkg", lambda a: a.iloc[:0]), "no feature"),
    "DEM mirrored": (edit_raster("dem.tif", lambda v: v[:, ::-1].copy()), "mirrored from north to south"),
    "DEM of one elevation": (edit_raster("dem.tif", lambda v: v * 0 + 900), "elevation is 900 m in all"),
    "DEM as a hillshade": (edit_raster("dem.tif", hillshade), "no slope or hillshade"),
    "DEM stretched to 0 to 255": (
        edit_raster("dem.tif", lambda v: np.where(v > 0, (v - 600) * 0.3, v).astype("int16")),
        "does not follow",
    ),
    "DEM with spikes": (
        edit_raster("dem.tif", lambda v: np.where(np.arange(v.size).reshape(v.shape) % 997, v, v + 800)),
        "single cells stand",
    ),
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
        "50.1 % of the study area, scattered or along its edges, is without a value",
    ),
    "DEM all missing": (edit_raster("dem.tif", lambda v: np.full_like(v, -32768)), "no value"),
    "DEM with holes of 0": (edit_raster("dem.tif", holes(0)), "exactly 0, the others"),
    "DEM with holes of -100": (edit_raster("dem.tif", holes(-100)), "exactly -100, the others"),
    "DEM of a local datum": (edit_raster("dem.tif", lambda v: v - 500), "lies 493 m below the 11 stations"),
    "DEM in decimetres": (edit_raster("dem.tif", lambda v: v * 10), "looks like decimetres"),
    "DEM with its sign exchanged": (edit_raster("dem.tif", lambda v: -(v // 10)), "below the sea"),
    "DEM for a part of the area": (
        edit_raster("dem.tif", lambda v: np.where(east_half(v), -32768, v)),
        "north-east, east and south-east, is without a value",
    ),
    "DEM in a unit of another kind": (unit_tag("dem.tif", "degrees"), "states the unit degrees"),
    "land cover for a part of the area": (
        edit_raster("land_cover.tif", lambda v: np.where(east_half(v), 0, v).astype("uint8")),
        "is without a class",
    ),
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
    "land cover elsewhere": (move_raster("land_cover.tif", 300_000), "does not touch"),
    "survey layer renamed": (survey_of("goafs"), "layer goaf: no such layer"),
    "survey attribute renamed": (
        edit_layer("survey.gpkg", lambda a: a.rename(columns={"thickness_m": "thickness"}), "goaf"),
        "no attribute thickness_m",
    ),
    "survey severity in per cent": (
        edit_layer("survey.gpkg", lambda a: a.assign(severity=a["severity"] * 100), "seep"),
        "% (x 0.01)",
    ),
    "survey depth in cm": (scaled_survey("collapse", "depth_m", 100), "cm (x 0.01)"),
    "survey slope as a fraction": (
        scaled_survey("subsidence", "slope_change_mm_m", 0.001),
        "a fraction (x 1000)",
    ),
    "survey width in mm": (scaled_survey("cracks", "width_m", 1000), "mm (x 0.001)"),
    "survey thickness in cm": (scaled_survey("goaf", "thickness_m", 100), "cm (x 0.01)"),
    "survey goaf of depth 0": (scaled_survey("goaf", "depth_m", 0), "depth_m is 0"),
    "survey layer elsewhere": (
        edit_layer("survey.gpkg", lambda a: a.set_geometry(a.translate(3e5)), "cracks"),
        "no feature of cracks is near",
    ),
    "survey slope in degrees": (
        scaled_survey("subsidence", "slope_change_mm_m", 0.0573),
        "in degrees (x 17.5)",
    ),
    "survey slope in per cent": (scaled_survey("subsidence", "slope_change_mm_m", 0.1), "in % (x 10)"),
    "survey depth in dm": (scaled_survey("subsidence", "depth_m", 10), "no surface sinks much farther"),
    "survey feature ten times": (
        edit_layer(
            "survey.gpkg", lambda a: a.assign(width_m=a["width_m"] * np.where(a.index == 3, 10, 1)), "cracks"
        ),
        "times the median",
    ),
    "survey features twice": (
        edit_layer("survey.gpkg", lambda a: pd.concat([a, a.head(2)]), "goaf"),
        "2 of 63 features are in it twice",
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
    "sample ten times the others": (
        edit_table(SOIL, lambda t: t.assign(AK=t["AK"].where(t.index != 9, t["AK"] * 10))),
        "times the median of",
    ),
    "samples of one batch in per cent": (
        edit_table(SOIL, lambda t: t.assign(SOC=t["SOC"].where(t.index % 3 > 0, t["SOC"] / 10))),
        "samples are about",
    ),
    "sample zeros for missing": (
        edit_table(SOIL, lambda t: t.assign(AP=t["AP"].where(t.index % 9 > 0, 0))),
        "leave the cell empty",
    ),
    "sample code in the range": (
        edit_table(SOIL, lambda t: t.assign(AK=t["AK"].where(t.index % 9 > 0, 999))),
        "a code for missing values",
    ),
    "sample property constant": (column(SOIL, "BD", lambda v: v * 0 + 1.3), "1.3 in all"),
    "samples with more nitrogen than carbon": (
        edit_table(SOIL, lambda t: t.assign(TN=t["TN"].where(t.index % 40 > 0, t["SOC"] * 1.1))),
        "TN is not below SOC",
    ),
    "samples with matter for carbon": (column(SOIL, "SOC", lambda v: v * 1.724), "may be organic matter"),
    "samples with matter for carbon in acid soil": (
        edit_table(SOIL, lambda t: t.assign(SOC=t["SOC"] * 1.724, pH=t["pH"] - 2.5)),
        "may be organic matter",
    ),
    "samples with carbon and nitrogen in per cent": (
        edit_table(SOIL, lambda t: t.assign(SOC=t["SOC"] / 10, TN=t["TN"] / 10)),
        "if both are in %, multiply both by 10",
    ),
    "samples with phosphorus and potassium exchanged": (exchange(SOIL, "AP", "AK"), "columns were exchanged"),
    "samples with a sorted column": (
        column(SOIL, "AK", lambda v: v.sort_values().to_numpy()),
        "sorted apart from the other columns",
    ),
    "samples with carbon moved by a line": (column(SOIL, "SOC", lambda v: v.shift()), "does not follow TN"),
    "samples filled downwards": (
        edit_table(SOIL, lambda t: t.assign(AK=t["AK"].where(t.index % 4 == 0).ffill())),
        "are those of the line above",
    ),
    "samples copied": (
        edit_table(SOIL, lambda t: pd.concat([t.head(20), t.iloc[20:].assign(**t.iloc[3, 4:].to_dict())])),
        "have the values of another sample",
    ),
    "sample pH that repeats": (
        edit_table(SOIL, lambda t: t.assign(pH=t["pH"].where(t.index % 9 > 0, 9.9))),
        "9.9 in 13 of",
    ),
    "sample at a tenth of the others": (scaled_cell(SOIL, "AK", 9, 0.1), "times the median, the next is"),
    "samples with pH and clay exchanged": (exchange(SOIL, "pH", "CF"), "the values of pH are usual for CF"),
    "samples of which one is swapped": (
        edit_table(SOIL, lambda t: swapped_row(t, 5)),
        "swapped",
    ),
    "samples of which one is far": (
        edit_table(SOIL, lambda t: t.assign(longitude=t["longitude"] + 9.0 * (t.index == 5))),
        "1 of 117 points lie far",
    ),
    "samples in metres without a system": (edit_table(SOIL, lambda t: in_metres(t)), "are no degrees"),
    "samples of several depths": (
        edit_table(
            SOIL,
            lambda t: pd.concat([t.assign(depth_cm=10), t.assign(depth_cm=30, sample=t["sample"] + "b")]),
        ),
        "several depths of one place",
    ),
    "samples with few values": (
        edit_table(SOIL, lambda t: t.assign(CF=t["CF"].where(t.index < 6))),
        "fewer than the 10 that kriging needs",
    ),
    "samples with two values": (
        edit_table(SOIL, lambda t: t.assign(CF=t["CF"].where(t.index < 2))),
        "a map needs 3",
    ),
    "samples elsewhere": (column(SOIL, "longitude", lambda v: v - 10), "no point lies in"),
    "sample date in another form": (cell(SOIL, 4, "date", "15/07/2015"), "15/07/2015 is not a date"),
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
    "temperature in Fahrenheit": (values_of("temperature", lambda v: v * 1.8 + 32), "Fahrenheit"),
    "precipitation in 0.1 mm": (values_of("precipitation", lambda v: v * 10), "0.1 mm"),
    "precipitation in inches": (values_of("precipitation", lambda v: v / 25.4), "inches"),
    "sunshine in 0.1 h": (values_of("sunshine", lambda v: v * 10), "0.1 h"),
    "humidity as a fraction": (values_of("relative_humidity", lambda v: v / 100), "a fraction"),
    "radiation in W m-2": (radiation(1 / 0.0864), "W m-2"),
    "monthly rain in mm per day": (per_day("precipitation"), "mm per day in a monthly table"),
    "monthly sunshine in hours per day": (per_day("sunshine"), "hours per day in a monthly table"),
    "monthly table without precipitation": (
        edit_table("monthly.csv", lambda t: t.drop(columns="precipitation")),
        "no precipitation from",
    ),
    "monthly table with a month twice": (
        edit_table("monthly.csv", lambda t: pd.concat([t, t.iloc[[4]]])),
        "several rows of one station and month",
    ),
    "unit column lacking": (edit_table("weather.csv", lambda t: t.drop(columns="unit")), "no column unit"),
    "unit cells empty": (cell("weather.csv", 5, "unit", None), "empty cell"),
    "unit of another kind": (column("weather.csv", "unit", lambda v: v.replace("degC", "K")), "unit is K"),
    "precipitation code 32766": (cell("weather.csv", 800, "value", 32766), "outside"),
    "weather twice": (edit_table("weather.csv", lambda t: pd.concat([t, t.iloc[[3]]])), "rows of the same"),
    "weather date in another form": (
        cell("weather.csv", 9, "date", "1/10/2010"),
        "is not written as expected",
    ),
    "weather on 31 February": (cell("weather.csv", 9, "date", "2010-02-31"), "not a day of the calendar"),
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
    "precipitation of a station in cm": (
        values_of("precipitation", lambda v: v / 10, "S01"),
        "it looks like cm",
    ),
    "precipitation code 99.9": (codes("precipitation", 99.9), "99.9 occurs"),
    "precipitation gap as 0": (
        values_between("precipitation", "2010-06-20", "2010-08-31", 0.0),
        "at the other stations",
    ),
    "precipitation as a running total": (running_total, "a running total"),
    "temperature that stands still": (
        values_between("temperature", "2010-05-01", "2010-05-25", 17.3),
        "stands at 17.3 for",
    ),
    "temperature of the other hemisphere": (
        values_of("temperature", lambda v: 20 - v),
        "the seasons of the other hemisphere",
    ),
    "temperature of a station in Fahrenheit": (
        values_of("temperature", lambda v: v * 1.8 + 32, "S02"),
        "Fahrenheit",
    ),
    "humidity of 0 for missing": (codes("relative_humidity", 0.0), "no air is that dry"),
    "sunshine beyond the day": (
        values_of("sunshine", lambda v: v * 1.6, "S03"),
        "the length of the day",
    ),
    "wind of a station in km/h": (values_of("wind_speed", lambda v: v * 3.6, "S01"), "it looks like km h-1"),
    "wind of a station in knots": (
        values_of("wind_speed", lambda v: v * 1.944, "S01"),
        "it looks like knots",
    ),
    "wind of all stations in knots": (
        values_of("wind_speed", lambda v: v * 1.944),
        "if it is in knots, x 0.514",
    ),
    "sunshine in per cent of the day": (
        edit_table("weather.csv", lambda t: percent_of_day(t)),
        "like % of the length of the day",
    ),
    "sunshine as a fraction of the day": (
        values_of("sunshine", lambda v: (v / 12).clip(upper=1), "S01"),
        "a fraction of the length of the day",
    ),
    "monthly sunshine in per cent": (
        edit_table("monthly.csv", lambda t: t.assign(sunshine=t["sunshine"] / 3.7)),
        "if it is in % of the length of the day",
    ),
    "humidity code 99": (codes("relative_humidity", 99.0), "99 % on 12 days"),
    "temperature code 0": (codes("temperature", 0.0), "0 degC on 10 days"),
    "sunshine code 9.9": (codes("sunshine", 9.9), "9.9 h on 13 days"),
    "precipitation code 9.99": (codes("precipitation", 9.99), "9.99 mm on 10 days"),
    "precipitation of a month ten times": (
        edit_table("weather.csv", lambda t: ten_times_in_july(t)),
        "2010-07: 10 times the other stations",
    ),
    "temperature without signs": (
        values_of("temperature", lambda v: v.abs()),
        "the signs seem to be lost",
    ),
    "weather with day and month exchanged": (
        edit_table("weather.csv", lambda t: exchanged_dates(t)),
        "day and month seem exchanged",
    ),
    "stations of elevation 0": (
        column("stations.csv", "elevation_m", lambda v: v * 0),
        "where it is not known, leave the cell empty",
    ),
    "station at a tenth of its elevation": (
        edit_table(
            "stations.csv", lambda t: t.assign(elevation_m=t["elevation_m"] / (1 + 9 * (t.index == 2)))
        ),
        "734 m on the elevation grid",
    ),
    "monthly rain as a running total": (
        edit_table(
            "monthly.csv", lambda t: t.assign(precipitation=t.groupby("station")["precipitation"].cumsum())
        ),
        "a running total of the year",
    ),
    "weather of GSODR": (
        lambda raw: ((raw / "weather.csv").write_text(GSODR), "weather.csv")[1],
        "is a table of GSODR",
    ),
    "weather of months dated as days": (
        column("weather.csv", "date", lambda v: v.where(v.str.len() > 7, v + "-01")),
        "write their dates as months",
    ),
    "Landsat one scene": (keep_scenes(1), "1 of 1 images"),
    "Landsat none": (keep_scenes(0), "contains no image of"),
    "Landsat band lacking": (remove("landsat/*/*_SR_B4.TIF"), "no such file"),
    "Landsat quality lacking": (remove("landsat/*/*_QA_PIXEL.TIF"), "no such file"),
    "Landsat band cut off": (cut("landsat/*/*_SR_B3.TIF"), "cut off"),
    "Landsat in another zone": (far_scenes, "does not touch"),
    "Landsat under cloud": (in_scenes("*QA_PIXEL.TIF", clouded), "0 of 3 images"),
    "Landsat with one clear scene": (in_scenes("*QA_PIXEL.TIF", clouded, scenes=2), "1 of 3 images"),
    "Landsat quality as reflectance": (
        in_scenes("*QA_PIXEL.TIF", lambda v: (v / 1e4).astype("float32"), nodata=None),
        "neither scaled nor resampled",
    ),
    "Landsat without system": (in_scenes("*SR_B3.TIF", scenes=1, crs=None), "no coordinate system"),
    "Landsat one scene elsewhere": (one_scene_elsewhere, "does not touch the study area"),
    "Landsat archive cut off": (tarred(0.6), "cut off"),
    "Landsat archive without a band": (tarred(without="SR_B4"), "no such file"),
    "Landsat of Collection 1": (
        other_product("LT05_L1TP_125035_20100614_20161015_01_T1_sr_band3.tif"),
        "1 Collection 1 products are not read",
    ),
    "Landsat of Level-1": (
        other_product("LT05_L1TP_125035_20100614_20200912_02_T1_B3.TIF"),
        "1 Level-1 products (top of atmosphere) are not read",
    ),
    "Landsat packed": (
        other_product("LT05_L2SP_125036_20100614_20200912_02_T1.tar.gz"),
        "1 packed archives are not read",
    ),
    "Landsat with zeros as quality": (zeros_as_quality, "is no QA_PIXEL"),
    "images with red as near infrared": (red_as_infrared, "near infrared has the numbers of red"),
    "images with a date copied": (copied_scene, "has the numbers of the image of 2010-02-27"),
    "ready images without their offset": (
        images_of_scenes((2.75e-5, 0.0)),
        "look like scale 0.0000275 and offset -0.2",
    ),
    "ready images of Collection 2 as x 0.0001": (
        images_of_scenes((1e-4, 0.0)),
        "look like scale 0.0000275 and offset -0.2",
    ),
    "ready images with exchanged bands": (
        images_of_scenes((2.75e-5, -0.2), (2, 1)),
        "with exchanged bands",
    ),
    "ready images without scale": (ready_images(1), "look like scale 0.0001 and offset 0"),
    "ready images without a column": (ready_table("offset", None), "no column offset"),
    "ready images of an unknown sensor": (ready_table("sensor", "MSI"), "sensor is 'MSI'"),
    "ready images of one day": (ready_table("date", "2010-06-01"), "1 of 2 images"),
    "MODIS one composite lacking": (remove("coarse/*A2010097*"), "2010-04-07 are missing"),
    "MODIS composite cut off": (cut("coarse/*A2010113*"), "cannot be read"),
    "MODIS scale lost": (lost_scale, "scale factor"),
    "MODIS date copied": (copied_composite, "2010-05-25 as 2010-04-07"),
    "MODIS half a year off": (half_a_year_off, "NDVI is lowest when it is warmest"),
    "MODIS of one number": (
        in_composites(lambda v: v * 0 + 4000),
        "one number in all pixels of 23 composites",
    ),
    "MODIS of one date at a tenth": (
        in_composites(lambda v: v * 0.1, slice(12, 13)),
        "median NDVI jumps: 2010-07-12",
    ),
    "images with coarse EVI for NDVI": (
        in_composites(lambda v: 6000 * (v / 1e4).clip(0) ** 1.3),
        "check that the layer is NDVI, not EVI",
    ),
    "images with coarse NDVI at a hundredth": (
        in_composites(lambda v: v / 100),
        "the scale of the coarse NDVI",
    ),
    "images with mirrored composites": (
        in_composites(lambda v: v[::-1].copy(), layers=("NDVI", "reliability", "VI Quality", "the year")),
        "whether its rows and columns are in order",
    ),
    "images and land cover with water and farmland exchanged": (
        exchanged_codes(3, 5),
        "cells of water have NDVI of 0.4",
    ),
    "images and land cover with forest and construction exchanged": (
        exchanged_codes(1, 4),
        "cells of construction have NDVI",
    ),
    "images and land cover with farmland and grassland exchanged": (
        exchanged_codes(2, 3),
        "farmland lies on slopes",
    ),
    "images and land cover mirrored": (
        edit_raster("land_cover.tif", lambda v: v[:, ::-1].copy()),
        "that none is mirrored",
    ),
    "land cover of one class": (
        edit_raster("land_cover.tif", lambda v: v * 0 + 1),
        "has code 1 in all cells",
    ),
    "MODIS of another year": (other_year, "no composite for 2010-01"),
    "MODIS of Aqua named as Terra's": (renamed_aqua, "begin on days on which none"),
    "MODIS without dates in names": (no_names, "contains no file named as"),
    "MOD17 cut off": (cut("mod17/*", 0.3), "cannot be read"),
    "MOD17 none": (remove("mod17/*"), "no MOD17A3HGF of 2010"),
    "climate rain in mm per day": (
        edit_raster("precipitation.tif", lambda v: v / 30.4),
        "mm per day in a monthly table",
    ),
    "climate radiation in W m-2": (edit_raster("radiation.tif", lambda v: v / (0.0864 * 30.4)), "W m-2"),
    "climate raster of one month": (edit_raster("precipitation.tif", lambda v: v[:1], count=1), "12 bands"),
    "climate raster elsewhere": (move_raster("precipitation.tif", 300_000), "no valid value inside"),
    "climate raster with undeclared holes": (
        edit_raster("precipitation.tif", holes(9999)),
        "exactly 9999, the others",
    ),
    "climate raster for a part of the area": (
        edit_raster("precipitation.tif", lambda v: np.where(east_half(v), np.nan, v)),
        "is without a value",
    ),
    "climate raster in mm per day by its tag": (unit_tag("precipitation.tif", "mm/day"), "states the unit"),
    "climate raster a tenth": (edit_raster("precipitation.tif", lambda v: v * 0.1), "times the stations in"),
    "climate raster half a year off": (
        edit_raster("radiation.tif", lambda v: np.roll(v, 6, axis=0)),
        "if the first band is July",
    ),
    "climate raster of reversed months": (
        edit_raster("precipitation.tif", lambda v: v[::-1].copy()),
        "if the bands run from December to January",
    ),
    "climate raster of a month ten times": (
        edit_raster("precipitation.tif", lambda v: v * np.where(np.arange(12) == 6, 10, 1)[:, None, None]),
        "July 1",
    ),
    "climate raster of one month twelve times": (
        edit_raster("radiation.tif", lambda v: v[[6] * 12]),
        "all twelve bands are the same",
    ),
    "climate raster with a month twice": (
        edit_raster("precipitation.tif", lambda v: v[[0, 1, 2, 3, 4, 5, 6, 6, 8, 9, 10, 11]]),
        "August has the values of July",
    ),
    "pH raster with holes": (edit_raster("pH.tif", holes(2)), "exactly 2, the others"),
    "pH raster unlike the samples": (edit_raster("pH.tif", lambda v: v - 2), "the soil samples have 7.7"),
    "mines smaller than a cell": (
        edit_layer("mines.gpkg", lambda a: a.set_geometry(a.centroid.buffer(5))),
        "smaller than a cell of 30 m",
    ),
    "MOD17 of one number": (one_npp, "NPP is 4000 in all"),
    "station a degree off": (
        edit_table("stations.csv", lambda t: t.assign(longitude=t["longitude"] + (t.index == 3))),
        "S04 91 km from the study area",
    ),
    "precipitation of a station three times": (
        values_of("precipitation", lambda v: v * 3, "S03"),
        "times the other stations",
    ),
    "humidity as dew point": (values_of("relative_humidity", lambda v: v / 3 - 5), "no dew point"),
    "pH raster in 0.1": (edit_raster("pH.tif", lambda v: v * 10), "0.1 pH"),
    "pH raster without system": (edit_raster("pH.tif", crs=None), "no coordinate system"),
    "points in kg": (column("npp_points.csv", "npp_gC_m2_yr", lambda v: v / 1000), "kg C m-2 yr-1"),
    "points swapped": (exchange("npp_points.csv"), "swapped"),
    "plot twice": (edit_table("plots.csv", lambda t: pd.concat([t, t.iloc[[0]]])), "more than once"),
    "plots swapped": (exchange("plots.csv"), "swapped"),
    "plots in t ha-1": (column("plots.csv", "biomass_g_m2_yr", lambda v: v / 100), "t ha-1 yr-1"),
    "plots as carbon": (column("plots.csv", "biomass_g_m2_yr", lambda v: v * 0.45), "times the NPP of MOD17"),
    "plots in 0.1 g": (column("plots.csv", "biomass_g_m2_yr", lambda v: v * 10), "hardly any vegetation"),
    "plot code 9999": (cell("plots.csv", 1, "biomass_g_m2_yr", 9999), "a code for missing values"),
    "plot at a tenth of the others": (
        scaled_cell("plots.csv", "biomass_g_m2_yr", 1, 0.1),
        "times the NPP of MOD17 around the place",
    ),
    "points code 999": (cell("npp_points.csv", 1, "npp_gC_m2_yr", 999), "a code for missing values"),
    "plots of other years": (
        edit_table("plots.csv", lambda t: t.assign(first_year=1990, last_year=1991)),
        "no plot was measured",
    ),
}


# Inputs that a mistake concerns, by the first word of its name
CONCERNED = {
    "study": ["dem"],
    "mines": ["mines"],
    "zones": ["zones"],
    "DEM": ["dem"],
    "land": ["land_cover"],
    "survey": ["survey"],
    **{word: ["soil_samples"] for word in ("sample", "samples", "bulk", "clay", "carbon")},
    "pH": ["soil_samples", "soil_raster_pH"],
    **{word: ["dem", "weather"] for word in ("station", "stations", "two")},
    "Landsat": ["landsat"],
    "ready": ["landsat", "coarse"],
    **{word: ["weather"] for word in ("temperature", "precipitation", "sunshine", "humidity", "radiation")},
    **{word: ["weather"] for word in ("unit", "weather", "variable", "wind")},
    "monthly": ["monthly_weather"],
    "climate": [
        *("climate_raster_precipitation_2010", "climate_raster_solar_radiation_2010"),
        "monthly_weather",
    ],
    "points": ["npp_points"],
    "river": [],
    "judgements": ["mining.indicators", "mining.judgements"],
    "indicators": ["mining.indicators", "mining.judgements"],
    "MODIS": ["coarse", "weather"],
    "images": ["landsat", "coarse", "land_cover", "dem"],
    "MOD17": ["mod17"],
    "plot": ["plots", "mod17"],
    "plots": ["plots", "mod17"],
}
