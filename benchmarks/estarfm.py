"""Time, arithmetic and memory of ESTARFM with a window of 51.

`python benchmarks/estarfm.py` prints CPU seconds per million pixels and date, compilation aside, for several
numbers of dates and bands; arithmetic as a share of the peak of the core, which a loop of multiply-adds
measures in the same run; and the ratio of wall time with one thread to that with all, in turn.
`python benchmarks/estarfm.py --memory 100` prints the peak memory of a scene of 100 million pixels and 20
dates that is read from files and written to files tile by tile (4 bytes a pixel and image in the folder for
temporary files). Run with OMP_NUM_THREADS=1 and PYTHONPATH=workflow_scripts.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np

from nppdrivers import estarfm

WINDOW, HALF, SIDE = 51, 25, 512
DATES_IN_FILE, TILE = 20, 1024
CHAIN = 32
# CPU s per million pixels of one date and band, one core, window 51: figures of an earlier comparison.
OTHERS = {"DLR's C++, 4 classes": 64.0, "a NumPy port": 2304.0}


def make_scene(dates: int, bands: int, side: int = SIDE) -> tuple[np.ndarray, ...]:
    """Land in patches that greens at several rates: two base pairs and the coarse images of `dates`."""
    rng = np.random.default_rng(0)
    patches = rng.uniform(0.2, 0.6, (bands, side // 8, side // 8)).repeat(8, 1).repeat(8, 2)
    land = (patches + rng.normal(0, 0.03, patches.shape)).astype(np.float32)
    growth = np.linspace(0.0, 0.25, dates + 2, dtype=np.float32)[:, None, None, None]
    fine = land * (1 + growth)
    coarse = 0.95 * fine + rng.normal(0, 0.02, fine.shape).astype(np.float32)
    return fine[0], coarse[0], fine[-1], coarse[-1], coarse[1:-1]


def least_seconds(images: tuple[np.ndarray, ...], clock: Callable[[], float], repeats: int = 3) -> float:
    """Least of several runs."""
    estarfm.predict(*[image[..., :64, :64] for image in images], window=WINDOW)
    times = []
    for _ in range(repeats):
        begin = clock()
        estarfm.predict(*images, window=WINDOW)
        times.append(clock() - begin)
    return min(times)


def operations(dates: int, bands: int) -> int:
    """Arithmetic operations a pixel: each pixel of its window is compared, weighed and summed."""
    compare_and_weigh, regression, per_image = 5 * bands + 5, 20 * bands, 2
    return WINDOW**2 * (compare_and_weigh + regression + per_image * bands * (2 + dates))


@numba.njit(fastmath={"contract"})
def multiply_add(values: np.ndarray, factor: np.float32, term: np.float32, repeats: int) -> None:
    """Chains of 32 multiply-adds on values in registers: nothing but arithmetic, all vector units busy."""
    for _ in range(repeats):
        for i in range(values.size):
            x = values[i]
            for _ in range(CHAIN):
                x = x * factor + term
            values[i] = x


def peak_rate() -> float:
    """Most float32 operations a second that compiled code reaches on one core [Gflop/s]."""
    values, half = np.ones(1024, np.float32), np.float32(0.5)
    multiply_add(values, half, half, 1)
    times = []
    for _ in range(9):
        begin = time.process_time()
        multiply_add(values, half, half, 20_000)
        times.append(time.process_time() - begin)
    return 2 * CHAIN * values.size * 20_000 / min(times) / 1e9


def print_times() -> None:
    """CPU time on one thread by number of bands and dates."""
    numba.set_num_threads(1)
    peak = peak_rate()
    print(f"peak of one core, float32 multiply-adds: {peak:.0f} Gflop/s")
    print("bands  dates  CPU s/Mpixel  CPU s/Mpixel/date  Gflop/s  of peak")
    for bands in (1, 3):
        for dates in (1, 4, 20):
            cost = least_seconds(make_scene(dates, bands), time.process_time) * 1e6 / SIDE**2
            rate = operations(dates, bands) / cost / 1e3
            print(
                f"{bands:5d}  {dates:5d}  {cost:12.2f}  {cost / dates:17.3f}  {rate:7.1f}  {rate / peak:6.0%}"
            )
            if bands == dates == 1:
                for name, other in OTHERS.items():
                    print(f"              {other / cost:.0f} times faster than {name}")


def print_threads(repeats: int = 7) -> None:
    """Wall time of one thread over that of all: least of several, in turn; and what no thread shares."""
    images, most = make_scene(4, 1, 1024), numba.config.NUMBA_NUM_THREADS
    walls = {1: [], most: []}
    for _ in range(repeats):
        for threads in walls:
            numba.set_num_threads(threads)
            walls[threads].append(least_seconds(images, time.perf_counter, 1))
    one, all_threads = (min(times) for times in walls.values())
    print(
        f"wall time of 1 thread / {most} threads: {one:.2f} s / {all_threads:.2f} s = {one / all_threads:.2f}"
    )
    begin = time.process_time()
    estarfm.scene_statistics(*images[:4])
    print(f"scene statistics, not in threads: {(time.process_time() - begin) / one:.1%} of one thread's time")


def print_memory(pixels: float) -> None:
    """Peak memory of a scene in files: read tile by tile with margins, predicted, written."""
    side = int(np.sqrt(pixels * 1e6))
    with tempfile.TemporaryDirectory() as folder:
        paths = write_scene(Path(folder), side)
        begin = time.process_time()
        tiles = [(y, x) for y in range(0, side, TILE) for x in range(0, side, TILE)]
        strips = ((slice(y, y + TILE), slice(x, x + TILE)) for y, x in tiles)
        statistics = estarfm.block_statistics(read(paths[:4], side, *strip) for strip in strips)
        for y, x in tiles:
            predict_tile(paths, side, y, x, statistics)
        cost = (time.process_time() - begin) * 1e6 / side**2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{side**2 / 1e6:.0f} Mpixel, {DATES_IN_FILE} dates: peak memory {peak:.2f} GiB")
    print(f"CPU s/Mpixel/date, reading and writing included: {cost / DATES_IN_FILE:.3f}")


def write_scene(folder: Path, side: int) -> list[Path]:
    """Files of a scene: one an image, base images first, row by row; and an empty one for each result."""
    small = make_scene(DATES_IN_FILE, 1)
    images = [*small[:4], *small[4]]
    paths = [folder / f"image{i}" for i in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        with path.open("wb") as file:
            for row in range(side):
                file.write(np.resize(image[0, row % SIDE], side).tobytes())
    for p in range(DATES_IN_FILE):
        with (folder / f"fused{p}").open("wb") as file:
            file.truncate(side * side * 4)
    return paths


def read(paths: list[Path], side: int, rows: slice, columns: slice) -> tuple[np.ndarray, ...]:
    """The same part of several files, each (1, rows, columns)."""
    images = (np.memmap(path, np.float32, "r", shape=(side, side)) for path in paths)
    return tuple(np.array(image[rows, columns])[None] for image in images)


def predict_tile(paths: list[Path], side: int, y: int, x: int, statistics: estarfm.SceneStatistics) -> None:
    """Read a tile with its margins, predict all dates, write the tile."""
    rows, columns = (slice(max(0, at - HALF), at + TILE + HALF) for at in (y, x))
    images = read(paths, side, rows, columns)
    targets = np.zeros(images[0].shape[1:], bool)
    core = slice(y - rows.start, y - rows.start + TILE), slice(x - columns.start, x - columns.start + TILE)
    targets[core] = True
    fused = estarfm.predict(*images[:4], np.stack(images[4:]), targets=targets, statistics=statistics)
    for p in range(DATES_IN_FILE):
        path = paths[0].with_name(f"fused{p}")
        np.memmap(path, np.float32, "r+", shape=(side, side))[y : y + TILE, x : x + TILE] = fused[p, 0][core]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=float, help="million pixels of the scene in files")
    arguments = parser.parse_args()
    if arguments.memory:
        print_memory(arguments.memory)
    else:
        print_times()
        print_threads()
