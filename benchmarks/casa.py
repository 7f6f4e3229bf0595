"""What CASA costs: processor time and memory of a basin, its ensemble, and a year streamed between files.

Run:  OMP_NUM_THREADS=1 PYTHONPATH=workflow_scripts python benchmarks/casa.py
      add --cells 25000000 to stream a year of that many cells alone (about 0.5 GB of disk a million cells)
"""

import argparse
import os
import resource
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from affine import Affine

from nppdrivers import casa, rasters
from nppdrivers.grid import Grid
from nppdrivers.npp import ensemble
from nppdrivers.npp.ranks import RankAgreement

os.environ.setdefault("GDAL_CACHEMAX", "256")  # MB, as in a job of a run
BASIN_SHAPE, YEARS = (481, 423), 6
BLOCK_CELLS = 200_000  # as in the run
TEMPERATURE = np.array([-3.2, 0.4, 6.1, 13.3, 18.6, 22.4, 24.1, 22.9, 18.0, 12.2, 5.1, -1.5])
PRECIPITATION = np.array([5, 9, 20, 32, 55, 75, 140, 110, 75, 38, 17, 6.0])
RADIATION = np.array([290, 330, 460, 550, 630, 610, 570, 530, 430, 380, 300, 270.0])
NDVI = np.array([0.2, 0.21, 0.27, 0.38, 0.5, 0.61, 0.72, 0.7, 0.58, 0.44, 0.3, 0.22])
PARAMETERS = {"ndvi_min": 0.023, "ndvi_max": 0.8, "epsilon_max": 0.542, "optimum_temperature": 24.1}
FILES = {
    "ndvi": NDVI,
    "temperature": TEMPERATURE,
    "precipitation": PRECIPITATION,
    "solar_radiation": RADIATION,
}


def noisy_year(shape: tuple[int, int], seed: int) -> list[np.ndarray]:
    """NDVI, temperature, precipitation and radiation of a year, (12, rows, columns), no two cells alike."""
    rng = np.random.default_rng(seed)
    return [
        (mean[:, None, None] * rng.uniform(0.9, 1.1, (12, *shape))).astype(np.float32)
        for mean in FILES.values()
    ]


def basin() -> None:
    """Time six years of the full basin with each water model."""
    year = noisy_year(BASIN_SHAPE, seed=1)
    for water in ("zhou_zhang", "bucket", "none"):
        options = casa.Options(water=water)
        casa.simulate(*(a[:, :1] for a in year), **PARAMETERS, options=options)  # compiles
        start = time.process_time()
        for _ in range(YEARS):
            casa.simulate(*year, **PARAMETERS, options=options, terms=("npp",))
        print(f"basin {BASIN_SHAPE}, {YEARS} years, {water}: {time.process_time() - start:.2f} CPU-s")
    print_peak()


def spread() -> None:
    """Time six years of all combinations of the choices, their mean, standard deviation and ranks."""
    levels = {
        "epsilon_max": ["a", "b", "c", "d"],
        "ndvi_bounds": ["percentile", "static"],
        "monthly_ndvi": ["mvc", "doy_mean"],
        "half_rule": [True, False],
        "radiation_percent": [-10, 0, 10],
        "water": ["zhou_zhang", "bucket"],
    }
    ndvi, *climate = (values.reshape(12, -1) for values in noisy_year(BASIN_SHAPE, seed=3))
    n = ndvi.shape[1]
    bounds = {"percentile": np.full(n, 0.8), "static": np.full(n, 0.65)}
    series = ensemble.Series(ndvi, np.full(n, 0.023), bounds, np.full(n, 24.1))
    by_method = {"mvc": series, "doy_mean": series}
    members = ensemble.combinations(ensemble.Choice("a", "percentile", "mvc", True, 0, "zhou_zhang"), levels)
    choices = list(dict.fromkeys(member.unscaled for member in members))
    cover = {"weights": np.full(12, 1 / YEARS), "tree": np.arange(n) % 2 == 0, "soil_texture": "medium"}
    start = time.process_time()
    total = sum(ensemble.light_yields(choices, by_method, *climate, **cover) for _ in range(YEARS))
    yields = time.process_time() - start
    epsilon = np.outer([0.4, 0.5, 0.6, 0.7], np.ones(n))
    ensemble.mean_and_sd(total, epsilon, [0.9, 1.0, 1.1])
    RankAgreement(total, epsilon, total[0]).add(total, epsilon, total[0])
    whole = time.process_time() - start
    print(
        f"{len(members)} members, {YEARS} years: {whole:.2f} CPU-s, of which the terms of CASA {yields:.2f}"
    )


def natural_rows(grid: Grid, rows: slice, rng: np.random.Generator) -> list[np.ndarray]:
    """NDVI, temperature, precipitation and radiation of some rows: a relief, NDVI with noise.

    They compress about as well as the files of a run: 2 to 3 of 4 bytes remain.
    """
    row, column = np.arange(rows.start, rows.stop), np.arange(grid.width)
    relief = sum(
        0.6 ** (8 - octave) * np.outer(np.cos(row / 2**octave), np.sin(column / 2**octave + octave))
        for octave in range(2, 9)
    )
    slopes = {"ndvi": 0.08, "temperature": -0.1, "precipitation": 0.05, "solar_radiation": -0.02}
    year = []
    for name, mean in FILES.items():
        values = mean[:, None, None] * (1 + slopes[name] * relief)
        if name == "ndvi":
            values += 0.02 * rng.standard_normal(values.shape, dtype=np.float32)
        year.append(values.astype(np.float32))
    return year


def stream(cells: int, folder: Path) -> None:
    """Compare reading and writing a year's files with simulating in between, by blocks of rows."""
    columns = int(cells**0.5)
    grid = Grid("EPSG:32649", Affine(30, 0, 6e5, 0, -30, 4e6), cells // columns, columns)
    months = [f"2010-{month:02d}" for month in range(1, 13)]
    rng = np.random.default_rng(2)
    with ExitStack() as opened:
        paths = {name: folder / f"{name}.tif" for name in FILES}
        targets = [
            opened.enter_context(rasters.create(path, grid, name, bands=months))
            for name, path in paths.items()
        ]
        for rows in grid.row_blocks(BLOCK_CELLS):
            for target, values in zip(targets, natural_rows(grid, rows, rng), strict=True):
                target.write(values, rows)
    size = sum(path.stat().st_size for path in paths.values())
    simulating = 0.0
    start = time.process_time()
    with (
        rasters.create(folder / "npp_month.tif", grid, "npp_month", bands=months) as monthly,
        rasters.create(folder / "npp_year.tif", grid, "npp_year", bands=["2010"]) as annual,
    ):
        for rows in grid.row_blocks(BLOCK_CELLS):
            year = [rasters.read(path, grid, rows=rows) for path in paths.values()]
            before = time.process_time()
            result = casa.simulate(*year, **PARAMETERS, terms=("npp",))
            simulating += time.process_time() - before
            monthly.write(result.npp, rows)
            annual.write(result.annual_npp, rows)
    whole = time.process_time() - start
    print(f"{grid.size} cells x 12 months, {size / grid.size / 48:.2f} bytes of 4 remain in the files:")
    each = simulating / grid.size / 12 * 1e9
    print(f"{whole:.2f} CPU-s, of which simulating {simulating:.2f} ({each:.0f} ns a cell and month)")
    print(f"whole / reading and writing alone: {whole / (whole - simulating):.2f}")
    print_peak()


def print_peak() -> None:
    """Say the greatest memory of the process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MiB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, help="stream a year of so many cells, and nothing else")
    arguments = parser.parse_args()
    if not arguments.cells:
        basin()
        spread()
    for cells in [arguments.cells] if arguments.cells else [400_000, 2_000_000]:
        with tempfile.TemporaryDirectory() as directory:
            stream(cells, Path(directory))
