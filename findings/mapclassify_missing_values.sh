#!/usr/bin/env bash
# mapclassify 2.10.0: missing values break the classes of a map, or count as its lowest class, without an error.
#
# Expected: cells without a value have no class, as in a map of GIS software, or are refused.
# Seen, with eight values 1 to 8 and two NaN: equal intervals put both NaN in the lowest class and count them in it
# (5 members for 3). Fisher and Jenks' breaks are all NaN and all ten values are of the lowest class. Quantiles have
# NaN as their last bound, so that 8 is of the lowest class, below 4. NaturalBreaks alone refuses.
#
# Run: bash findings/mapclassify_missing_values.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet mapclassify==2.10.0 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > classes.py <<'CODE'
import warnings

import mapclassify
import numpy as np

warnings.simplefilter("ignore")
values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, np.nan, np.nan])
equal = mapclassify.EqualInterval(values, 3)
print("equal intervals: classes", equal.yb, "members", equal.counts)
assert (equal.yb[8:] == 0).all() and equal.counts[0] == 5
fisher = mapclassify.FisherJenks(values, 3)
print("Fisher and Jenks: breaks", fisher.bins, "classes", fisher.yb)
assert np.isnan(fisher.bins).all() and (fisher.yb == 0).all()
quantiles = mapclassify.Quantiles(values, 3)
print("quantiles: bounds", quantiles.bins, "classes", quantiles.yb)
assert np.isnan(quantiles.bins[-1]) and quantiles.yb[7] == 0 < quantiles.yb[6]
try:
    mapclassify.NaturalBreaks(values, 3)
except ValueError as error:
    print("natural breaks:", str(error).splitlines()[0])
else:
    raise AssertionError("natural breaks took missing values")
CODE
venv/bin/python classes.py || { echo "CHANGED"; exit 1; }
