#!/usr/bin/env bash
# exactextract 0.3.0: the mean of one and the same file depends on how it is opened, by the file's scale factor.
#
# Expected: a zone's mean of a GeoTIFF of NDVI stored as integers with the scale 0.0001 is the same whether the path,
# the rasterio dataset or the rioxarray array of that file is given.
# Seen: path and rasterio dataset give 0.5967 (the scale is applied), the array of rioxarray.open_rasterio gives
# 5966.67, though it carries scale_factor in its attributes and its nodata value is left out; rasterstats also gives
# 5966.67. No warning.
#
# Run: bash findings/exactextract_scale_of_xarray.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet exactextract==0.3.0 rasterio==1.4.4 rioxarray==0.19.0 xarray==2026.9.0 geopandas==1.2.0 rasterstats==0.21.0 \
    numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > zones.py <<'CODE'
import warnings

import geopandas
import numpy as np
import rasterio
import rioxarray
from exactextract import exact_extract
from rasterio.transform import from_origin
from rasterstats import zonal_stats
from shapely.geometry import box

warnings.simplefilter("ignore")
place = {"crs": "EPSG:32649", "transform": from_origin(500000, 4000000, 250, 250)}
with rasterio.open(
    "ndvi.tif", "w", driver="GTiff", height=2, width=2, count=1, dtype="int16", nodata=-3000, **place
) as raster:
    raster.write(np.array([[7300, -3000], [2500, 8100]], "int16"), 1)
    raster.scales, raster.offsets = (0.0001,), (0.0,)
zone = geopandas.GeoDataFrame(geometry=[box(500000, 3999500, 500500, 4000000)], crs="EPSG:32649")


def mean(raster):
    """Mean of the zone."""
    return exact_extract(raster, zone, ["mean"])[0]["properties"]["mean"]


array = rioxarray.open_rasterio("ndvi.tif")
found = {
    "path": mean("ndvi.tif"),
    "rasterio dataset": mean(rasterio.open("ndvi.tif")),
    "rioxarray array": mean(array),
    "rasterstats": zonal_stats(zone, "ndvi.tif", stats="mean")[0]["mean"],
}
print(found, "scale_factor of the array:", array.attrs["scale_factor"])
assert np.allclose(list(found.values()), [0.596667, 0.596667, 5966.667, 5966.667])
CODE
venv/bin/python zones.py || { echo "CHANGED"; exit 1; }
