#!/usr/bin/env bash
# spyndex 0.12.0, earthpy 1.0.0: NDVI of reflectance as archives store it is 18 over water.
#
# Expected: libraries of spectral indices work on unsigned 16-bit reflectance, as Landsat and Sentinel-2 files hold
# it, or refuse it; an NDVI lies between -1 and 1.
# Seen: where red is greater than near infrared, the difference wraps around: NDVI of 500 and 3000 is 18.0 instead of
# -0.71, no warning. Land with vegetation is right, so that a map looks right but for water, snow and shade.
#
# Run: bash findings/indices_of_stored_reflectance.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet spyndex==0.12.0 earthpy==1.0.0 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > indices.py <<'CODE'
import earthpy.spatial
import numpy as np
import spyndex

near_infrared, red = np.array([[3000, 500]], "uint16"), np.array([[500, 3000]], "uint16")
by_spyndex = spyndex.computeIndex("NDVI", {"N": near_infrared, "R": red})
by_earthpy = earthpy.spatial.normalized_diff(near_infrared, red)
print("vegetation, water: spyndex", by_spyndex, "earthpy", by_earthpy)
for ndvi in (by_spyndex, by_earthpy):
    assert np.isclose(ndvi[0, 0], 2500 / 3500) and np.isclose(ndvi[0, 1], (65536 - 2500) / 3500)
CODE
venv/bin/python -W ignore indices.py || { echo "CHANGED"; exit 1; }
