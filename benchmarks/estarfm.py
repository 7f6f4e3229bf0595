"""Time, arithmetic and memory of ESTARFM: `python benchmarks/estarfm.py [--pixels MILLIONS]`.

Prints CPU seconds per million pixels and date for several numbers of dates and bands, the ratio of wall time of one
thread to that of all, and the peak memory of a scene of `--pixels` million pixels that is read and written by
blocks of rows through files.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
from nppdrivers import estarfm

SIDE = 400
# Sums over a window: marks and weights 9 operations a pixel, 12 for the regression, 2 a coarse image and target.
OPERATIONS_ONCE, OPERATIONS_A_DATE = 9 + 12 + 4, 2
OTHERS = {"DLR's C++, 4 classes": 64.0, "a NumPy port": 2304.0}  # CPU s per million pixels, one date, window 51


def scene(dates: int, bands: int, height: int = SIDE, width: int = SIDE) -> tuple:
    """Images of land in patches that greens at several rates."""
    rng = np.random.default_rng(0)
    patches = rng.uniform(0.2, 0.6, (bands, height // 8 + 1, width // 8 + 1)).repeat(8, 1).repeat(8, 2)
    land = (patches[:, :height, :width] + rng.normal(0, 0.03, (bands, height, width))).astype(np.float32)
    growth = np.linspace(0.0, 0.25, dates + 2, dtype=np.float32)[:, None, None, None]
    fine = land * (1 + growth)
    coarse = 0.95 * fine + rng.normal(0, 0.02, fine.shape).astype(np.float32)
    return fine[0], coarse[0], fine[-1], coarse[-1], coarse[1:-1]


def seconds(images: tuple, clock, repeats: int = 3) -> float:
    """Least seconds of several runs, compilation aside."""
    estarfm.predict(*[image[..., :60, :60] for image in images])
    times = []
    for _ in range(repeats):
        begin = clock()
        estarfm.predict(*images)
        times.append(clock() - begin)
    return min(times)


def print_times() -> None:
    """Print CPU seconds per million pixels and date, one thread."""
    numba.set_num_threads(1)
    print("bands dates  CPU s / Mpixel  CPU s / Mpixel / date  Gflop/s")
    for bands in (1, 3):
        for dates in (1, 4, 20):
            cost = seconds(scene(dates, bands), time.process_time) * 1e6 / SIDE**2
            operations = 51**2 * bands * (OPERATIONS_ONCE + OPERATIONS_A_DATE * dates)
            print(f"{bands:5d} {dates:5d} {cost:15.2f} {cost / dates:22.3f} {operations / cost / 1e3:8.1f}")
            if bands == dates == 1:
                ratios = ", ".join(f"{name} {other / cost:.0f}" for name, other in OTHERS.items())
                print(f"            times faster than: {ratios}")


def print_threads() -> None:
    """Print the ratio of wall time with one thread to that with all."""
    most = numba.config.NUMBA_NUM_THREADS
    images = scene(4, 1, height=1024, width=512)
    walls = []
    for threads in (1, most):
        numba.set_num_threads(threads)
        walls.append(seconds(images, time.perf_counter))
    print(f"wall time of 1 thread / {most} threads: {walls[0] / walls[1]:.2f}")


def print_memory(pixels: float, dates: int, rows: int = 256) -> None:
    """Print the peak memory of one scene predicted strip by strip from files to a file."""
    side = int(np.sqrt(pixels * 1e6))
    half = estarfm_margin = 25
    names = ("fine_m", "coarse_m", "fine_n", "coarse_n", "coarse_p", "out")
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        files = {}
        for name in names:
            shape = (dates, 1, side, side) if name in ("coarse_p", "out") else (1, side, side)
            files[name] = np.lib.format.open_memmap(Path(folder) / name, "w+", np.float32, shape)
        del half, estarfm_margin
