"""What is studied: area, months, classes and inputs, as the checks of single inputs need to know them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.features import geometry_mask
from shapely.geometry import box

from nppdrivers.grid import Grid, utm_crs
from nppdrivers.inputs.problems import InputError, Problem
from nppdrivers.inputs.vectors import read_vector
from nppdrivers.period import Period
from nppdrivers.weather.records import read_places, read_records
from nppdrivers.weather.table import Wanted

WGS84 = "EPSG:4326"
_CELL_M = 250
_FINEST_SKY_M, _SKY_CELLS = 30, 150
# What a check tells: problems, and in plain words what the input holds
Told = Iterable[Problem | str]


@dataclass(frozen=True)
class Study:
    """Inputs by name and what the run asks of them; see `preflight.check_inputs`."""

    inputs: Mapping[str, str | Path]
    period: Period
    codes: frozenset[int]
    variables: Sequence[str]
    soil_properties: Sequence[str]
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data_folder: str | Path | None = None
    run_grid: Grid | None = None
    min_base_percent: float = 0.0
    soil_factors: Mapping[str, float] = field(default_factory=dict)
    modis_products: Sequence[str] = ("MOD13Q1",)
    slc_off: str = "keep"
    weather_format: str = "auto"

    @cached_property
    def area(self) -> gpd.GeoDataFrame | None:
        """Study area in longitude and latitude; None when it cannot be read."""
        if "study_area" not in self.inputs and self.run_grid is not None:
            whole = gpd.GeoSeries([box(*self.run_grid.bounds)], crs=self.run_grid.crs)
            return gpd.GeoDataFrame(geometry=whole.to_crs(WGS84))
        try:
            return read_vector(self.inputs["study_area"], WGS84)
        except (KeyError, InputError):
            return None

    @cached_property
    def grid(self) -> Grid | None:
        """Coarse grid around the study area, for windows."""
        return self._grid_of(lambda longest_m: _CELL_M)

    @cached_property
    def sky(self) -> Grid | None:
        """Grid of the study area on which the clouds of a scene are judged, about `_SKY_CELLS` cells long."""
        return self._grid_of(lambda longest_m: max(_FINEST_SKY_M, round(longest_m / _SKY_CELLS)))

    @cached_property
    def sky_inside(self) -> np.ndarray:
        """Cells of `sky` whose centre lies in the study area."""
        shapes = self.area.to_crs(self.sky.crs).geometry
        inside = geometry_mask(shapes, self.sky.shape, self.sky.transform, invert=True)
        return inside if inside.any() else np.ones(self.sky.shape, bool)

    def _grid_of(self, cell_m: Callable[[float], float]) -> Grid | None:
        if self.area is None:
            return None
        west, south, east, north = self.area.total_bounds
        crs = utm_crs((west + east) / 2, (south + north) / 2)
        bounds = tuple(self.area.to_crs(crs).total_bounds)
        return Grid.around(bounds, crs, cell_m(max(bounds[2] - bounds[0], bounds[3] - bounds[1])))

    @cached_property
    def stations(self) -> pd.DataFrame | None:
        """Stations, of their own table or of the weather; None when there are none or they cannot be read."""
        try:
            if "stations" in self.inputs:
                return read_places(self.inputs["stations"], self.columns.get("stations"))
            return self.weather[1]
        except (KeyError, InputError):
            return None

    @cached_property
    def weather(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Daily or monthly weather of the years of the study, and its stations."""
        return read_records(
            self.inputs["weather"],
            Wanted(self.variables, self.period.whole_years()),
            stations_path=self.inputs.get("stations"),
            form=self.weather_format,
            columns=self.columns,
        )

    def swapped(self, bounds: Sequence[float]) -> str:
        """Remark for a remedy when exchanged longitude and latitude would lie in the study area."""
        west, south, east, north = bounds
        if self.area is None or not box(south, west, north, east).intersects(box(*self.area.total_bounds)):
            return ""
        return "; longitude and latitude are swapped"


def listed(names: Sequence[object], shown: int = 6) -> str:
    """List names, the first of many."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(map(str, names[:shown])) + more


def span(values: Sequence[float] | np.ndarray | pd.Series, unit: str = "") -> str:
    """Least and greatest value in words."""
    return f"{np.nanmin(values):.4g} to {np.nanmax(values):.4g} {unit}".strip()


def collected(check: Callable[[], Told], file: str | Path) -> list[Problem | str]:
    """Run one check of one file; what it raises becomes a problem too, beside what it told before."""
    told = []
    try:
        for one in check():
            told.append(one)
    except InputError as error:
        told += error.problems
    except (ValueError, OSError, rasterio.errors.RasterioError) as error:
        text = str(error).removeprefix(str(file)).lstrip(":, ")
        told.append(Problem(str(file), "", text, "correct the file, or give another one"))
    return told
