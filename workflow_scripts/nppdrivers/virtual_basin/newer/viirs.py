"""VNP13A1 files of the virtual basin: HDF5-EOS grids of tile h27v05, cut to the area.

VIIRS sees NDVI higher than MODIS by a planted bias. Where nothing was seen for clouds, some pixels have the
mean of the whole period, as the product fills them: their rank alone says so.
"""

from datetime import date, timedelta
from pathlib import Path

import h5py
import numpy as np

from nppdrivers.virtual_basin.landscape import Landscape
from nppdrivers.virtual_basin.modis_files import (
    BIAS,
    COMPOSITE_DAYS,
    RADIUS_M,
    Footprints,
    coarse_truth,
    composite,
)
from nppdrivers.virtual_basin.noise import stream
from nppdrivers.virtual_basin.phenology import NdviModel
from nppdrivers.virtual_basin.weather import Weather

PLANTED_BIAS = 0.04  # NDVI of VIIRS minus that of MODIS
BEGINS = date(2012, 1, 17)
STEP_DAYS = 8
GRID = "VIIRS_Grid_16Day_VI_500m"
FILLED_SHARE = 0.3  # of the cloudy pixels, that hold an average
_CLEAN = 1 << 6 | 1 << 11  # VI Quality of an average: low aerosol, land, nothing disturbs
# Layer: stored type, fills, valid range, scale
_LAYERS = {
    "NDVI": (np.int16, (-15000, -13000), (-10000, 10000), 1e-4),
    "VI Quality": (np.uint16, (65535,), (0, 65534), None),
    "red reflectance": (np.int16, (-1000,), (0, 10000), 1e-4),
    "NIR reflectance": (np.int16, (-1000,), (0, 10000), 1e-4),
    "composite day of the year": (np.int16, (-1,), (1, 366), None),
    "pixel reliability": (np.int8, (-4, -1), (0, 11), None),
}


def write_composites(
    folder: Path, land: Landscape, ndvi: NdviModel, weather: Weather, years: range, seed: int
) -> None:
    """Write the 46 VNP13A1 composites of each year since January 2012."""
    truth = coarse_truth(land, ndvi, 500)
    usual = truth.ndvi.mean(slice(0, truth.ndvi.curves.shape[1]))
    for year in years:
        for number in range(46):
            start = date(year, 1, 1) + timedelta(STEP_DAYS * number)
            if start < BEGINS:
                continue
            rng = stream(seed, "VNP13A1", start)
            line = (BIAS[0] + PLANTED_BIAS, BIAS[1])
            layers = composite(truth, weather, start, rng, line)
            layers = _ranked(layers, line[0] + line[1] * usual, rng)
            made = f"{year + 1}{180 + number:03d}{number + 40000:06d}"
            _write_h5(folder / f"VNP13A1.A{start:%Y%j}.h27v05.002.{made}.h5", truth.cells, layers, start)


def _ranked(
    layers: dict[str, np.ndarray], usual: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Layers of MOD13 with the ranks of VNP13, and averages where some clouds were."""
    reliability = layers["pixel reliability"]
    shape = reliability.shape
    good, marginal = rng.integers(0, 3, shape), rng.integers(3, 6, shape)
    rank = np.select([reliability == 0, reliability == 1, reliability == 2], [good, marginal, 8], 9)
    filled = (rank == 9) & (rng.random(shape) < FILLED_SHARE)
    return layers | {
        "pixel reliability": np.where(filled, 11, rank),
        "NDVI": np.where(filled, np.round(10000 * usual), layers["NDVI"]),
        "VI Quality": np.where(filled, _CLEAN, layers["VI Quality"]),
    }


def _write_h5(path: Path, cells: Footprints, layers: dict[str, np.ndarray], start: date) -> None:
    """Write an HDF5-EOS file of one grid; cells that the area does not cover are water."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, columns = cells.shape
    x, y = cells.corner[0] + cells.cell * np.arange(columns), cells.corner[1] - cells.cell * np.arange(rows)
    with h5py.File(path, "w", track_order=True) as file:
        file.attrs.update(
            {
                "ShortName": np.bytes_("VNP13A1"),
                "VersionID": np.bytes_("002"),
                "PlatformShortName": np.bytes_("SUOMI-NPP"),
                "RangeBeginningDate": np.bytes_(start.isoformat()),
                "RangeEndingDate": np.bytes_((start + timedelta(COMPOSITE_DAYS - 1)).isoformat()),
            }
        )
        grid = file.create_group(f"HDFEOS/GRIDS/{GRID}")
        grid["XDim"], grid["YDim"] = x, y  # upper left corners of the cells, as in the product
        for name, (kind, fills, valid, scale) in _LAYERS.items():
            values = np.where(cells.covered, layers[name], fills[0]).astype(kind)
            layer = grid.create_dataset(
                f"Data Fields/500 m 16 days {name}", data=values, compression="gzip", track_times=False
            )
            layer.attrs["_FillValue"] = np.array(fills, kind)
            layer.attrs["valid_range"] = np.array(valid, kind)
            if scale is not None:
                layer.attrs["scale_factor"] = np.array([scale])
                layer.attrs["add_offset"] = np.array([0.0])
        file["HDFEOS INFORMATION/StructMetadata.0"] = np.bytes_(_structure(cells))


def _structure(cells: Footprints) -> str:
    """Structure metadata of HDF-EOS5."""
    rows, columns = cells.shape
    left, top = cells.corner
    right, bottom = left + columns * cells.cell, top - rows * cells.cell
    fields = "".join(
        f'\t\t\tOBJECT=DataField_{i}\n\t\t\t\tDataFieldName="500 m 16 days {name}"\n'
        f'\t\t\t\tDimList=("YDim","XDim")\n\t\t\tEND_OBJECT=DataField_{i}\n'
        for i, name in enumerate(_LAYERS, 1)
    )
    return (
        "GROUP=SwathStructure\nEND_GROUP=SwathStructure\nGROUP=GridStructure\n\tGROUP=GRID_1\n"
        f'\t\tGridName="{GRID}"\n\t\tXDim={columns}\n\t\tYDim={rows}\n'
        f"\t\tUpperLeftPointMtrs=({left:.6f},{top:.6f})\n\t\tLowerRightMtrs=({right:.6f},{bottom:.6f})\n"
        f"\t\tProjection=HE5_GCTP_SNSOID\n\t\tProjParams=({RADIUS_M:.6f},0,0,0,0,0,0,0,0,0,0,0,0)\n"
        f"\t\tSphereCode=-1\n\t\tGROUP=DataField\n{fields}\t\tEND_GROUP=DataField\n"
        "\tEND_GROUP=GRID_1\nEND_GROUP=GridStructure\nEND\n"
    )
