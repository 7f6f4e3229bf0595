#!/usr/bin/env bash
# esda 2.9.0: one missing value makes every place a significant cluster.
#
# Expected: a place without a value is left out or refused, or all results are NaN.
# Seen: with one NaN among 64 values, Moran's I, Geary's C and all local statistics are NaN, but their p values by
# permutation are 0.001, the smallest that 999 permutations can give: all 64 places are significant local clusters, of
# quadrant 3 (low among low). The same values without a gap have 7 such places.
#
# Run: bash findings/esda_one_missing_value.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet esda==2.9.0 libpysal==4.14.1 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > clusters.py <<'CODE'
import esda
import libpysal
import numpy as np

weights = libpysal.weights.lat2W(8, 8)
values = np.random.default_rng(0).normal(size=64)
whole = esda.Moran_Local(values, weights, permutations=999, seed=1)
values[3] = np.nan
local = esda.Moran_Local(values, weights, permutations=999, seed=1)
moran = esda.Moran(values, weights, permutations=999)
geary = esda.Geary(values, weights, permutations=999)
print("Moran's I", moran.I, "p", moran.p_sim, "Geary's C", geary.C, "p", geary.p_sim)
print("significant places: without gap", (whole.p_sim < 0.05).sum(), "with one", (local.p_sim < 0.05).sum())
print("quadrants with one:", np.unique(local.q), "local values:", np.unique(local.Is))
assert np.isnan(moran.I) and np.isnan(geary.C) and moran.p_sim == geary.p_sim == 0.001
assert np.isnan(local.Is).all() and (local.p_sim == 0.001).all() and (local.q == 3).all()
assert (whole.p_sim < 0.05).sum() < 10
CODE
venv/bin/python -W ignore clusters.py || { echo "CHANGED"; exit 1; }
