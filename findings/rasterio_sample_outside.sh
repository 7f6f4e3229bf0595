#!/usr/bin/env bash
# rasterio 1.4.4: a place outside of a raster without a nodata value has the value 0.
#
# Expected: no value, or an error, for a place that the raster does not cover.
# Seen: `sample` gives 0 there if the raster declares no nodata value (else the nodata value); so does a place exactly
# on the eastern or southern bound, which `bounds` counts as inside. A weather station outside of the elevation model
# lies at sea level, without a word. With masked=True the value is masked.
#
# Run: bash findings/rasterio_sample_outside.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet rasterio==1.4.4 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > places.py <<'CODE'
import numpy as np
import rasterio
from rasterio.transform import from_origin

place = {"crs": "EPSG:32649", "transform": from_origin(500000, 4000000, 30, 30)}
for name, nodata in {"plain.tif": None, "declared.tif": -9999}.items():
    with rasterio.open(
        name, "w", driver="GTiff", height=4, width=4, count=1, dtype="float32", nodata=nodata, **place
    ) as raster:
        raster.write(np.full((4, 4), 850, "float32"), 1)
far, inside = (600000.0, 3000000.0), (500010.0, 3999990.0)
with rasterio.open("plain.tif") as raster:
    corner = (raster.bounds.right, raster.bounds.bottom)
    values = [value[0] for value in raster.sample([inside, far, corner])]
    masked = [np.ma.getmaskarray(value)[0] for value in raster.sample([inside, far, corner], masked=True)]
print("inside, far outside, corner of the bounds:", values, "masked:", masked)
assert values == [850, 0, 0] and masked == [False, True, True]
with rasterio.open("declared.tif") as raster:
    value = next(raster.sample([far]))[0]
print("far outside, with a nodata value:", value)
assert value == -9999
CODE
venv/bin/python -W ignore places.py || { echo "CHANGED"; exit 1; }
