"""Memory of steps that read whole maps, by the number of cells: made files, then the script of the step.

Run:  PYTHONPATH=workflow_scripts python benchmarks/memory.py --cells 1000000
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from affine import Affine

from nppdrivers import rasters
from nppdrivers.grid import Grid

os.environ.setdefault("GDAL_CACHEMAX", "256")  # MB, as in a job of a run
SCRIPTS = Path(__file__).resolve().parents[1] / "workflow_scripts"
MONTHS = [f"2010-{month:02d}" for month in range(1, 13)]
PARAMETERS = "number,class,vegetated\n1,forest,True\n2,cropland,True\n"
# runs in a process of its own, which prints its greatest memory [MB]
AVERAGE_NPP = """
import resource, sys
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
from average_npp import average_npp
from nppdrivers.period import Period
folder = sys.argv[2]
files = lambda *names: {name: f"{folder}/{name}" for name in names}
inputs = SimpleNamespace(**files("grid", "study_area", "land_cover", "parameters", "unobserved"),
    monthly=[f"{folder}/monthly"], river=[], area=[], mines=[], zones=[])
output = SimpleNamespace(**files("npp", "cells", "statistics", "monthly_means", "sides"))
average_npp(inputs=inputs, output=output, period=Period("2010-01", "2010-12"), columns={})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
"""


def write_inputs(grid: Grid, folder: Path) -> None:
    """Write what average_npp reads: smooth NPP, two classes, no month without observation."""
    grid.save(folder / "grid")
    (folder / "parameters").write_text(PARAMETERS)
    with (
        rasters.create(folder / "study_area", grid, "study_area", bands=["inside"]) as study_area,
        rasters.create(folder / "land_cover", grid, "land_cover", bands=["class"]) as land_cover,
        rasters.create(folder / "monthly", grid, "npp_month", bands=MONTHS) as monthly,
        rasters.create(folder / "unobserved", grid, "ndvi_unobserved", bands=MONTHS) as unobserved,
    ):
        for rows in grid.row_blocks(250_000):
            shape = (rows.stop - rows.start, grid.width)
            column = np.broadcast_to(np.arange(grid.width) / grid.width, shape)
            study_area.write(np.ones(shape, "uint8"), rows)
            land_cover.write((1 + (column > 0.5)).astype("uint8"), rows)
            monthly.write(np.stack([(20 + 10 * column).round(1)] * 12).astype("float32"), rows)
            unobserved.write(np.zeros((12, *shape), "float32"), rows)


def measure(cells: int) -> float:
    """Greatest memory [MB] of average_npp on a grid of so many cells."""
    columns = int(cells**0.5)
    grid = Grid("EPSG:32649", Affine(30, 0, 6e5, 0, -30, 4e6), cells // columns, columns)
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(grid, Path(folder))
        command = [sys.executable, "-c", AVERAGE_NPP, str(SCRIPTS / "npp"), folder]
        return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, nargs="+", default=[1_000_000])
    for cells in parser.parse_args().cells:
        peak = measure(cells)
        print(f"average_npp, {cells} cells: {peak:.0f} MB")
