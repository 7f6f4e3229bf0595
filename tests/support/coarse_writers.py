"""Products of MODIS as HDF4-EOS and of VIIRS as HDF5-EOS files, for tests."""

from pathlib import Path

import h5py
import numpy as np
import rasterio
from pyhdf.SD import SD, SDC

from nppdrivers.grid import Grid

PIXEL = 231.65635826
LEFT, TOP = 10_160_000.0, 3_960_000.0  # near 112.7 E, 35.6 N
SINUSOIDAL = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
TYPES = {"int16": SDC.INT16, "uint16": SDC.UINT16, "int8": SDC.INT8}


def write_hdf(path: Path, layers: dict, *, left=LEFT, top=TOP, projection="GCTP_SNSOID", pixel=PIXEL) -> Path:
    """Write layers {name: (values, attributes)} with the HDF-EOS description of their grid."""
    rows, columns = next(iter(layers.values()))[0].shape
    right, bottom = left + columns * pixel, top - rows * pixel
    content = SD(str(path), SDC.WRITE | SDC.CREATE)
    structure = (
        f"GROUP=GridStructure\n\tGROUP=GRID_1\n\t\tXDim={columns}\n\t\tYDim={rows}\n"
        f"\t\tUpperLeftPointMtrs=({left:.6f},{top:.6f})\n\t\tLowerRightMtrs=({right:.6f},{bottom:.6f})\n"
        f"\t\tProjection={projection}\n\t\tProjParams=(6371007.181000,0,0,0,0,0,0,0,0,0,0,0,0)\n"
    )
    content.attr("StructMetadata.0").set(SDC.CHAR8, structure)
    for name, (values, attributes) in layers.items():
        layer = content.create(name, TYPES[str(values.dtype)], values.shape)
        for key, value in attributes.items():
            if key == "_FillValue":
                layer.setfillvalue(value)
            elif key == "valid_range":
                layer.setrange(*value)
            else:
                layer.attr(key).set(SDC.FLOAT64, value)
        layer[:] = values
        layer.endaccess()
    content.end()
    return path


def vegetation_layers(ndvi, *, reliability=None, quality=None, day=None) -> dict:
    """Layers of a MOD13Q1 file of this NDVI."""
    shape = ndvi.shape
    stored = np.where(np.isnan(ndvi), -3000, np.round(ndvi * 1e4)).astype("int16")
    about = {"_FillValue": -3000, "valid_range": (-2000, 10000), "scale_factor": 10000.0, "add_offset": 0.0}
    reliability = np.zeros(shape) if reliability is None else reliability
    quality = np.full(shape, 2112) if quality is None else quality
    layers = {
        "250m 16 days NDVI": (stored, about),
        "250m 16 days VI Quality": (quality.astype("uint16"), {"_FillValue": 65535}),
        "250m 16 days pixel reliability": (reliability.astype("int8"), {"_FillValue": -1}),
    }
    if day is not None:
        about = {"_FillValue": -1, "valid_range": (1, 366)}
        layers["250m 16 days composite day of the year"] = (day.astype("int16"), about)
    return layers


def name_of(day: str, tile="h27v05") -> str:
    """File name of a composite."""
    return f"MOD13Q1.A{day}.{tile}.061.2021180040000.hdf"


def reflectance_layers(ndvi, total=0.4) -> dict:
    """Red and near-infrared layers of a MOD13Q1 file whose sum is constant."""
    about = {"_FillValue": -1000, "valid_range": (0, 10000), "scale_factor": 10000.0, "add_offset": 0.0}
    bands = {"red": total * (1 - ndvi) / 2, "NIR": total * (1 + ndvi) / 2}
    return {
        f"250m 16 days {name} reflectance": (
            np.where(np.isnan(ndvi), -1000, np.round(band * 1e4)).astype("int16"),
            about,
        )
        for name, band in bands.items()
    }


def grid_inside(columns: int, rows: int) -> Grid:
    """UTM grid of 30 m that covers about the middle of 30 x 40 pixels."""
    x, y = LEFT + 20 * PIXEL, TOP - 15 * PIXEL
    (x,), (y,) = rasterio.warp.transform(SINUSOIDAL, "EPSG:32649", [x], [y])
    width, height = columns * PIXEL / 2, rows * PIXEL / 2
    return Grid.around((x - width, y - height, x + width, y + height), "EPSG:32649", 30)


def write_h5(path: Path, layers: dict, *, left=LEFT, top=TOP, pixel=2 * PIXEL) -> Path:
    """Write layers {name: (values, attributes)} as the one grid of an HDF5-EOS file."""
    rows, columns = next(iter(layers.values()))[0].shape
    right, bottom = left + columns * pixel, top - rows * pixel
    structure = (
        'GROUP=GridStructure\n\tGROUP=GRID_1\n\t\tGridName="VIIRS_Grid_16Day_VI_500m"\n'
        f"\t\tXDim={columns}\n\t\tYDim={rows}\n"
        f"\t\tUpperLeftPointMtrs=({left:.6f},{top:.6f})\n\t\tLowerRightMtrs=({right:.6f},{bottom:.6f})\n"
        "\t\tProjection=HE5_GCTP_SNSOID\n\t\tProjParams=(6371007.181000,0,0,0,0,0,0,0,0,0,0,0,0)\n"
    )
    with h5py.File(path, "w") as content:
        content["HDFEOS INFORMATION/StructMetadata.0"] = np.bytes_(structure)
        fields = content.create_group("HDFEOS/GRIDS/VIIRS_Grid_16Day_VI_500m/Data Fields")
        for name, (values, attributes) in layers.items():
            fields[name] = values
            for key, value in attributes.items():
                numbers = float if key == "scale_factor" else values.dtype
                fields[name].attrs[key] = np.atleast_1d(np.array(value, numbers))
    return path


def viirs_layers(ndvi, *, rank=None, day=None) -> dict:
    """Layers of a VNP13A1 file of this NDVI; NaN is water."""
    shape, water = ndvi.shape, np.isnan(ndvi)
    stored = np.where(water, -15000, np.round(ndvi * 1e4)).astype("int16")
    rank = np.where(water, -4, np.zeros(shape) if rank is None else rank)
    day = np.where(water, -1, np.full(shape, 5) if day is None else day)
    about = {"_FillValue": (-15000, -13000), "valid_range": (-10000, 10000), "scale_factor": 1e-4}
    return {
        "500 m 16 days NDVI": (stored, about),
        "500 m 16 days EVI2": (stored, about),
        "500 m 16 days VI Quality": (np.full(shape, 2112, "uint16"), {"_FillValue": 65535}),
        "500 m 16 days pixel reliability": (rank.astype("int8"), {"_FillValue": (-4, -1)}),
        "500 m 16 days composite day of the year": (day.astype("int16"), {"_FillValue": -1}),
    }
