#!/usr/bin/env bash
# rasterio 1.4.4 (GDAL 3.10): the average of a smaller read is that of the overviews, not of the cells.
#
# Expected: `read` to a smaller shape with `resampling=average` averages the cells of the file.
# Seen: if the file has overviews, it takes these instead, without a word, and they were made by nearest neighbour
# (the default of `build_overviews` and of many archives). A pattern of 0 and 100 averages to 50; after overviews are
# built the same call gives 0. Warping to the same grid, by `reproject` or a virtual raster, still gives 50.
#
# Run: bash findings/rasterio_average_of_overviews.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet rasterio==1.4.4 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > average.py <<'CODE'
import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import from_origin
from rasterio.warp import reproject

place = {"crs": "EPSG:32649", "transform": from_origin(0, 5120, 10, 10)}
pattern = (np.indices((512, 512)).sum(axis=0) % 2 * 100).astype("float32")
with rasterio.open(
    "pattern.tif", "w", driver="GTiff", height=512, width=512, count=1, dtype="float32", tiled=True, **place
) as raster:
    raster.write(pattern, 1)


def read_average():
    """Mean of each 8 x 8 cells, by a read to a smaller shape."""
    with rasterio.open("pattern.tif") as raster:
        return raster.read(1, out_shape=(64, 64), resampling=Resampling.average)


before = read_average()
with rasterio.open("pattern.tif", "r+") as raster:
    raster.build_overviews([2, 4, 8])
after = read_average()
warped = np.zeros((64, 64), "float32")
with rasterio.open("pattern.tif") as raster:
    reproject(
        rasterio.band(raster, 1), warped, dst_crs=raster.crs, dst_transform=from_origin(0, 5120, 80, 80),
        resampling=Resampling.average,
    )
print("average without overviews:", np.unique(before), "with:", np.unique(after), "warped:", np.unique(warped))
assert (before == 50).all() and (after == 0).all() and (warped == 50).all()
CODE
venv/bin/python -W ignore average.py || { echo "CHANGED"; exit 1; }
