"""Archives without a catalogue for tests of the acquisition: files of stations, climate and soil to serve."""

from calendar import monthrange
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from archive import Archive
from scipy.io import netcdf_file
from weather_writers import station_line

from nppdrivers.acquire.area import Area
from nppdrivers.evapotranspiration import saturation_vapour_pressure

GHCN_LISTS = "ghcn/pub/data/ghcn/daily"
GHCN_FILES = "ghcn/data/global-historical-climatology-network-daily/access"
# Radiation of each month [W m-2], relative humidity [%], wind at 10 m [m s-1]
RADIATION = np.array([110, 140, 180, 220, 250, 255, 235, 215, 180, 150, 120, 100.0])
HUMIDITY = np.array([55, 54, 53, 52, 54, 60, 74, 76, 71, 65, 60, 57.0])
WIND = np.array([2.4, 2.6, 3.0, 3.2, 3.0, 2.7, 2.3, 2.1, 2.1, 2.2, 2.4, 2.4])
# Stored values of SoilGrids, and the edge of its pixels in degrees of its mosaic here
SOIL = {"soc": 220, "nitrogen": 180, "phh2o": 78, "clay": 240, "bdod": 131}
SOIL_PIXEL_M, SOIL_TILE = 250, 30
# Codes of ESA CCI for the land cover of the basin
CCI_CODES = {1: 50, 2: 110, 3: 10, 4: 190, 5: 210}
ELEMENTS = {"temperature": ("TAVG", 10), "precipitation": ("PRCP", 10)}


def add_all(archive: Archive, land_cover_year: int) -> None:
    """Serve all that a virtual basin has: images of the catalogue, stations, TerraClimate, soil."""
    archive.add_landsat()
    archive.add_modis()
    archive.add_annual_npp()
    archive.add_dem()
    archive.add_land_cover(land_cover_year, CCI_CODES)
    area = Area.from_file(archive.raw / "study_area.gpkg")
    add_ghcn(archive.raw, archive.served)
    add_terraclimate(archive.raw, archive.served, area)
    add_soil(archive.served, area)


def station_name(station: str) -> str:
    """Name of a station of the basin as GHCN-Daily would have it."""
    return f"CHM{station:0>8}"


def daily(raw: Path) -> pd.DataFrame:
    """Weather of the stations of a basin that report by day."""
    weather = pd.read_csv(raw / "weather.csv").dropna()
    return weather[weather["date"].str.len() == len("2013-01-01")]


def add_ghcn(raw: Path, served: Path) -> None:
    """Write the lists of GHCN-Daily and a file of each station from the weather of a basin, in tenths."""
    stations, weather = pd.read_csv(raw / "stations.csv"), daily(raw)
    stations = stations[stations["station"].isin(weather["station"])]
    lists, files = served / GHCN_LISTS, served / GHCN_FILES
    lists.mkdir(parents=True)
    files.mkdir(parents=True)
    lines, inventory = [], []
    first, last = weather["date"].min()[:4], weather["date"].max()[:4]
    for row in stations.itertuples():
        name = station_name(row.station)
        lines.append(station_line(name, row.latitude, row.longitude, row.elevation_m, row.name))
        place = f"{name} {row.latitude:8.4f} {row.longitude:9.4f}"
        inventory += [f"{place} {element} {first} {last}" for element, _ in ELEMENTS.values()]
        own = weather[(weather["station"] == row.station) & weather["variable"].isin(ELEMENTS)]
        days = own.pivot(index="date", columns="variable", values="value").reset_index()
        table = pd.DataFrame({"STATION": name, "DATE": days["date"]})
        table["LATITUDE"], table["LONGITUDE"] = row.latitude, row.longitude
        table["ELEVATION"], table["NAME"] = row.elevation_m, f"{row.name}, CH"
        for variable, (element, factor) in ELEMENTS.items():
            table[element] = (days[variable] * factor).round().astype("Int64")
            table[f"{element}_ATTRIBUTES"] = ",,S"
        table.to_csv(files / f"{name}.csv", index=False, quoting=1)
    (lists / "ghcnd-stations.txt").write_text("\n".join(lines) + "\n")
    (lists / "ghcnd-inventory.txt").write_text("\n".join(inventory) + "\n")


def add_terraclimate(raw: Path, served: Path, area: Area) -> None:
    """Write each variable and year of TerraClimate around the area, the weather of a basin everywhere."""
    weather = daily(raw).assign(month=lambda table: table["date"].str[:7])
    months = weather.groupby(["variable", "month", "station"])["value"].agg(["mean", "sum"])
    months = months.groupby(["variable", "month"]).mean()
    (served / "terraclimate").mkdir()
    for year in sorted(set(weather["date"].str[:4])):
        temperature = months.loc["temperature", "mean"].filter(like=year).to_numpy()
        highest, lowest = temperature + 6, temperature - 6
        saturation = (saturation_vapour_pressure(highest) + saturation_vapour_pressure(lowest)) / 2
        stored = {
            "tmax": highest,
            "tmin": lowest,
            "ppt": months.loc["precipitation", "sum"].filter(like=year).to_numpy(),
            "srad": RADIATION,
            "vap": HUMIDITY / 100 * saturation,
            "ws": WIND,
        }
        for name, values in stored.items():
            _write_packed(served / f"terraclimate/{name}_{year}.nc", name, values, area)


def _write_packed(path: Path, name: str, values: np.ndarray, area: Area) -> None:
    """Write twelve months as the server gives them: packed, north first."""
    west, south, east, north = area.lonlat
    columns = np.arange(np.floor(west * 24) - 6, np.ceil(east * 24) + 7)
    rows = np.arange(np.ceil(north * 24) + 6, np.floor(south * 24) - 7, -1)
    with netcdf_file(path, "w") as file:
        for axis, numbers in {"time": np.arange(12) * 30.0, "lat": rows / 24, "lon": columns / 24}.items():
            file.createDimension(axis, len(numbers))
            file.createVariable(axis, "d", (axis,))[:] = numbers
        file.variables["lat"].units, file.variables["lon"].units = "degrees_north", "degrees_east"
        file.variables["time"].units = f"days since {path.stem[-4:]}-01-01"
        packed = file.createVariable(name, "i2", ("time", "lat", "lon"))
        packed.scale_factor, packed.add_offset, packed._FillValue = 0.01, 0.0, np.int16(-32768)
        packed[:] = np.round(values[:, None, None] / 0.01).astype("int16")


def monthly_radiation(year: int) -> np.ndarray:
    """Radiation of the months of a year [MJ m-2 month-1]."""
    days = np.array([monthrange(year, month)[1] for month in range(1, 13)])
    return RADIATION * 0.0864 * days


def add_soil(served: Path, area: Area) -> None:
    """Write the mosaics of SoilGrids, four tiles each, around the area; values change from pixel to pixel."""
    west, _, _, north = area.bounds
    place = Affine(SOIL_PIXEL_M, 0, west - 5000, 0, -SOIL_PIXEL_M, north + 5000)
    size = 2 * SOIL_TILE
    waves = np.add.outer(np.arange(size), np.arange(size)) % 9
    for name, value in SOIL.items():
        for layer in ("0-5cm", "5-15cm", "15-30cm"):
            folder = served / f"soil/{name}/{name}_{layer}_mean"
            folder.mkdir(parents=True)
            corners = [(row, column) for row in (0, SOIL_TILE) for column in (0, SOIL_TILE)]
            tiles = [_write_tile(folder, value + waves, place, area.crs, *corner) for corner in corners]
            transform = ", ".join(map(str, place.to_gdal()))
            folder.with_suffix(".vrt").write_text(
                f'<VRTDataset rasterXSize="{size}" rasterYSize="{size}"><SRS>{area.crs}</SRS>'
                f'<GeoTransform>{transform}</GeoTransform><VRTRasterBand dataType="Int16" band="1">'
                f"<NoDataValue>-32768</NoDataValue>{''.join(tiles)}</VRTRasterBand></VRTDataset>"
            )


def _write_tile(folder: Path, values: np.ndarray, place: Affine, crs: str, row: int, column: int) -> str:
    """Write a tile of a mosaic; its element of the virtual raster."""
    path = folder / f"{row}-{column}.tif"
    profile = {"driver": "GTiff", "count": 1, "height": SOIL_TILE, "width": SOIL_TILE, "dtype": "int16"}
    profile |= {"nodata": -32768, "crs": crs, "transform": place @ Affine.translation(column, row)}
    with rasterio.open(path, "w", **profile) as target:
        target.write(values[row : row + SOIL_TILE, column : column + SOIL_TILE].astype("int16"), 1)
    extent = f'xSize="{SOIL_TILE}" ySize="{SOIL_TILE}"'
    return (
        f'<ComplexSource><SourceFilename relativeToVRT="1">{folder.name}/{path.name}</SourceFilename>'
        f'<SrcRect xOff="0" yOff="0" {extent}/><DstRect xOff="{column}" yOff="{row}" {extent}/>'
        "</ComplexSource>"
    )
