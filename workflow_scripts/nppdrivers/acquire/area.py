"""The area to fetch data for: where it is in any coordinate system, and what is odd about its place."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import shapely
from rasterio.warp import transform_bounds
from shapely.geometry import box

from nppdrivers.grid import utm_crs
from nppdrivers.inputs.layers import read_layer
from nppdrivers.inputs.problems import InputError
from nppdrivers.inputs.vectors import shape_problems

_SPHERE_M = 6371007.181
_SINUSOIDAL = f"+proj=sinu +R={_SPHERE_M} +units=m +no_defs"
_TILE_M = 2 * np.pi * _SPHERE_M / 36
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
            When it is no polygon, or has no coordinate system.
        """
        layer = read_layer(path)
        if problems := shape_problems(layer, str(path), "", "polygon"):
            raise InputError(problems)
        polygon = layer.to_crs("EPSG:4326").union_all()
        if crs == "auto":
            crs = utm_crs(polygon.centroid.x, polygon.centroid.y)
        west, south, east, north = (float(value) for value in layer.to_crs(crs).total_bounds)
        return cls(crs, (west, south, east, north), polygon.wkt)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read an area written by `save`."""
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return cls(content["crs"], tuple(content["bounds"]), content["polygon"])

    def save(self, path: str | Path) -> None:
        """Write the area as JSON."""
        Path(path).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

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
