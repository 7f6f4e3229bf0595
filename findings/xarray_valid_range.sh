#!/usr/bin/env bash
# xarray 2026.9.0: values outside the valid_range of a NetCDF variable are data, which netCDF4 and GDAL mask.
#
# Expected: three readers that all take _FillValue, scale_factor and add_offset into account find the same missing
# cells: CF conventions and the NetCDF user guide call values outside valid_range missing, and products such as
# MOD13 state it (-2000 to 10000).
# Seen: of six stored NDVI (7300, fill, -2500, 10500, -2000, 10000) netCDF4 and GDAL's netCDF driver have three,
# xarray has five, among them -0.25 and 1.05. A float variable with valid_range 0 to 2000 differs in the same way.
#
# Run: bash findings/xarray_valid_range.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet xarray==2026.9.0 netCDF4==1.7.5.1.post1 rasterio==1.4.4 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > readers.py <<'CODE'
import warnings

import netCDF4
import numpy as np
import rasterio
import xarray

warnings.simplefilter("ignore")
with netCDF4.Dataset("ndvi.nc", "w") as made:
    for name, size in (("y", 2), ("x", 3)):
        made.createDimension(name, size)
        axis = made.createVariable(name, "f8", (name,))
        axis[:] = np.arange(size) * 250.0
        axis.units, axis.standard_name = "m", f"projection_{name}_coordinate"
    ndvi = made.createVariable("NDVI", "i2", ("y", "x"), fill_value=-3000)
    ndvi.scale_factor, ndvi.add_offset, ndvi.valid_range = 0.0001, 0.0, np.array([-2000, 10000], "i2")
    ndvi.set_auto_maskandscale(False)
    ndvi[:] = [[7300, -3000, -2500], [10500, -2000, 10000]]
    npp = made.createVariable("NPP", "f4", ("y", "x"), fill_value=np.float32(-9999))
    npp.valid_range = np.array([0, 2000], "f4")
    npp.set_auto_maskandscale(False)
    npp[:] = [[1, -9999, -5], [3000, 0, 2000]]
for name in ("NDVI", "NPP"):
    with netCDF4.Dataset("ndvi.nc") as source:
        by_netcdf4 = int(np.ma.count(source[name][:]))
    with rasterio.open(f"netcdf:ndvi.nc:{name}") as source:
        by_gdal = int(source.read(1, masked=True).count())
    with xarray.open_dataset("ndvi.nc") as source:
        values = source[name].values
    by_xarray = int(np.isfinite(values).sum())
    print(f"{name}: values by netCDF4 {by_netcdf4}, GDAL {by_gdal}, xarray {by_xarray}: {values.ravel()}")
    assert (by_netcdf4, by_gdal, by_xarray) == (3, 3, 5)
CODE
venv/bin/python readers.py || { echo "CHANGED"; exit 1; }
