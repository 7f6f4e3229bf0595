"""Terrain, river, outline, land cover and soil of the virtual basin.

Lengths are in virtual metres: metres of the full-size basin. A basin of another size is a landscape of the
same kind drawn smaller on cells of 30 m, so that all of its parts exist at any size.
"""

from dataclasses import dataclass

import numpy as np
from affine import Affine
from rasterio.features import rasterize
from scipy import ndimage
from shapely import LineString, Polygon

from nppdrivers.grid import Grid
from nppdrivers.virtual_basin.noise import fractal, rank, smooth, stream
from nppdrivers.virtual_basin.terrain import erode

CRS = "EPSG:32649"
CELL_M = 30.0
CENTRE = (654060.0, 3937030.0)  # m, of the box lon 112.63-112.77, lat 35.50-35.63
BOX_CELLS = (481, 423)  # rows, columns at full size
MARGIN_CELLS = 40  # simulated around the box, so that coarse footprints at its edge are complete
FOREST, GRASSLAND, FARMLAND, CONSTRUCTION, WATER = range(1, 6)
CLASS_NAMES = {1: "forest", 2: "grassland", 3: "farmland", 4: "construction", 5: "water"}
ELEVATION_M = (650.0, 1300.0)
# Soil property: mean, standard deviation [unit of the register], loadings on the latent fields
# (fertility, texture, phosphorus, lime) and on the elevation.
SOIL = {
    "CF": (24.0, 5.0, (0.0, 1.0, 0.0, 0.0), -0.15),
    "SOC": (13.5, 4.0, (1.0, 0.25, 0.0, 0.0), 0.15),
    "TN": (1.05, 0.28, (0.9, 0.2, 0.35, 0.0), 0.1),
    "AP": (12.0, 4.2, (0.2, 0.0, 1.0, 0.0), -0.15),
    "AK": (155.0, 38.0, (0.35, 0.8, 0.3, 0.0), -0.1),
    "pH": (7.75, 0.32, (-0.3, 0.0, 0.0, 1.0), -0.15),
    "BD": (1.34, 0.085, (-0.8, -0.45, 0.0, 0.2), 0.0),
}
SOIL_LENGTH_M = 1700.0
SETTLEMENTS = 60


@dataclass(frozen=True)
class Land:
    """The land without its cover; rasters lie on `domain` (the box and a margin around it).

    Attributes
    ----------
    size : float
        Linear extent as a share of the full one.
    domain, box : Grid
        Simulated area, and the area that the truth is reported for.
    outline : Polygon
        Study area [m].
    river : LineString
        From the northern to the southern end [m].
    inside : (rows, columns) bool
        Cells of the study area.
    elevation, slope : (rows, columns) float32
        [m], [1] of the full-size basin.
    parcel : (rows, columns) float32
        Random number of each field of the farmland, mean 0 and standard deviation 1.
    soil : dict of (rows, columns) float32
    """

    size: float
    domain: Grid
    box: Grid
    outline: Polygon
    river: LineString
    inside: np.ndarray
    elevation: np.ndarray
    slope: np.ndarray
    parcel: np.ndarray
    soil: dict[str, np.ndarray]

    @property
    def in_box(self) -> tuple[slice, slice]:
        """Rows and columns of the domain that form the box."""
        return _box_slices(self.box)

    def basin_mean(self, values: np.ndarray) -> float:
        """Mean over the study area of values on the domain."""
        return float(values[self.inside].mean(dtype=np.float64))


@dataclass(frozen=True)
class Landscape(Land):
    """Everything that does not change with time.

    Attributes
    ----------
    land_cover : (rows, columns) uint8
        Class codes (`CLASS_NAMES`).
    """

    land_cover: np.ndarray


def _box_slices(box: Grid) -> tuple[slice, slice]:
    """Rows and columns of the domain that form a box."""
    m = MARGIN_CELLS
    return slice(m, m + box.height), slice(m, m + box.width)


def grids(size: float) -> tuple[Grid, Grid]:
    """Domain and box of a basin of this size, pixel edges at 15 m + k 30 m as those of Landsat scenes."""
    rows, columns = (max(round(n * size), 40) for n in BOX_CELLS)
    west = 15 + CELL_M * round((CENTRE[0] - columns * CELL_M / 2 - 15) / CELL_M)
    north = 15 + CELL_M * round((CENTRE[1] + rows * CELL_M / 2 - 15) / CELL_M)
    scale, margin = Affine.scale(CELL_M, -CELL_M), MARGIN_CELLS
    box = Grid(CRS, Affine.translation(west, north) @ scale, rows, columns)
    corner = Affine.translation(west - margin * CELL_M, north + margin * CELL_M)
    return Grid(CRS, corner @ scale, rows + 2 * margin, columns + 2 * margin), box


def build(size: float, seed: int) -> Landscape:
    """Draw the landscape of this size and seed."""
    domain, box = grids(size)
    outline, river = _outline(box, stream(seed, "outline")), _river(box, domain)
    inside = burn([outline], domain)
    elevation = _elevation(domain, box, outline, river, size, stream(seed, "terrain"))
    virtual_cell = CELL_M / size
    gradient = np.gradient(ndimage.gaussian_filter(elevation, 1.0), virtual_cell)
    slope = np.hypot(*gradient).astype(np.float32)
    soil = _soil(elevation, inside, size, stream(seed, "soil"))
    parcel = _parcels(domain.shape, stream(seed, "parcels"))
    land = Land(size, domain, box, outline, river, inside, elevation, slope, parcel, soil)
    return Landscape(**vars(land), land_cover=_land_cover(land, stream(seed, "land cover")))


def burn(shapes: list, grid: Grid, all_touched: bool = False) -> np.ndarray:
    """Cells of the grid whose centre (or, all_touched, any part) the shapes cover, bool."""
    values = rasterize(shapes, grid.shape, transform=grid.transform, all_touched=all_touched, dtype="uint8")
    return values.astype(bool)


def _outline(box: Grid, rng: np.random.Generator) -> Polygon:
    """A pear-shaped watershed of about 62 % of the box that touches its four sides."""
    angle = np.linspace(0, 2 * np.pi, 721)[:-1]
    exponent = 1.38
    radius = (np.abs(np.cos(angle)) ** exponent + np.abs(np.sin(angle)) ** exponent) ** (-1 / exponent)
    for wave in range(2, 60):
        radius *= 1 + 0.16 / wave**1.35 * np.cos(wave * angle + rng.uniform(0, 2 * np.pi)) * rng.normal()
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    low, high = points.min(0), points.max(0)
    west, south, east, north = box.bounds
    inset = CELL_M / 4  # keeps the extent inside the outermost cells
    extent = np.array([east - west, north - south]) - 2 * inset
    return Polygon(np.array([west, south]) + inset + (points - low) / (high - low) * extent)


def _river(box: Grid, domain: Grid) -> LineString:
    """The river's axis from the north of the domain to its south."""
    west, south, east, north = box.bounds
    v = np.linspace(0, 1, 1500)
    y = domain.bounds[3] - v * (domain.bounds[3] - domain.bounds[1])
    down = (north - y) / (north - south)
    bends = ((0.075, 0.8, 0.2), (0.03, 2.3, 0.55), (0.012, 5.7, 0.1), (0.005, 11.3, 0.4))
    across = 0.52 + sum(size * np.sin(2 * np.pi * (waves * down + start)) for size, waves, start in bends)
    return LineString(np.column_stack([west + across * (east - west), y]))


def _elevation(
    domain: Grid, box: Grid, outline: Polygon, river: LineString, size: float, rng: np.random.Generator
) -> np.ndarray:
    """Valley floor along the river, ridges along the outline, slopes cut by side valleys in between [m]."""
    virtual_cell = CELL_M / size
    to_river = ndimage.distance_transform_edt(~burn([river], domain, True)) * virtual_cell
    to_divide = ndimage.distance_transform_edt(~burn([outline.exterior], domain, True)) * virtual_cell
    _, south, _, north = box.bounds
    down = np.clip((north - domain.xy()[1]) / (north - south), -0.3, 1.3)
    floor = 190 * np.clip(1 - down, 0, 1.3) ** 1.4 - 25 * down
    outside = ~burn([outline], domain)
    height = to_river / (to_river + to_divide + 1)
    height = np.where(outside, 1 - np.minimum(to_divide / 4000, 0.6), height)
    rough = fractal(rng, domain.shape, 3500 / virtual_cell, 2.0)
    hard = np.exp(0.22 * smooth(rng, domain.shape, 3000 / virtual_cell))
    bumps = fractal(rng, domain.shape, 700 / virtual_cell, 1.3)
    start = floor + 120 * height + (30 * rough + 9 * bumps) * np.minimum(0.15 + to_river / 1500, 1)
    uplift = 26 * height**0.5 * hard * np.clip((to_river - 250) / 1100, 0, 1)
    z = erode(start, uplift, virtual_cell)
    cut = np.clip((to_river - 300) / 1300, 0, 1)  # by side valleys; alluvium fills them towards the river
    z = cut * z + (1 - cut) * ndimage.gaussian_filter(z, 240 / virtual_cell)
    inside = z[_box_slices(box)]
    low, high = np.quantile(inside, 0.0005), np.quantile(inside, 0.9998)
    scaled = np.clip((z - low) / (high - low), 0, 1.04) ** 0.8  # lifts the middle slopes
    z = ELEVATION_M[0] + scaled * (ELEVATION_M[1] - ELEVATION_M[0])
    return ndimage.gaussian_filter(z, 0.6).astype(np.float32)


def _soil(
    elevation: np.ndarray, inside: np.ndarray, size: float, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Seven properties from four latent fields with a range of a few kilometres and the elevation."""
    cells = SOIL_LENGTH_M * size / CELL_M
    latent = [smooth(rng, elevation.shape, cells) for _ in range(4)]
    height = _standard(elevation, inside)
    maps = {}
    for name, (mean, spread, loadings, with_height) in SOIL.items():
        own = 0.3 * smooth(rng, elevation.shape, cells) + 0.12 * fractal(rng, elevation.shape, cells / 4)
        total = sum(w * z for w, z in zip(loadings, latent, strict=True)) + with_height * height + own
        score = np.clip(_standard(total, inside), -2.6, 2.6)
        maps[name] = (mean + spread * score).astype(np.float32)
    return maps


def _standard(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Values with mean 0 and standard deviation 1 over the study area."""
    return (values - values[inside].mean()) / values[inside].std()


def _parcels(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """One random number for each field: the nearest of scattered points, about 4 by 4 cells a field."""
    number = shape[0] * shape[1] // 18
    seeds = np.zeros(shape, np.int32)
    where = rng.choice(seeds.size, number, replace=False)
    seeds.ravel()[where] = 1
    nearest = ndimage.distance_transform_edt(seeds == 0, return_distances=False, return_indices=True)
    return rng.standard_normal(shape, dtype=np.float32)[tuple(nearest)]


def _land_cover(land: Land, rng: np.random.Generator) -> np.ndarray:
    """Forest on high steep fertile ground, fields on low flat ground, villages in valleys, grass between."""
    shape, virtual_cell = land.domain.shape, CELL_M / land.size
    high, steep = rank(land.elevation), rank(ndimage.gaussian_filter(land.slope, 2))
    fertile = rank(land.soil["SOC"] / 4 + land.soil["TN"] / 0.28)
    patchy = fractal(rng, shape, 900 / virtual_cell, 1.7)
    forest = 1.5 * high + 0.5 * steep + 0.5 * fertile + 0.16 * patchy
    arable = -1.4 * high - 0.65 * steep + 0.3 * fertile + 0.14 * fractal(rng, shape, 700 / virtual_cell, 1.7)
    cover = np.full(shape, GRASSLAND, np.uint8)
    cover[arable > np.quantile(arable[land.inside], 0.63)] = FARMLAND
    cover[forest > np.quantile(forest[land.inside], 0.71)] = FOREST
    cover = ndimage.median_filter(cover, 3)
    cover[_settlements(land, rng)] = CONSTRUCTION
    cover[_water(land, rng)] = WATER
    return cover


def _settlements(land: Land, rng: np.random.Generator) -> np.ndarray:
    """One town, villages and mine yards: irregular patches on gentle ground."""
    shape, virtual_cell = land.domain.shape, CELL_M / land.size
    x, y = land.domain.xy()
    gentle = (rank(land.slope) < 0.55) & (rank(land.elevation) < 0.75)
    ragged = fractal(rng, shape, 350 / virtual_cell, 1.5)
    built = np.zeros(shape, bool)
    places = rng.choice(np.flatnonzero(gentle & land.inside), SETTLEMENTS, replace=False)
    lowest_first = places[np.argsort(land.elevation.ravel()[places], kind="stable")]
    for i, cell in enumerate(np.roll(lowest_first, -6)):  # the town lies in the valley, not at its outlet
        row, column = np.unravel_index(cell, shape)
        radius = (600 if i == 0 else rng.lognormal(np.log(140), 0.45)) * land.size
        radius = max(radius, 0.8 * CELL_M)
        stretch, angle = rng.uniform(1, 1.8), rng.uniform(0, np.pi)
        dx, dy = x - x[row, column], y - y[row, column]
        along = (dx * np.cos(angle) + dy * np.sin(angle)) / stretch
        distance = np.hypot(along, -dx * np.sin(angle) + dy * np.cos(angle)) / radius
        built |= distance + 0.28 * ragged < 1
    return built


def _water(land: Land, rng: np.random.Generator) -> np.ndarray:
    """The lower river, one or two cells wide, and a few ponds."""
    x, y = land.domain.xy()
    low = land.box.bounds[3] - 0.35 * (land.box.bounds[3] - land.box.bounds[1])
    lower = land.river.intersection(
        Polygon.from_bounds(land.domain.bounds[0], land.domain.bounds[1], land.domain.bounds[2], low)
    )
    water = burn([lower.buffer(max(26 * land.size, 12))], land.domain, all_touched=land.size < 0.5)
    flat = np.flatnonzero((rank(land.slope) < 0.25) & (rank(land.elevation) < 0.5) & land.inside)
    for cell in rng.choice(flat, 5, replace=False):
        row, column = np.unravel_index(cell, land.domain.shape)
        radius = max(rng.uniform(50, 130) * land.size, 0.6 * CELL_M)
        water |= np.hypot(x - x[row, column], (y - y[row, column]) * rng.uniform(0.7, 1.4)) < radius
    return water
