"""MOD13Q1 and MOD17A3HGF files of the virtual basin: HDF4-EOS grids of tile h27v05, cut to the area."""

from contextlib import chdir
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
from pyhdf.SD import SD, SDC
from pyproj import Transformer
from scipy import sparse

from nppdrivers.virtual_basin.landsat_scenes import reflectance
from nppdrivers.virtual_basin.landscape import CONSTRUCTION, CRS, WATER, Landscape
from nppdrivers.virtual_basin.noise import smooth, stream
from nppdrivers.virtual_basin.phenology import NdviModel
from nppdrivers.virtual_basin.weather import Weather

RADIUS_M = 6371007.181
SINUSOIDAL = f"+proj=sinu +R={RADIUS_M} +units=m +no_defs"
TILE_M = 2 * np.pi * RADIUS_M / 36
TILE = (27, 5)  # horizontal and vertical number, h27v05
TILE_CORNER = ((TILE[0] - 18) * TILE_M, (9 - TILE[1]) * TILE_M)
CELLS = {250: 4800, 500: 2400}  # cells on a side of the tile, by nominal size [m]
SUBSAMPLES = 3  # points on a side of a fine cell that decide which footprint it belongs to
COMPLETE = 0.97  # share of a footprint that must lie in the simulated area
BIAS = (0.006, 0.985)  # NDVI of MODIS = intercept + slope x NDVI of OLI
NOISE = 0.009  # standard deviation of a composite's NDVI
FILL_NDVI, FILL_REFLECTANCE = -3000, -1000
COMPOSITE_DAYS, PERIODS = 16, 23
# Product and name of its grid by the nominal size of its pixels [m]
_PRODUCTS = {
    250: ("MOD13Q1", "MODIS_Grid_16DAY_250m_500m_VI"),
    500: ("MOD13A1", "MODIS_Grid_16DAY_500m_VI"),
}


@dataclass(frozen=True)
class Footprints:
    """Cells of the sinusoidal grid that cover the simulated area.

    Attributes
    ----------
    size : int
        Nominal size [m]: 250 or 500.
    corner : (x, y)
        Upper left corner of the cut [m], sinusoidal.
    shape : (rows, columns)
    weights : sparse (rows x columns, fine cells)
        Rows sum to 1; empty for cells that the simulated area does not cover.
    """

    size: int
    corner: tuple[float, float]
    shape: tuple[int, int]
    weights: sparse.csr_array

    @property
    def cell(self) -> float:
        """True edge of a cell [m]."""
        return TILE_M / CELLS[self.size]

    @property
    def covered(self) -> np.ndarray:
        """Cells whose footprint lies in the simulated area, (rows, columns) bool."""
        return (np.diff(self.weights.indptr) > 0).reshape(self.shape)

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Footprint means (rows, columns) of values on the fine cells; NaN where not covered."""
        means = (self.weights @ values.ravel().astype(np.float64)).reshape(self.shape)
        return np.where(self.covered, means, np.nan)


def footprints(land: Landscape, size: int) -> Footprints:
    """Footprints of this nominal size over the domain."""
    to_sinusoidal = Transformer.from_crs(CRS, SINUSOIDAL, always_xy=True)
    x, y = land.domain.xy()
    cell, step = TILE_M / CELLS[size], land.domain.cell_size_m / SUBSAMPLES
    shifts = (np.arange(SUBSAMPLES) - (SUBSAMPLES - 1) / 2) * step
    columns = np.empty((SUBSAMPLES**2, x.size), np.int32)
    rows = np.empty_like(columns)
    for number, (dx, dy) in enumerate(product(shifts, repeat=2)):
        east, north = to_sinusoidal.transform((x + dx).ravel(), (y + dy).ravel())
        columns[number] = np.floor((east - TILE_CORNER[0]) / cell)
        rows[number] = np.floor((TILE_CORNER[1] - north) / cell)
    first_row, first_column = int(rows.min()), int(columns.min())
    shape = (int(rows.max()) - first_row + 1, int(columns.max()) - first_column + 1)
    flat = (rows - first_row) * shape[1] + columns - first_column
    ones, fine = np.ones(x.size), np.arange(x.size, dtype=np.int32)
    counts = sparse.csr_array((shape[0] * shape[1], x.size))
    for cells in flat:  # one point of all fine cells at a time
        counts += sparse.coo_array((ones, (cells, fine)), counts.shape).tocsr()
    total = np.asarray(counts.sum(axis=1)).ravel()
    complete = total >= COMPLETE * (cell / step) ** 2
    weights = sparse.diags_array(np.where(complete, 1 / np.maximum(total, 1), 0)) @ counts
    weights.eliminate_zeros()
    corner = (TILE_CORNER[0] + first_column * cell, TILE_CORNER[1] - first_row * cell)
    return Footprints(size, corner, shape, weights.tocsr())


@dataclass(frozen=True)
class CoarseTruth:
    """True NDVI of the footprints, and how bright they are: red + NIR reflectance [1]."""

    cells: Footprints
    ndvi: NdviModel
    brightness: np.ndarray


def coarse_truth(land: Landscape, ndvi: NdviModel, size: int) -> CoarseTruth:
    """Truth of the footprints of this nominal size."""
    cells = footprints(land, size)
    coarse = NdviModel(
        np.nan_to_num(cells.mean(ndvi.background)).astype(np.float32),
        np.stack([np.nan_to_num(cells.mean(w)) for w in ndvi.weights]).astype(np.float32),
        ndvi.curves,
    )
    red, nir = reflectance(np.full(land.domain.shape, 0.4, np.float32), land)
    return CoarseTruth(cells, coarse, cells.mean(red + nir))


def write_composites(
    folder: Path,
    truth: CoarseTruth,
    weather: Weather,
    years: range,
    seed: int,
    last: date = date.max,
) -> None:
    """Write the 23 composites of each year that begin until a day: MOD13Q1, or of 500 m MOD13A1."""
    cells = truth.cells
    product, grid_name = _PRODUCTS[cells.size]
    formats = {
        name: replace(layer, sds=f"{cells.size}m{layer.sds[4:]}")
        for name, layer in _VEGETATION_LAYERS.items()
    }
    names = () if cells.size == 250 else (product,)  # those of 250 m were drawn first
    for year in years:
        for number in range(PERIODS):
            start = date(year, 1, 1) + timedelta(COMPOSITE_DAYS * number)
            if start > last:
                return
            layers = composite(truth, weather, start, stream(seed, "composite", *names, start))
            layers = {name: np.where(cells.covered, values, _FILLS[name]) for name, values in layers.items()}
            made = 2021000 + 180 + 5 * number
            path = folder / f"{product}.A{start:%Y%j}.h27v05.061.{made}{number + 40000:06d}.hdf"
            _write_hdf(path, grid_name, cells, layers, formats)


def composite(
    truth: CoarseTruth,
    weather: Weather,
    start: date,
    rng: np.random.Generator,
    line: tuple[float, float] = BIAS,
) -> dict[str, np.ndarray]:
    """Layers of one composite: the clearest day of each cell, what was seen, and how well.

    line: what the sensor sees is intercept + slope x NDVI of OLI.
    """
    cells = truth.cells
    first = weather.index(start)
    days = range(first, first + COMPOSITE_DAYS)
    clearness = weather.sunshine[first : first + COMPOSITE_DAYS]
    taste = np.stack([smooth(rng, cells.shape, 4) for _ in days])
    score = clearness[:, None, None] + 0.16 * taste
    chosen = score.argmax(axis=0)
    best = score.max(axis=0)
    value: np.ndarray = np.empty(cells.shape, np.float32)
    for position, day in enumerate(days):
        here = chosen == position
        value[here] = truth.ndvi.on(day)[here]
    value = line[0] + line[1] * value + NOISE * rng.standard_normal(cells.shape)
    cloudy = best + 0.15 * smooth(rng, cells.shape, 3) < 0.62
    marginal = (best + 0.15 * smooth(rng, cells.shape, 2) < 0.80) & ~cloudy
    snow = (weather.snow[first + chosen] > 1.5) & (rng.random(cells.shape) < 0.9) & ~cloudy
    value = np.where(marginal, value - np.abs(rng.normal(0, 0.02, cells.shape)), value)
    value = np.where(cloudy, value * rng.uniform(0.25, 0.8, cells.shape), value)
    value = np.clip(np.where(snow, -0.05 + 0.3 * value, value), -0.2, 1.0)
    total = np.nan_to_num(truth.brightness) + np.where(cloudy, 0.4, 0) + np.where(snow, 0.9, 0)
    day_of_year = [(start + timedelta(int(i))).timetuple().tm_yday for i in range(COMPOSITE_DAYS)]
    return {
        "NDVI": np.round(10000 * value),
        "VI Quality": _vi_quality(marginal, cloudy, snow),
        "red reflectance": np.round(10000 * total * (1 - value) / 2),
        "NIR reflectance": np.round(10000 * total * (1 + value) / 2),
        "composite day of the year": np.asarray(day_of_year)[chosen],
        "pixel reliability": np.select([snow, cloudy, marginal], [2, 3, 1], 0),
    }


def _vi_quality(marginal: np.ndarray, cloudy: np.ndarray, snow: np.ndarray) -> np.ndarray:
    """VI Quality word: MODLAND, usefulness, aerosol, adjacent and mixed cloud, land, snow."""
    modland = np.select([cloudy, marginal | snow], [2, 1], 0)
    usefulness = np.select([cloudy, snow, marginal], [10, 4, 2], 0)
    aerosol = np.select([cloudy, marginal], [3, 2], 1)
    land = 1 << 11
    return modland | usefulness << 2 | aerosol << 6 | cloudy << 8 | cloudy << 10 | land | snow << 14


def write_annual_npp(folder: Path, land: Landscape, npp: np.ndarray, years: range, seed: int) -> None:
    """Write one MOD17A3HGF file a year: footprint means of the true NPP, as another model would see them."""
    cells = footprints(land, 500)
    cover = np.stack([cells.mean(land.land_cover == code) for code in range(1, 6)])
    factor = np.nansum(cover * np.array([0.94, 0.93, 1.07, 1.02, 1.0])[:, None, None], axis=0)
    own_pattern = 1 + 0.05 * smooth(stream(seed, "mod17"), cells.shape, 3)
    for year, truth in zip(years, npp, strict=True):
        rng = stream(seed, "mod17", year)
        value = cells.mean(truth) * factor * own_pattern * (1 + 0.04 * rng.standard_normal(cells.shape))
        raw = np.round(10 * np.nan_to_num(value, nan=0.0))  # 0.0001 kgC m-2
        raw = np.where(cover[CONSTRUCTION - 1] > 0.5, 32762, np.where(cover[WATER - 1] > 0.5, 32766, raw))
        raw = np.where(cells.covered, raw, 32767)
        filled = np.where(raw < 32761, np.round(rng.uniform(4, 30, cells.shape)), 255)
        layers = {"Npp_500m": raw, "Npp_QC_500m": filled}
        path = folder / f"MOD17A3HGF.A{year}001.h27v05.061.{year + 1}{40000 + year:09d}.hdf"
        _write_hdf(path, "MOD_Grid_MOD17A3H", cells, layers, _PRODUCTIVITY_LAYERS)


@dataclass(frozen=True)
class _Layer:
    """How a layer is stored: SDS name, type, fill, valid range, scale factor (None: none), unit."""

    sds: str
    kind: int
    fill: int
    valid: tuple[int, int]
    scale: float | None
    unit: str


def _vegetation(
    name: str, kind: int, fill: int, valid: tuple[int, int], scale: float | None, unit: str
) -> _Layer:
    """Layer of MOD13Q1."""
    return _Layer(f"250m 16 days {name}", kind, fill, valid, scale, unit)


_VEGETATION_LAYERS = {
    "NDVI": _vegetation("NDVI", SDC.INT16, FILL_NDVI, (-2000, 10000), 10000.0, "NDVI"),
    "VI Quality": _vegetation("VI Quality", SDC.UINT16, 65535, (0, 65534), None, "bit field"),
    "red reflectance": _vegetation(
        "red reflectance", SDC.INT16, FILL_REFLECTANCE, (0, 10000), 10000.0, "reflectance"
    ),
    "NIR reflectance": _vegetation(
        "NIR reflectance", SDC.INT16, FILL_REFLECTANCE, (0, 10000), 10000.0, "reflectance"
    ),
    "composite day of the year": _vegetation(
        "composite day of the year", SDC.INT16, -1, (1, 366), None, "Julian day of the year"
    ),
    "pixel reliability": _vegetation("pixel reliability", SDC.INT8, -1, (0, 3), None, "rank"),
}
_PRODUCTIVITY_LAYERS = {
    "Npp_500m": _Layer("Npp_500m", SDC.INT16, 32767, (-30000, 32700), 0.0001, "kg_C/m^2"),
    "Npp_QC_500m": _Layer("Npp_QC_500m", SDC.UINT8, 255, (0, 100), None, "Percent"),
}
_FILLS = {name: layer.fill for name, layer in _VEGETATION_LAYERS.items()}
_NUMPY = {SDC.INT8: np.int8, SDC.UINT8: np.uint8, SDC.INT16: np.int16, SDC.UINT16: np.uint16}
_HDF_NAME = {
    SDC.INT8: "DFNT_INT8",
    SDC.UINT8: "DFNT_UINT8",
    SDC.INT16: "DFNT_INT16",
    SDC.UINT16: "DFNT_UINT16",
}


def _write_hdf(
    path: Path, grid_name: str, cells: Footprints, layers: dict[str, np.ndarray], formats: dict[str, _Layer]
) -> None:
    """Write an HDF4-EOS file of one grid."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with chdir(path.parent):  # the library stores the path it is given; a bare name keeps the bytes the same
        file = SD(path.name, SDC.WRITE | SDC.CREATE | SDC.TRUNC)
        for name, values in layers.items():
            _write_layer(file, formats[name], grid_name, values)
        file.attr("HDFEOSVersion").set(SDC.CHAR, "HDFEOS_V2.19")
        structure = struct_metadata(grid_name, cells, [formats[name] for name in layers])
        file.attr("StructMetadata.0").set(SDC.CHAR, structure)
        file.end()


def _write_layer(file: SD, layer: _Layer, grid_name: str, values: np.ndarray) -> None:
    """Write one layer with its scale, fill and valid range."""
    data = file.create(layer.sds, layer.kind, values.shape)
    data.setcompress(SDC.COMP_DEFLATE, 5)
    data.dim(0).setname(f"YDim:{grid_name}")
    data.dim(1).setname(f"XDim:{grid_name}")
    data.attr("long_name").set(SDC.CHAR, layer.sds)
    data.attr("units").set(SDC.CHAR, layer.unit)
    data.attr("valid_range").set(layer.kind, list(layer.valid))
    data.attr("_FillValue").set(layer.kind, layer.fill)
    if layer.scale is not None:
        data.attr("scale_factor").set(SDC.FLOAT64, layer.scale)
        data.attr("add_offset").set(SDC.FLOAT64, 0.0)
    data[:] = np.ascontiguousarray(values).astype(_NUMPY[layer.kind])
    data.endaccess()


def struct_metadata(grid_name: str, cells: Footprints, layers: list[_Layer]) -> str:
    """Structure metadata of HDF-EOS2 for one grid."""
    rows, columns = cells.shape
    left, top = cells.corner
    right, bottom = left + columns * cells.cell, top - rows * cells.cell
    fields = "".join(
        f"\t\t\tOBJECT=DataField_{i}\n"
        f'\t\t\t\tDataFieldName="{layer.sds}"\n'
        f"\t\t\t\tDataType={_HDF_NAME[layer.kind]}\n"
        '\t\t\t\tDimList=("YDim","XDim")\n'
        f"\t\t\tEND_OBJECT=DataField_{i}\n"
        for i, layer in enumerate(layers, 1)
    )
    return (
        "GROUP=SwathStructure\nEND_GROUP=SwathStructure\nGROUP=GridStructure\n\tGROUP=GRID_1\n"
        f'\t\tGridName="{grid_name}"\n\t\tXDim={columns}\n\t\tYDim={rows}\n'
        f"\t\tUpperLeftPointMtrs=({left:.6f},{top:.6f})\n\t\tLowerRightMtrs=({right:.6f},{bottom:.6f})\n"
        f"\t\tProjection=GCTP_SNSOID\n\t\tProjParams=({RADIUS_M:.6f},0,0,0,0,0,0,0,0,0,0,0,0)\n\t\tSphereCode=-1\n"
        "\t\tGROUP=Dimension\n\t\tEND_GROUP=Dimension\n\t\tGROUP=DataField\n"
        f"{fields}"
        "\t\tEND_GROUP=DataField\n\t\tGROUP=MergedFields\n\t\tEND_GROUP=MergedFields\n"
        "\tEND_GROUP=GRID_1\nEND_GROUP=GridStructure\nGROUP=PointStructure\nEND_GROUP=PointStructure\nEND\n"
    )
