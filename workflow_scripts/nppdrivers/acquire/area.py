"""The area to fetch data for: where it is in any coordinate system, and what is odd about its place."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import shapely
from pyproj.exceptions import CRSError
from rasterio.warp import transform_bounds
from shapely.geometry import box

from nppdrivers.grid import utm_crs
from nppdrivers.inputs.layers import read_layer
from nppdrivers.inputs.problems import InputError, Problem
from nppdrivers.inputs.raster.lattice import lattice_faults
from nppdrivers.inputs.vectors import shape_problems

_SPHERE_M = 6371007.181
_SINUSOIDAL = f"+proj=sinu +R={_SPHERE_M} +units=m +no_defs"
_TILE_M = 2 * np.pi * _SPHERE_M / 36
_HALF_WORLD = 180  # degrees of longitude; wider is what a part on either side of the date line looks like
_UTM_ENDS = 84  # degrees of latitude
_LARGEST_KM = 1500
_POINTS = 51  # on each edge of the box that is carried over to another coordinate system

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Area:
    """The box around a polygon, and the polygon itself in longitude and latitude.

    Attributes
    ----------
    crs : str
        Coordinate system of the grid of the run.
    bounds : (west, south, east, north) [m]
        In that system.
    polygon : str
        WKT, longitude and latitude.
    """

    crs: str
    bounds: Bounds
    polygon: str

    @classmethod
    def from_file(cls, path: str | Path, crs: str = "auto") -> Self:
        """Area of a vector file, in the coordinate system of the grid: that given, or the UTM zone.

        Raises
        ------
        InputError
            When it is no polygon, has no coordinate system, reaches across the date line, is too large, or
            does not suit the system of the grid.
        """
        layer = read_layer(path)
        problems = shape_problems(layer, str(path), "", "polygon")
        if problems:
            raise InputError(problems)
        polygon = layer.to_crs("EPSG:4326").union_all()
        if problem := _no_place(polygon, crs, str(path)):
            raise InputError([problem])
        if crs == "auto":
            crs = utm_crs(polygon.centroid.x, polygon.centroid.y)
        west, south, east, north = (float(value) for value in layer.to_crs(crs).total_bounds)
        area = cls(crs, (west, south, east, north), polygon.wkt)
        if problem := _too_wide(area, str(path)):
            raise InputError([problem])
        return area

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read an area written by `save`."""
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return cls(content["crs"], tuple(content["bounds"]), content["polygon"])

    def save(self, path: str | Path) -> None:
        """Write the area as JSON."""
        Path(path).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @property
    def key(self) -> str:
        """Short text that differs between areas whose windows differ."""
        return hashlib.sha256(repr((self.crs, self.bounds)).encode()).hexdigest()[:12]

    @cached_property
    def shape(self) -> shapely.Geometry:
        """Polygon in longitude and latitude [deg]."""
        return shapely.from_wkt(self.polygon)

    @property
    def lonlat(self) -> Bounds:
        """West, south, east and north [deg] of the box."""
        return self.within("EPSG:4326")

    def within(self, crs: str) -> Bounds:
        """Box around the area in another coordinate system."""
        west, south, east, north = transform_bounds(self.crs, crs, *self.bounds, densify_pts=_POINTS)
        return west, south, east, north

    def touches(self, geometry: dict | None, bbox: Sequence[float] | None) -> bool:
        """Whether the footprint of an item, or else its box, meets the area; True without either."""
        if geometry:
            return bool(self.shape.intersects(shapely.geometry.shape(geometry)))
        return bbox is None or bool(self.shape.intersects(box(*bbox)))

    @property
    def modis_tiles(self) -> list[str]:
        """Tiles of the sinusoidal grid that the box meets: h27v05."""
        west, south, east, north = self.within(_SINUSOIDAL)
        columns = range(int((west / _TILE_M + 18) // 1), int((east / _TILE_M + 18) // 1) + 1)
        rows = range(int((9 - north / _TILE_M) // 1), int((9 - south / _TILE_M) // 1) + 1)
        return [f"h{column:02d}v{row:02d}" for column in columns for row in rows]

    @property
    def remarks(self) -> list[str]:
        """What is odd about the place, each with what comes of it."""
        west, _, east, _ = self.shape.bounds
        remarks = []
        zones = range(int((west + 180) // 6) + 1, int((east + 180) // 6) + 2)
        if len(zones) > 1:
            remarks.append(
                f"the area lies in the UTM zones {zones[0]} to {zones[-1]}: its grid is in {self.crs}; "
                "scenes of the other zone are fetched too and are resampled; set grid.crs for another system"
            )
        if len(self.modis_tiles) > 1:
            tiles = ", ".join(self.modis_tiles)
            remarks.append(f"the area lies on the border of MODIS tiles: {tiles} are fetched and joined")
        return remarks


def _no_place(polygon: shapely.Geometry, crs: str, path: str) -> Problem | None:
    """Why nothing can be fetched for a polygon (longitude and latitude) on a grid in that system."""
    west, south, east, north = polygon.bounds
    if east - west > _HALF_WORLD:
        return _across(path, west, east)
    if crs == "auto":
        if max(-south, north) <= _UTM_ENDS:
            return None
        fault = f"reaches latitude {south if -south > north else north:.2f}, where there are no UTM zones"
        return Problem(path, "", fault, "set grid.crs to a system in metres, such as EPSG:3413 in the north")
    try:
        fault, _ = lattice_faults(crs, polygon.centroid.x, polygon.centroid.y)
    except CRSError:
        fault = f"{crs} is no coordinate system"
    if not fault:
        return None
    remedy = "set it to auto, for the UTM zone of the area, or to a local system in metres"
    return Problem("grid.crs", "", f"{crs}: {fault}" if crs not in fault else fault, remedy)


def _too_wide(area: Area, path: str) -> Problem | None:
    """Whether the box on the grid is too large, or crosses the date line where the polygon does not."""
    west, south, east, north = area.bounds
    wide, high = (east - west) / 1000, (north - south) / 1000
    if max(wide, high) > _LARGEST_KM:
        fault = f"reaches over {wide:.0f} x {high:.0f} km"
        return Problem(path, "", fault, f"give an area of up to {_LARGEST_KM} km, or parts of it as sites")
    west, _, east, _ = area.lonlat
    return _across(path, west, east) if east < west or east - west > _HALF_WORLD else None


def _across(path: str, west: float, east: float) -> Problem:
    """Problem of an area with land on both sides of the date line."""
    fault = f"lies at longitude {west:.2f} to {east:.2f}: across the date line, or around the world"
    return Problem(path, "", fault, "give the parts west and east of the date line as two sites")
