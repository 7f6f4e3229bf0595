#!/usr/bin/env bash
# colour-science 0.4.7: importing it makes NumPy 2 print arrays as NumPy 1.13 did, in the whole process and for good.
#
# Expected: a library that computes colour differences leaves the printing of other people's arrays alone.
# Seen: after `import colour` the repr of an array of booleans ends in ", dtype=bool)", columns are wider, and
# numpy.get_printoptions() has legacy 1.13. Doctests of a package fail that never imports it, as soon as a test that
# was collected before them does. Importing it within `with numpy.printoptions():` undoes the change.
#
# Run: bash findings/colour_science_print_options.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet colour-science==0.4.7 numpy==2.4.6 2>/dev/null
venv/bin/python -W ignore - <<'PYTHON'
import numpy as np

values = np.array([True, False])
before = repr(values), np.get_printoptions()["legacy"]
with np.printoptions():
    import colour
within = repr(values), np.get_printoptions()["legacy"]
import sys

for name in [name for name in sys.modules if name == "colour" or name.startswith("colour.")]:
    del sys.modules[name]
import colour  # as anyone would

after = repr(values), np.get_printoptions()["legacy"]
print(f"before:                  {before}")
print(f"imported within options: {within}")
print(f"imported:                {after}")
assert before == within == ("array([ True, False])", False), "the printing differs before the import"
assert after == ("array([ True, False], dtype=bool)", "1.13"), "importing colour no longer changes the printing"
PYTHON
