#!/usr/bin/env bash
# rioxarray 0.19.0 with xarray 2026.9.0: values that were scaled are written with their scale factor again.
#
# Expected: integers with a scale factor of 0.0001 are read with masked=True, multiplied by 0.0001 and written; the
# file has the values 0.1234 and no scale.
# Seen: xarray keeps attributes in arithmetic now (older versions dropped them), `scale_factor` among them, and
# `to_raster` writes it as the scale of the new file. Its values are 0.1234 with scale 0.0001, so software that heeds
# scales shows 0.00001234. With mask_and_scale=True there is no such attribute.
#
# Run: bash findings/rioxarray_scale_written_twice.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet rioxarray==0.19.0 xarray==2026.9.0 rasterio==1.4.4 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > scaled.py <<'CODE'
import numpy as np
import rasterio
import rioxarray
from rasterio.transform import from_origin

place = {"crs": "EPSG:32649", "transform": from_origin(500000, 4000000, 250, 250)}
with rasterio.open(
    "ndvi.tif", "w", driver="GTiff", height=4, width=4, count=1, dtype="int16", nodata=-3000, **place
) as raster:
    raster.write(np.full((4, 4), 1234, "int16"), 1)
    raster.scales = (0.0001,)
ndvi = rioxarray.open_rasterio("ndvi.tif", masked=True) * 0.0001
ndvi.rio.to_raster("scaled.tif")
with rasterio.open("scaled.tif") as raster:
    value, scale = raster.read(1)[0, 0], raster.scales[0]
shown = rioxarray.open_rasterio("scaled.tif", mask_and_scale=True).values[0, 0, 0]
print(f"value {value:.4f}, scale of the file {scale}, shown by readers of scales {shown:.8f}")
assert np.isclose(value, 0.1234) and scale == 0.0001 and np.isclose(shown, 0.1234e-4)
CODE
venv/bin/python -W ignore scaled.py || { echo "CHANGED"; exit 1; }
