"""TerraClimate: the files of a year, and the monthly rasters of the run's variables from them."""

from calendar import monthrange
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import rasterio
from affine import Affine
from scipy.io import netcdf_file

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.network.windows import MARGIN_PIXELS, unfinished
from nppdrivers.acquire.plan import WHOLE, Wanted
from nppdrivers.evapotranspiration import saturation_vapour_pressure

VARIABLES = ("temperature", "precipitation", "solar_radiation", "relative_humidity", "wind_speed")
_STORED = ("tmax", "tmin", "ppt", "srad", "vap", "ws")
_CELL_DEG = 1 / 24
_FILE_BYTES = 20_000
_MJ_A_DAY = 0.0864  # of 1 W m-2
_WIND_AT_2_M = 0.748  # of wind at 10 m: Allen et al. 1998 (FAO-56), eq. 47


def wanted_climate(url: str, area: Area, year: int) -> list[Wanted]:
    """Files of a year, cut to the area by the server.

    Parameters
    ----------
    url : str
        Of the server's service for parts of the data set, with {variable} in it.
    area : Area
    year : int
    """
    west, south, east, north = area.lonlat
    margin = MARGIN_PIXELS * _CELL_DEG
    query = {
        "north": f"{min(90, north + margin):.6f}",
        "west": f"{west - margin:.6f}",
        "east": f"{east + margin:.6f}",
        "south": f"{max(-90, south - margin):.6f}",
        "disableProjSubset": "on",
        "horizStride": "1",
        "time_start": f"{year}-01-01T00:00:00Z",
        "time_end": f"{year}-12-31T00:00:00Z",
        "timeStride": "1",
        "accept": "netcdf",
    }
    return [
        Wanted(
            part=f"TerraClimate_{year}",
            collection="TerraClimate",
            item=str(year),
            asset=name,
            href=f"{url.replace('{variable}', name)}?{urlencode({'var': name, **query})}",
            file=f"climate/terraclimate/{name}_{year}.nc",
            date=f"{year}-01-01",
            way=WHOLE,
            expected_bytes=_FILE_BYTES,
        )
        for name in _STORED
    ]


def monthly_rasters(folder: Path, year: int) -> list[str]:
    """Write twelve bands of each variable of a year, in the unit of the project.

    Temperature is the mean of the extremes; humidity is that of the vapour pressure against the mean
    saturation pressure of the extremes (FAO-56, eq. 12); wind is brought from 10 to 2 m.

    Parameters
    ----------
    folder : Path
        Of the raw data.
    year : int

    Returns
    -------
    list of str
        Files, below that folder.
    """
    paths = {name: folder / f"climate/terraclimate/{name}_{year}.nc" for name in _STORED}
    if not all(path.exists() for path in paths.values()):
        return []
    stored = {name: _read(path, year) for name, path in paths.items()}
    values = {name: array for name, (array, _) in stored.items()}
    days = np.array([monthrange(year, month)[1] for month in range(1, 13)])[:, None, None]
    saturation = (saturation_vapour_pressure(values["tmax"]) + saturation_vapour_pressure(values["tmin"])) / 2
    ours = {
        "temperature": (values["tmax"] + values["tmin"]) / 2,
        "precipitation": values["ppt"],
        "solar_radiation": values["srad"] * _MJ_A_DAY * days,
        "relative_humidity": np.minimum(100 * values["vap"] / saturation, 100),
        "wind_speed": values["ws"] * _WIND_AT_2_M,
    }
    made = []
    for name, array in ours.items():
        made.append(f"climate/{name}_{year}.tif")
        _write(array, stored["ppt"][1], folder / made[-1])
    return made


def _read(path: Path, year: int) -> tuple[np.ndarray, dict]:
    """Values of the twelve months from north to south, NaN where missing, and the place of the raster."""
    try:
        # the server sends the classic format; not every build of GDAL reads it
        with netcdf_file(path, mmap=False) as file:
            variable = file.variables[path.stem.partition("_")[0]]
            stored = variable[:].astype("float64")
            scale, offset = getattr(variable, "scale_factor", 1.0), getattr(variable, "add_offset", 0.0)
            missing = getattr(variable, "_FillValue", getattr(variable, "missing_value", np.nan))
            latitude, longitude = (file.variables[name][:].astype("float64") for name in ("lat", "lon"))
    except (OSError, KeyError, TypeError, ValueError, IndexError):
        raise ValueError(f"{path}: cannot be read; delete it and call again to fetch it anew") from None
    if len(stored) != 12:
        raise ValueError(f"{path}: {len(stored)} months of {year} in place of 12; the year is not complete")
    values = np.where(stored == missing, np.nan, stored * scale + offset)
    if latitude[0] < latitude[-1]:
        latitude, values = latitude[::-1], values[:, ::-1]
    corner = Affine.translation(longitude[0] - _CELL_DEG / 2, latitude[0] + _CELL_DEG / 2)
    transform = corner @ Affine.scale(_CELL_DEG, -_CELL_DEG)
    return values, {"crs": "EPSG:4326", "transform": transform, "shape": values.shape[1:]}


def _write(values: np.ndarray, place: dict, target: Path) -> None:
    """Write twelve monthly bands."""
    height, width = place["shape"]
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 12,
        "height": height,
        "width": width,
        "crs": place["crs"],
        "transform": place["transform"],
        "nodata": np.nan,
        "compress": "deflate",
    }
    with unfinished(target) as temporary, rasterio.open(temporary, "w", **profile) as written:
        written.write(values.astype("float32"))
