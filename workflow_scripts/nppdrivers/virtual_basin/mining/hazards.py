"""Mines and the geological hazard survey of the virtual basin: goafs, subsidence, collapse, cracks, seeps.

Longwall panels are laid out in each mine; the ground sinks above groups of them, cracks follow the rims,
shallow panels collapse, and water seeps out in the hollows. Lengths are virtual metres (see `landscape`),
attributes real.
"""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import LinearRing, LineString, MultiPolygon, Point, Polygon, affinity
from shapely.ops import unary_union

from nppdrivers.virtual_basin.landscape import CRS, Landscape
from nppdrivers.virtual_basin.noise import stream

MINES = 11
EVENT_MINES = (1, 4, 8)  # mines in which some ground sinks only during the record
# Core, flank and rim of a trough: depth as a share of the deepest, how far it reaches beyond the panels as a
# share of the mining depth, and tilt [mm m-1] for each metre of the deepest sunk 200 m above the seam.
TROUGH = ((1.0, 0.0, 4.0), (0.55, 0.25, 9.0), (0.22, 0.55, 5.0))


# Surveyed shapes with their attributes, by layer.
Records = dict[str, list[dict[str, Any]]]


@dataclass
class Survey:
    """Layers of the hazard survey; GeoDataFrames in the projection of the basin.

    Attributes
    ----------
    layers : dict
        collapse, subsidence, goaf, seep (polygons), cracks (lines), with their attributes.
    mines : GeoDataFrame
        Boundaries with `name`.
    events : GeoDataFrame
        Ground that sank only during the record, with `number` from 1.
    """

    layers: dict[str, gpd.GeoDataFrame]
    mines: gpd.GeoDataFrame
    events: gpd.GeoDataFrame

    def before_events(self) -> dict[str, gpd.GeoDataFrame]:
        """The layers without what lies on ground that sank only during the record."""
        sunken = unary_union(list(self.events.geometry))
        before = {}
        for name, layer in self.layers.items():
            rest = layer if name == "goaf" else layer.assign(geometry=layer.geometry.difference(sunken))
            before[name] = rest[~rest.geometry.is_empty].reset_index(drop=True)
        return before


def survey(land: Landscape, seed: int) -> Survey:
    """Draw the mines and survey them."""
    rng = stream(seed, "mines")
    boundaries = _mines(land, rng)
    records: Records = {n: [] for n in ("collapse", "subsidence", "goaf", "seep", "cracks")}
    events: list[dict[str, Any]] = []
    for number, boundary in enumerate(boundaries):
        draw = stream(seed, "mine", number)
        trough = _mine(boundary, land, draw, records)
        if number in EVENT_MINES and trough is not None:
            sunken = _largest(trough.intersection(_blob(_inside(trough, draw), 420 * land.size, draw)))
            events.append({"number": len(events) + 1, "geometry": sunken})
    _old_pits(land, stream(seed, "old pits"), records)
    layers = {name: _frame(rows, land) for name, rows in records.items()}
    mines = gpd.GeoDataFrame(
        {"name": [f"Mine {i + 1:02d}" for i in range(MINES)]}, geometry=boundaries, crs=CRS
    )
    return Survey(layers, mines, _frame(events, land))


def _frame(rows: list[dict[str, Any]], land: Landscape) -> gpd.GeoDataFrame:
    """Records cut to the study area; parts of a cut polygon stay one feature."""
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    frame.geometry = frame.geometry.intersection(land.outline)
    return frame[~frame.geometry.is_empty].reset_index(drop=True)


def _mines(land: Landscape, rng: np.random.Generator) -> list[Polygon]:
    """The ground west of the river shared out among the mines, with safety pillars between them."""
    m = land.size
    west_edge, _, _, north = land.box.bounds
    bank = Polygon(
        [*land.river.coords, (west_edge - 1e4, land.river.coords[-1][1]), (west_edge - 1e4, north + 1e4)]
    )
    ground = _largest(land.outline.intersection(bank.buffer(0)).buffer(-650 * m))
    points = _spread(ground, MINES, rng)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=ground.buffer(1e4 * m)).geoms
    cells = sorted(cells, key=lambda cell: (-cell.intersection(ground).centroid.y, cell.centroid.x))
    return [_largest(cell.intersection(ground).buffer(-90 * m)) for cell in cells]


def _largest(shape: Polygon | MultiPolygon) -> Polygon:
    """The largest part of a shape."""
    return max(shape.geoms, key=lambda part: part.area) if isinstance(shape, MultiPolygon) else shape


def _spread(ground: Polygon, number: int, rng: np.random.Generator) -> list[Point]:
    """Points far from each other: of 12 draws the one farthest from those chosen, then two steps of Lloyd."""
    west, south, east, north = ground.bounds
    points: list[Point] = []
    while len(points) < number:
        draws = [
            Point(x, y)
            for x, y in zip(rng.uniform(west, east, 60), rng.uniform(south, north, 60), strict=True)
        ]
        draws = [p for p in draws if ground.contains(p)][:12]
        if draws:
            points.append(max(draws, key=lambda p: min((p.distance(q) for q in points), default=0)))
    for _ in range(2):
        cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=ground).geoms
        points = [cell.intersection(ground).centroid for cell in cells]
    return points


def _mine(boundary: Polygon, land: Landscape, rng: np.random.Generator, records: Records) -> Polygon | None:
    """Lay out one mine's panels and record what they did; its trough, or None where no panel fits."""
    m = land.size
    thickness, depth = rng.uniform(2.8, 6.3), rng.uniform(90, 380)
    panels = _panels(boundary, m, rng)
    if not panels:
        return None
    for panel in panels:
        seam = {"thickness_m": thickness + rng.normal(0, 0.2), "depth_m": depth * rng.uniform(0.9, 1.1)}
        records["goaf"].append({key: round(v, 2) for key, v in seam.items()} | {"geometry": panel})
    deepest = 0.72 * thickness * rng.uniform(0.75, 1.0)
    trough = _trough(panels, deepest, depth, m, rng, records)
    _cracks(trough, depth, m, rng, records)
    if depth < 260:
        _collapses(panels, m, rng, records)
    _seeps(trough, land, rng, records)
    return trough


def _panels(boundary: Polygon, m: float, rng: np.random.Generator) -> list[Polygon]:
    """Parallel longwall panels of 150-230 m by up to 1500 m, with pillars, in the worked part of a mine."""
    angle = rng.uniform(-35, 35)
    centre = boundary.centroid
    turned = affinity.rotate(boundary, -angle, centre)
    west, south, east, north = turned.bounds
    width, pillar = rng.uniform(150, 230) * m, rng.uniform(25, 45) * m
    panels, y = [], south + rng.uniform(0.05, 0.3) * (north - south)
    top = north - rng.uniform(0.05, 0.25) * (north - south)
    while y < top:
        start, end = (
            west + rng.uniform(0.03, 0.3) * (east - west),
            east - rng.uniform(0.03, 0.3) * (east - west),
        )
        strip = shapely.box(start, y, end, y + width).intersection(turned.buffer(-40 * m))
        strip = _largest(strip)
        if strip.area > (300 * m) * width:
            panels.append(affinity.rotate(strip, angle, centre))
        y += width + (pillar if rng.random() < 0.75 else 6 * pillar)
    return panels


def _trough(
    panels: list[Polygon],
    deepest: float,
    depth: float,
    m: float,
    rng: np.random.Generator,
    records: Records,
) -> Polygon | MultiPolygon:
    """Subsidence in three rings that do not overlap: core, flank and rim; its outer edge."""
    inner = None
    for share, reach, tilt in TROUGH:
        edge = unary_union(panels).buffer((25 + reach * depth) * m).buffer(-15 * m)
        ring = edge if inner is None else edge.difference(inner)
        slope = tilt * deepest / (depth / 200) * rng.uniform(0.85, 1.15)
        for part in getattr(ring, "geoms", [ring]):
            sunk = deepest * share * rng.uniform(0.92, 1.08)
            records["subsidence"].append(
                {"depth_m": round(sunk, 2), "slope_change_mm_m": round(min(slope, 60), 1), "geometry": part}
            )
        inner = edge
    return edge


def _cracks(
    trough: Polygon | MultiPolygon, depth: float, m: float, rng: np.random.Generator, records: Records
) -> None:
    """Bundles of cracks along the rim, on its inner side, wider above shallow panels."""
    for part in getattr(trough, "geoms", [trough]):
        rim = part.buffer(-0.3 * depth * m).exterior if part.area > (500 * m) ** 2 else part.exterior
        if rim is None or rim.is_empty:
            continue
        for _ in range(max(2, round(rim.length / 240))):  # as many metres a hectare in a basin of any size
            start, length = rng.uniform(0, rim.length), rng.uniform(90, 380) * m
            width = float(np.clip(rng.lognormal(np.log(0.16 * (220 / depth) ** 0.6), 0.5), 0.02, 1.2))
            for offset in rng.uniform(-75, 75, rng.integers(2, 6)) * m:
                crack = _along(rim, start, length * rng.uniform(0.6, 1.0), offset, m, rng)
                records["cracks"].append(
                    {"width_m": round(width * rng.uniform(0.6, 1.2), 3), "geometry": crack}
                )


def _along(
    rim: LinearRing, start: float, length: float, offset: float, m: float, rng: np.random.Generator
) -> LineString:
    """A piece of the rim moved inwards or outwards, with small kinks."""
    steps = np.linspace(0, length, max(4, int(length / m / 25)))
    points = np.array([rim.interpolate((start + s) % rim.length).coords[0] for s in steps])
    tangent = np.gradient(points, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / (np.hypot(*tangent.T)[:, None] + 1e-9)
    return LineString(points + normal * (offset + rng.normal(0, 3 * m, (len(steps), 1))))


def _collapses(panels: list[Polygon], m: float, rng: np.random.Generator, records: Records) -> None:
    """Pits where the roof of a shallow panel fell in."""
    for _ in range(rng.integers(3, 7)):
        panel = panels[rng.integers(len(panels))]
        centre = _inside(panel, rng)
        pit = _blob(centre, rng.uniform(35, 110) * m, rng)
        fallen = {"depth_m": rng.uniform(1.5, 6.0), "slope_change_mm_m": rng.uniform(18, 55)}
        records["collapse"].append({key: round(v, 2) for key, v in fallen.items()} | {"geometry": pit})


def _seeps(
    trough: Polygon | MultiPolygon, land: Landscape, rng: np.random.Generator, records: Records
) -> None:
    """Wet ground in the lowest parts of a trough."""
    m, grid = land.size, land.domain
    places = [_inside(trough, rng) for _ in range(14)]
    rows, columns = grid.cell_of(shapely.get_x(places), shapely.get_y(places))
    for i in np.argsort(land.elevation[rows, columns])[: rng.integers(1, 4)]:
        wet = _blob(places[i], rng.uniform(70, 220) * m, rng)
        records["seep"].append({"severity": round(rng.uniform(0.25, 1.0), 2), "geometry": wet})


def _old_pits(land: Landscape, rng: np.random.Generator, records: Records) -> None:
    """A few small abandoned workings east of the river."""
    m = land.size
    west, south, east, north = land.box.bounds
    for x, y in ((0.80, 0.60), (0.72, 0.33), (0.68, 0.80)):
        centre = Point(west + x * (east - west), south + y * (north - south))
        panels = [_blob(centre, rng.uniform(150, 260) * m, rng)]
        seam = {"thickness_m": round(rng.uniform(1.5, 2.5), 2), "depth_m": round(rng.uniform(60, 110), 1)}
        records["goaf"].append(seam | {"geometry": panels[0]})
        trough = _trough(panels, rng.uniform(0.4, 0.9), seam["depth_m"], m, rng, records)
        _cracks(trough, 2 * seam["depth_m"], m, rng, records)


def _inside(shape: Polygon | MultiPolygon, rng: np.random.Generator) -> Point:
    """A random point of a shape."""
    west, south, east, north = shape.bounds
    for _ in range(200):
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if shape.contains(point):
            return point
    return shape.representative_point()


def _blob(centre: Point, radius: float, rng: np.random.Generator) -> Polygon:
    """A round shape with an uneven edge."""
    angle = np.linspace(0, 2 * np.pi, 49)[:-1]
    r = radius * np.ones_like(angle)
    for wave in range(2, 7):
        r *= 1 + 0.25 / wave * rng.normal() * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    r = np.maximum(r, 0.2 * radius)
    return Polygon(np.column_stack([centre.x + r * np.cos(angle), centre.y + r * np.sin(angle)])).buffer(0)
