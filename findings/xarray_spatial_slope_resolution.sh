#!/usr/bin/env bash
# xarray-spatial 0.5.3: the slope of a thinned elevation model is that of its former resolution.
#
# Expected: `slope` takes the size of cells from the coordinates.
# Seen: an attribute `res` goes before the coordinates. Files opened as rasters carry it, and xarray keeps it when
# every fourth cell is taken: a plane that rises 1 in 2 (26.6 degrees) then has a slope of 63.4 degrees. Without the
# attribute it is right.
#
# Run: bash findings/xarray_spatial_slope_resolution.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet xarray-spatial==0.5.3 xarray==2026.9.0 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > slope.py <<'CODE'
import numpy as np
import xarray as xr
import xrspatial

x = np.arange(40) * 10.0
plane = xr.DataArray(
    np.tile(x / 2, (40, 1)), dims=("y", "x"), coords={"y": 4000 - x, "x": x}, attrs={"res": (10.0, 10.0)}
)
thinned = plane.isel(y=slice(None, None, 4), x=slice(None, None, 4))
slopes = [
    float(xrspatial.slope(model)[4, 4])
    for model in (plane, thinned, thinned.drop_attrs())
]
print("slope [degrees]: all cells, every fourth, the same without the attribute:", np.round(slopes, 2))
assert np.allclose(slopes, [26.565, 63.435, 26.565], atol=0.01)
CODE
venv/bin/python -W ignore slope.py || { echo "CHANGED"; exit 1; }
