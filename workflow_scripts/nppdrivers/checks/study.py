"""What is studied: area, months, classes and inputs, as the checks of single inputs need to know them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from rasterio.features import geometry_mask
from shapely.geometry import box

from nppdrivers import rasters
from nppdrivers.checks.later_jobs.plan import Plan
from nppdrivers.checks.raster.sea import Waters
from nppdrivers.grid import Grid, utm_crs
from nppdrivers.images.landsat_folders import FineFolders
from nppdrivers.inputs.problems import Problem
from nppdrivers.inputs.soil import read_soil_samples
from nppdrivers.inputs.vectors import read_vector
from nppdrivers.period import Period
from nppdrivers.weather.records import read_places, read_records
from nppdrivers.weather.stations import monthly, read_monthly_wide
from nppdrivers.weather.table import COMPLETENESS, Wanted

WGS84 = "EPSG:4326"
FINE_INPUTS = ("landsat", "hls", "sentinel2", "fine_images")  # of fine images
_CELL_M = 250
_FINEST_CLOUD_CELL_M, _CLOUD_CELLS = 30, 150


@dataclass(frozen=True)
class Study:
    """Inputs by name, and what the run needs of them.

    Attributes
    ----------
    inputs : mapping of name to path
        Of study_area, river, mines, dem, land_cover, survey, soil_samples, stations, weather,
        monthly_weather, landsat, hls, sentinel2, coarse and mod17 (folders), fine_images, plots, zones,
        npp_points, soil_raster_<property>, climate_raster_<variable>_<year>, and the tables
        mining.indicators and mining.judgements of the settings. What is not given is not checked, and of
        other names only whether the file is there.
    period : Period
    land_cover_codes : collection of int
        Codes of the land cover classes that the configuration knows.
    variables : sequence of str
        Weather variables that the run needs in every month.
    soil_properties : sequence of str
        Properties that the run needs of the soil samples.
    columns : mapping
        For an input that is a table its column names: name here to name in the file.
    data_folder : path, optional
        Where relative paths in the table of ready images start.
    like : path, optional
        Raster whose extent is the study area where none is given.
    grid_crs : str
        Coordinate system of the grid in the settings; "auto" for the UTM zone.
    min_base_percent : float
        Least clear share of the study area that makes the images of a day a base image [%].
    soil_factors : mapping
        What brings a ready soil raster to the unit of its property, by property.
    coarse_products : sequence of str
        Coarse products that the run reads.
    coarse_change : str, optional
        First month of VIIRS, where products of MODIS and of VIIRS are read.
    slc_off : {"keep", "drop"}
        Whether the striped images of Landsat 7 are used.
    fine_choices : mapping
        How images of HLS and Sentinel-2 are read, as in `FineFolders`.
    weather_format : str
        `form` of `weather.records.read_records`.
    min_days_percent : float
        Least share of the days of a month that a station must have a value of [%].
    plan : Plan
        What later jobs do with the inputs.
    """

    inputs: Mapping[str, str | Path]
    period: Period
    land_cover_codes: Collection[int] = ()
    variables: Sequence[str] = ("temperature", "precipitation")
    soil_properties: Sequence[str] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data_folder: str | Path | None = None
    like: str | Path | None = None
    grid_crs: str = "auto"
    min_base_percent: float = 0.0
    soil_factors: Mapping[str, float] = field(default_factory=dict)
    coarse_products: Sequence[str] = ("MOD13Q1",)
    coarse_change: str | None = None
    slc_off: str = "keep"
    fine_choices: Mapping[str, str] = field(default_factory=dict)
    weather_format: str = "auto"
    min_days_percent: float = 100 * COMPLETENESS
    plan: Plan = field(default_factory=Plan)

    @cached_property
    def area(self) -> gpd.GeoDataFrame | None:
        """Study area in longitude and latitude; None when it cannot be read."""
        try:
            if "study_area" not in self.inputs and self.like is not None:
                grid = rasters.open_grid(self.like)
                whole = gpd.GeoSeries([box(*grid.bounds)], crs=grid.crs)
                return gpd.GeoDataFrame(geometry=whole.to_crs(WGS84))
            return read_vector(self.inputs["study_area"], WGS84)
        except Exception:  # its own check reports why
            return None

    def fine_folders(self, name: str) -> FineFolders | None:
        """Images that are checked with an input: a table alone, scenes together with the first of them."""
        if Path(self.inputs[name]).is_file():
            data_folder = str(self.data_folder) if self.data_folder else None
            return FineFolders(fine_images=str(self.inputs[name]), data_folder=data_folder)
        scenes = {each: str(self.inputs[each]) for each in FINE_INPUTS[:-1] if each in self.inputs}
        return FineFolders(**scenes, **self.fine_choices) if name == next(iter(scenes)) else None

    @cached_property
    def grid(self) -> Grid | None:
        """Coarse grid around the study area, for windows."""
        return self._grid_of(lambda longest_m: _CELL_M)

    @cached_property
    def cloud_grid(self) -> Grid | None:
        """Grid of about `_CLOUD_CELLS` cells along the study area, on which clouds are counted."""
        return self._grid_of(lambda longest_m: max(_FINEST_CLOUD_CELL_M, round(longest_m / _CLOUD_CELLS)))

    @cached_property
    def waters(self) -> Waters:
        """Sea in the study area, by the inputs that show it."""
        return Waters(self.inputs, self.plan.class_codes, (self.coarse_products, self.coarse_change))

    def cells(self, grid: Grid) -> np.ndarray:
        """Cells of a grid whose centre lies in the study area."""
        if grid not in self._cells:  # asked anew for every image
            self._cells[grid] = self._draw_cells(grid)
        return self._cells[grid]

    @cached_property
    def _cells(self) -> dict[Grid, np.ndarray]:
        return {}

    def _draw_cells(self, grid: Grid) -> np.ndarray:
        if self.area is None:
            return np.ones(grid.shape, bool)
        shapes = self.area.to_crs(grid.crs).geometry
        inside = geometry_mask(shapes, grid.shape, grid.transform, invert=True)
        return inside if inside.any() else np.ones(grid.shape, bool)

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
        except Exception:  # the check of the stations or of the weather reports why
            return None

    @cached_property
    def weather(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Daily or monthly weather of the years of the study, and its stations."""
        return self._weather[:2]

    @property
    def weather_remarks(self) -> list[Problem]:
        """Warnings of what was left out when the weather was read."""
        return self._weather[2]

    @cached_property
    def _weather(self) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
        remarks: list[Problem] = []
        records, places = read_records(
            self.inputs["weather"],
            Wanted(self.variables, self.period.whole_years()),
            stations_path=self.inputs.get("stations"),
            form=self.weather_format,
            columns=self.columns,
            remarks=remarks,
        )
        return records, places, remarks

    @cached_property
    def monthly_weather(self) -> pd.DataFrame:
        """Monthly values as the climate stage makes them of the weather."""
        return monthly(*self.weather, completeness=self.min_days_percent / 100)

    @cached_property
    def station_months(self) -> pd.DataFrame | None:
        """Monthly values of the stations from whichever table has them; None without one that can be read."""
        try:
            if "monthly_weather" in self.inputs:
                return read_monthly_wide(
                    self.inputs["monthly_weather"], self.columns.get("monthly_weather", {})
                )
            return self.monthly_weather if "weather" in self.inputs else None
        except Exception:  # the check of the table reports why
            return None

    @cached_property
    def samples(self) -> pd.DataFrame | None:
        """Soil samples; None without a table that can be read."""
        with suppress(Exception):  # its own check reports why
            return read_soil_samples(self.inputs["soil_samples"], WGS84, self.columns.get("soil_samples", {}))
        return None

    def swapped(self, bounds: Sequence[float]) -> str:
        """Remark for a remedy when exchanged longitude and latitude would lie in the study area."""
        west, south, east, north = bounds
        if self.area is None or not box(south, west, north, east).intersects(box(*self.area.total_bounds)):
            return ""
        return "; longitude and latitude are swapped"
