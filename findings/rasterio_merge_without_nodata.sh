#!/usr/bin/env bash
# rasterio 1.4.4: a mosaic of rasters without a nodata value takes the zeros of the first raster for missing.
#
# Expected: with method "first" a cell has the value of the first raster that covers it; a raster that declares no
# nodata value has no missing cells (its mask says so: all 255).
# Seen: where two rasters overlap, a 0 of the first is replaced by the value of the second, while its 1 stays. So an
# NDVI of 0 (water, bare rock), 0 mm of rain or the class 0 of one tile is overwritten by the next one. With a nodata
# value in the call, or in the first file, the zeros stay.
#
# Run: bash findings/rasterio_merge_without_nodata.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet rasterio==1.4.4 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > mosaic.py <<'CODE'
import numpy as np
import rasterio
from rasterio.merge import merge
from rasterio.transform import from_origin


def write(name, values, nodata=None):
    """Write a tile that lies where all others of this test lie."""
    place = {"crs": "EPSG:32649", "transform": from_origin(500000, 4000000, 30, 30)}
    with rasterio.open(
        name, "w", driver="GTiff", height=1, width=4, count=1, dtype="float32", nodata=nodata, **place
    ) as tile:
        tile.write(np.array([values], "float32"), 1)
    return name


first, second = write("first.tif", [0, 0, 1, 1]), write("second.tif", [5, 5, 5, 5])
with rasterio.open(first) as tile:
    assert (tile.read_masks(1) == 255).all()
plain = merge([first, second], method="first")[0].ravel().tolist()
print("first tile 0 0 1 1, second 5 5 5 5, no nodata value:", plain)
assert plain == [5, 5, 1, 1]
named = merge([first, second], method="first", nodata=-9999)[0].ravel().tolist()
print("the same with nodata=-9999 in the call:", named)
declared = merge([write("declared.tif", [0, 0, 1, 1], nodata=-9999), second], method="first")[0].ravel().tolist()
print("the same with nodata -9999 in the first file:", declared)
assert named == declared == [0, 0, 1, 1]
CODE
venv/bin/python mosaic.py || { echo "CHANGED"; exit 1; }
