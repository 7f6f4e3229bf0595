#!/usr/bin/env bash
# xarray-spatial 0.5.3: land stored from south to north faces the wrong way.
#
# Expected: `aspect` and `hillshade` heed the direction of the coordinate y, as other functions of xarray do.
# Seen: they take the first row for the northern one. A slope that faces south (aspect 180) has aspect 0 if the same
# land is stored with its southern row first, as many NetCDF files are; its shade under a sun in the south-west is
# that of the far side.
#
# Run: bash findings/xarray_spatial_aspect_south_first.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet xarray-spatial==0.5.3 xarray==2026.9.0 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > aspect.py <<'CODE'
import numpy as np
import xarray as xr
import xrspatial

places = np.arange(30) * 10.0
north_first = xr.DataArray(
    np.tile((290 - places)[:, None] / 2, (1, 30)), dims=("y", "x"), coords={"y": 290 - places, "x": places}
)  # higher in the north
south_first = north_first.sortby("y")
assert float(north_first.sel(y=200, x=100)) == float(south_first.sel(y=200, x=100)) == 100
aspects = [float(xrspatial.aspect(land).sel(y=200, x=100)) for land in (north_first, south_first)]
shades = [float(xrspatial.hillshade(land, azimuth=225).sel(y=200, x=100)) for land in (north_first, south_first)]
print("aspect of one place [degrees]: north first", aspects[0], "south first", aspects[1])
print("its shade with the sun in the south-west:", np.round(shades, 3))
assert aspects == [180, 0] and shades[0] > 2 * shades[1]
CODE
venv/bin/python -W ignore aspect.py || { echo "CHANGED"; exit 1; }
