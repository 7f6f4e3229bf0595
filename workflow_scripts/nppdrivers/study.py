"""What is studied: area, months, classes and inputs, as the checks of single inputs need to know them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd
import rasterio
from shapely.geometry import box

from nppdrivers.grid import Grid, utm_crs
from nppdrivers.problems import InputError, Problem
from nppdrivers.stations import read_stations
from nppdrivers.vectors import read_vector

WGS84 = "EPSG:4326"
_CELL_M = 250


@dataclass(frozen=True)
class Study:
    """Inputs by name and what the run asks of them; see `preflight.check_inputs`."""

    inputs: Mapping[str, str | Path]
    first_month: str
    last_month: str
    codes: frozenset[int]
    variables: Sequence[str]
    soil_properties: Sequence[str]
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data_folder: str | Path | None = None
    run_grid: Grid | None = None

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
        if self.area is None:
            return None
        west, south, east, north = self.area.total_bounds
        crs = utm_crs((west + east) / 2, (south + north) / 2)
        return Grid.around(tuple(self.area.to_crs(crs).total_bounds), crs, _CELL_M)

    @cached_property
    def stations(self) -> pd.DataFrame | None:
        """Stations; None when there are none or they cannot be read."""
        try:
            return read_stations(self.inputs["stations"], self.columns.get("stations"))
        except (KeyError, InputError):
            return None

    @property
    def months(self) -> list[str]:
        """All months, "YYYY-MM"."""
        return [str(month) for month in pd.period_range(self.first_month, self.last_month, freq="M")]

    @property
    def days(self) -> tuple[date, date]:
        """First and last day."""
        return (
            pd.Period(self.first_month, "M").start_time.date(),
            pd.Period(self.last_month, "M").end_time.date(),
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


def collected(check: Callable[[], Iterable[Problem]], file: str | Path) -> list[Problem]:
    """Run one check of one file; what it raises becomes a problem too."""
    try:
        return list(check())
    except InputError as error:
        return error.problems
    except (ValueError, OSError, rasterio.errors.RasterioError) as error:
        text = str(error).removeprefix(f"{file}: ")
        return [Problem(str(file), "", text, "correct the file, or give another one")]
