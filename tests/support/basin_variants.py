"""Raw inputs of the virtual basin moved to other climates: correct data of other places.

The files of the basin are changed, not simulated anew: all of them move to another latitude; the weather gets
another rain, temperature and humidity; sunshine and radiation follow the length of the day there; NDVI of
fine and coarse images is scaled alike; the seasons may be exchanged and winters be snowed in.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
from pyhdf.SD import SD, SDC
from pyproj import Transformer
from rasterio.warp import calculate_default_transform, reproject

from nppdrivers.evapotranspiration import daylight_hours, extraterrestrial_radiation

ZONE = 32649  # EPSG code of the basin's UTM zone
HALF_YEAR_D, YEAR_D = 176, 365  # eleven composites of 16 days
SPHERE_M = 6371007.181  # radius of the MODIS sphere
SOUTH_M = 10_000_000  # false northing of southern zones
MONTH_D = 30.4
SNOW_QA, SNOW_RELIABILITY, SNOW_QUALITY = 30048, 2, 2112 | 1 << 14


@dataclass(frozen=True)
class Climate:
    """How a climate differs from that of the basin.

    Attributes
    ----------
    latitude : float
        Of the middle of the area [deg].
    rain, productivity : float
        Factors of precipitation, and of NPP and biomass.
    warmer, seasons : float
        Change of mean temperature [K], and factor of its departures from the mean.
    moister : float
        Change of relative humidity [%].
    greenness : float
        Factor of NDVI.
    soil : mapping of str to float
        Factors of soil properties; that of pH is a difference.
    snow : tuple of int
        Months under snow.
    """

    latitude: float = 35.565
    rain: float = 1.0
    productivity: float = 1.0
    warmer: float = 0.0
    seasons: float = 1.0
    moister: float = 0.0
    greenness: float = 1.0
    soil: tuple[tuple[str, float], ...] = ()
    snow: tuple[int, ...] = ()

    @property
    def half_year(self) -> int:
        """Days by which the seasons are put off."""
        return HALF_YEAR_D if self.latitude < 0 else 0


CLIMATES = {
    "semi-arid": Climate(
        40.0, rain=0.35, productivity=0.35, warmer=-2.0, moister=-15.0, greenness=0.45,
        soil=(("SOC", 0.4), ("TN", 0.4), ("pH", 0.4)),
    ),
    "boreal": Climate(
        62.0, rain=0.9, productivity=0.7, warmer=-11.0, seasons=1.2, moister=10.0, greenness=0.95,
        soil=(("SOC", 1.8), ("TN", 1.5), ("pH", -2.5)), snow=(11, 12, 1, 2, 3, 4),
    ),
    "humid subtropical": Climate(
        25.0, rain=2.6, productivity=1.9, warmer=8.0, seasons=0.6, moister=12.0, greenness=1.15,
        soil=(("SOC", 1.2), ("pH", -2.5)),
    ),
    "southern hemisphere": Climate(-33.0),
}  # fmt: skip


class Move:
    """The move of a folder of raw inputs to another latitude."""

    def __init__(self, raw: Path, climate: Climate):
        self.raw, self.climate = raw, climate
        self.zone = ZONE + 100 * (climate.latitude < 0)
        self.to_plane = Transformer.from_crs("EPSG:4326", f"EPSG:{ZONE}", always_xy=True)
        area = gpd.read_file(raw / "study_area.gpkg").to_crs(4326).union_all().centroid
        self.place = area.x, area.y
        x, y = self.to_plane.transform(*self.place)
        self.north = self.to_plane.transform(self.place[0], climate.latitude)[1] - y
        self.new_place = self.to_plane.transform(x, y + self.north, direction="INVERSE")

    @property
    def northing(self) -> float:
        """What is added to y of the zone [m]."""
        return self.north + SOUTH_M * (self.climate.latitude < 0)

    def points(self, longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places [deg] after the move."""
        x, y = self.to_plane.transform(np.asarray(longitude), np.asarray(latitude))
        return self.to_plane.transform(x, y + self.north, direction="INVERSE")

    def day(self, day: date) -> date:
        """Day of the same year on which the season of a day comes after the move."""
        number = (day.timetuple().tm_yday - 1 + self.climate.half_year) % YEAR_D
        return date(day.year, 1, 1) + timedelta(number)

    def date_in_table(self, text: str) -> str:
        """Date of a table, a day or a month, after the move."""
        if len(text) > len("2010-01"):
            return self.day(date.fromisoformat(text)).isoformat()
        return f"{text[:4]}-{(int(text[5:]) - 1 + self.climate.half_year // 29) % 12 + 1:02d}"

    def composite(self, day: date) -> date:
        """First day of the composite that takes the content of the one of this day."""
        number = ((day.timetuple().tm_yday - 1) // 16 + self.climate.half_year // 16) % 23
        return date(day.year, 1, 1) + timedelta(16 * number)


def move_basin(raw: Path, climate: Climate) -> None:
    """Change the raw inputs in a folder to those of a place with another climate."""
    move = Move(raw, climate)
    dem_on_plane(raw / "dem.tif")
    for path in sorted(raw.glob("*.gpkg")):
        move_vectors(path, move)
    for path in sorted({*raw.glob("*.tif"), *raw.glob("landsat/*/*.TIF")}):
        move_raster(path, move)
    change_monthly_rasters(raw, move)
    for path in sorted((raw / "landsat").iterdir()):
        change_scene(path, move)
    change_composites(raw / "coarse", move)
    for path in sorted((raw / "mod17").iterdir()):
        move_hdf(path, move, Npp_500m=lambda values: scaled(values, climate.productivity, 32760))
    change_tables(raw, move)


def dem_on_plane(path: Path) -> None:
    """Bring a raster in degrees to the zone of the basin."""
    with rasterio.open(path) as source:
        crs, about = f"EPSG:{ZONE}", source.profile
        transform, width, height = calculate_default_transform(
            source.crs, crs, source.width, source.height, *source.bounds
        )
        values = np.full((height, width), source.nodata, source.dtypes[0])
        reproject(rasterio.band(source, 1), values, dst_transform=transform, dst_crs=crs)
    about.update(crs=crs, transform=transform, width=width, height=height)
    with rasterio.open(path, "w", **about) as target:
        target.write(values, 1)


def move_vectors(path: Path, move: Move) -> None:
    """Move every layer of a GeoPackage."""
    layers = {name: gpd.read_file(path, layer=name) for name, _ in pyogrio.list_layers(path)}
    path.unlink()
    for name, layer in layers.items():
        moved = layer.to_crs(ZONE)
        moved = moved.set_geometry(moved.translate(yoff=move.northing)).set_crs(
            move.zone, allow_override=True
        )
        moved.to_file(path, layer=name)


def move_raster(path: Path, move: Move) -> None:
    """Move a raster on the zone of the basin."""
    with rasterio.open(path) as source:
        values, about = source.read(), source.profile
    transform = rasterio.Affine.translation(0, move.northing) @ about["transform"]
    with rasterio.open(path, "w", **about | {"transform": transform, "crs": f"EPSG:{move.zone}"}) as target:
        target.write(values)


def change_monthly_rasters(raw: Path, move: Move) -> None:
    """Rain and radiation of the ready rasters, pH of that of soil."""
    middle = np.arange(12) * MONTH_D + 15
    sun = extraterrestrial_radiation(middle, np.array(move.climate.latitude)) / np.roll(
        extraterrestrial_radiation(middle, np.array(move.place[1])), move.climate.half_year // 29
    )
    factors = {"precipitation": np.full(12, move.climate.rain), "radiation": sun}
    for name, factor in factors.items():
        with rasterio.open(raw / f"{name}.tif", "r+") as content:
            shifted = np.roll(content.read(), move.climate.half_year // 29, axis=0)
            content.write((shifted * factor[:, None, None]).astype("float32"))
    with rasterio.open(raw / "pH.tif", "r+") as content:
        content.write(content.read() + np.float32(dict(move.climate.soil).get("pH", 0)))


def change_scene(folder: Path, move: Move) -> None:
    """Scale NDVI of a scene, snow it in where its month asks for it, and give it its new day."""
    red_band, nir_band = ("B3", "B4") if folder.name.startswith(("LT05", "LE07")) else ("B4", "B5")
    paths = [next(folder.glob(f"*SR_{band}.TIF")) for band in (red_band, nir_band)]
    stored = [read_band(path) for path in paths]
    red, nir = (values * 2.75e-5 - 0.2 for values in stored)
    total = np.maximum(red + nir, 1e-3)
    ndvi = greened((nir - red) / total, move.climate.greenness)
    for path, old, band in zip(paths, stored, (1 - ndvi, 1 + ndvi), strict=True):
        new = np.where(old == 0, 0, np.clip((total * band / 2 + 0.2) / 2.75e-5, 1, 65535))
        write_band(path, np.round(new).astype(old.dtype))
    product = folder.name.split("_")
    old_day = date.fromisoformat(product[3])
    if old_day.month in move.climate.snow:
        quality = next(folder.glob("*QA_PIXEL.TIF"))
        values = read_band(quality)
        write_band(quality, np.where(values == 1, 1, SNOW_QA).astype(values.dtype))
    new_name = "_".join([*product[:3], f"{move.day(old_day):%Y%m%d}", *product[4:]])
    for path in folder.iterdir():
        path.rename(path.with_name(path.name.replace(folder.name, new_name)))
    folder.rename(folder.with_name(new_name))


def change_composites(folder: Path, move: Move) -> None:
    """Scale NDVI of the composites, snow them in where their month asks for it, and give them their days."""
    waiting = folder.with_name("composites")
    folder.rename(waiting)
    folder.mkdir()
    for path in sorted(waiting.iterdir()):
        year, number = map(int, re.findall(r"A(\d{4})(\d{3})", path.name)[0])
        start = date(year, 1, 1) + timedelta(number - 1)
        snowed = start.month in move.climate.snow
        later = (move.composite(start) - start).days
        changes: dict[str, Callable[[np.ndarray], np.ndarray]] = {
            "NDVI": lambda values: np.where(
                values == -3000, values, np.round(1e4 * greened(values / 1e4, move.climate.greenness))
            ),
            "day of the year": lambda values, later=later: np.where(
                values < 1, values, (values - 1 + later) % 366 + 1
            ),
        }
        if snowed:
            changes["reliability"] = lambda values: np.where(values == -1, -1, SNOW_RELIABILITY)
            changes["VI Quality"] = lambda values: np.where(values == 65535, 65535, SNOW_QUALITY)
        move_hdf(path, move, **changes)
        path.rename(folder / path.name.replace(f"A{year}{number:03d}", f"A{move.composite(start):%Y%j}"))
    shutil.rmtree(waiting)


def move_hdf(path: Path, move: Move, **changes: Callable[[np.ndarray], np.ndarray]) -> None:
    """Move an HDF4-EOS file and change the layers whose names end so."""
    content = SD(str(path), SDC.WRITE)
    for name in content.datasets():
        for end, change in changes.items():
            if name.endswith(end):
                layer = content.select(name)
                layer[:] = change(layer.get()).astype(layer.get().dtype)
                layer.endaccess()
    text = content.attributes()["StructMetadata.0"]
    moved = re.sub(
        r"(UpperLeftPointMtrs|LowerRightMtrs)=\(([-\d.]+),([-\d.]+)\)", lambda m: corner(m, move), text
    )
    content.attr("StructMetadata.0").set(SDC.CHAR, moved)
    content.end()


def corner(found: re.Match[str], move: Move) -> str:
    """A corner of the sinusoidal grid after the move of the middle of the area."""
    before, after = (
        (SPHERE_M * np.radians(longitude) * np.cos(np.radians(latitude)), SPHERE_M * np.radians(latitude))
        for longitude, latitude in (move.place, move.new_place)
    )
    x, y = (float(found[k + 2]) + after[k] - before[k] for k in (0, 1))
    return f"{found[1]}=({x:.6f},{y:.6f})"


def change_tables(raw: Path, move: Move) -> None:
    """Places, weather, soil and biomass of the tables."""
    climate = move.climate
    weather = pd.read_csv(raw / "weather.csv")
    dates = {text: move.date_in_table(text) for text in weather["date"].unique()}
    number = {text: day_number(text) for text in {*dates, *dates.values()}}
    before, after = (
        days.map(number).to_numpy(float) for days in (weather["date"], weather["date"].map(dates))
    )
    weather["date"] = weather["date"].map(dates)
    longer = daylight_hours(after, np.array(climate.latitude)) / daylight_hours(
        before, np.array(move.place[1])
    )
    for variable in weather["variable"].unique():
        mine = weather["variable"] == variable
        old = weather.loc[mine, "value"]
        weather.loc[mine, "value"] = changed_weather(variable, old, longer[mine], climate)
    weather.sort_values(["station", "variable", "date"]).to_csv(raw / "weather.csv", index=False)
    for path in raw.glob("*.csv"):
        table = pd.read_csv(path)
        if "longitude" in table:
            table["longitude"], table["latitude"] = move.points(table["longitude"], table["latitude"])
        for name, factor in climate.soil:
            if name in table:
                table[name] = (table[name] + factor if name == "pH" else table[name] * factor).round(3)
        for name in {"biomass_g_m2_yr", "npp_gC_m2_yr"} & set(table):
            table[name] *= climate.productivity
        if path.name == "monthly.csv":
            table = monthly_of(weather, table)
        table.to_csv(path, index=False)


def day_number(text: str) -> int:
    """Day of the year of a date, the middle of a month for a month."""
    return date.fromisoformat(text if len(text) > len("2010-01") else f"{text}-15").timetuple().tm_yday


def monthly_of(weather: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The monthly table again, of the changed weather."""
    weather = weather.dropna(subset="value").assign(month=weather["date"].str[:7])
    days = weather.groupby(["station", "month", "variable"])["value"].transform("size")
    weather = weather[(days > 25) | (weather["date"] == weather["month"])]  # the days at an edge are no month
    grouped = weather.groupby(["station", "month", "variable"])["value"].agg(["sum", "mean"]).reset_index()
    total = grouped["variable"].isin(["precipitation", "sunshine"])
    grouped["value"] = grouped["sum"].where(total, grouped["mean"])
    wide = grouped.pivot(index=["station", "month"], columns="variable", values="value").reset_index()
    places = [name for name in table if name not in wide or name == "station"]
    return wide.merge(table[places].drop_duplicates("station"), on="station")


def changed_weather(variable: str, old: pd.Series, longer: np.ndarray, climate: Climate) -> pd.Series:
    """Values of a variable in another climate, with the digits that stations report."""
    if variable == "temperature":
        return (old.mean() + climate.warmer + climate.seasons * (old - old.mean())).round(1)
    if variable == "precipitation":
        return (climate.rain * old).round(1)
    if variable == "relative_humidity":
        return (old + climate.moister).clip(8, 100).round(0)
    if variable in ("sunshine", "solar_radiation"):
        return (longer * old).round(1)
    return old


def greened(ndvi: np.ndarray, factor: float) -> np.ndarray:
    """NDVI of plants scaled; that of water and bare ground below 0.1 stays."""
    return np.clip(np.where(ndvi > 0.1, 0.1 + factor * (ndvi - 0.1), ndvi), -0.95, 0.95)


def scaled(values: np.ndarray, factor: float, most: int) -> np.ndarray:
    """Stored values scaled, the codes above the largest value left."""
    return np.where(values > most, values, np.round(factor * values))


def read_band(path: Path) -> np.ndarray:
    """Values of the only band of a raster."""
    with rasterio.open(path) as source:
        return source.read(1)


def write_band(path: Path, values: np.ndarray) -> None:
    """Write the values of the only band of a raster again."""
    with rasterio.open(path) as source:
        about = source.profile
    with rasterio.open(path, "w", **about) as target:
        target.write(values, 1)
