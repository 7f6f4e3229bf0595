"""What trends of short series cost against pymannkendall, and how often their tests and intervals are right.

Run:  OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 PYTHONPATH=workflow_scripts python benchmarks/trend.py
      add --coverage for the shares of false discoveries and of intervals that hold the planted slope
"""

import argparse
import resource
import time

import numpy as np
import pymannkendall
from scipy.ndimage import gaussian_filter

from nppdrivers import trend
from nppdrivers.change.trends import fit

YEARS = np.arange(2001, 2021)
CELLS, BLOCK, THEIRS = 1_000_000, 200_000, 1000
SHAPE = (100, 100)  # cells of a field of which the discoveries are counted
SEEDS = 20


def speed() -> None:
    """Processor time of a million cells x 20 years by blocks, and of pymannkendall on the same series."""
    rng = np.random.default_rng(0)
    trend.fit_trends(rng.normal(size=(20, 10)), YEARS)  # compiles
    ours, theirs = [], []
    for _ in range(CELLS // BLOCK):
        values = rng.normal(400, 40, (20, BLOCK)).astype(np.float32)
        start = time.process_time()
        trend.fit_trends(values, YEARS)
        ours.append((time.process_time() - start) / BLOCK)
        start = time.process_time()
        for cell in range(THEIRS // 5):
            pymannkendall.original_test(values[:, cell])
        theirs.append((time.process_time() - start) / (THEIRS // 5))
    factors = np.array(theirs) / np.array(ours)
    print(f"{CELLS} cells x 20 years, slope with interval and Mann-Kendall: {sum(ours) * BLOCK:.2f} CPU-s")
    print(f"a cell: {np.mean(ours) * 1e6:.2f} us, pymannkendall.original_test {np.mean(theirs) * 1e6:.0f} us")
    print(f"times faster, block by block: {', '.join(f'{factor:.0f}' for factor in factors)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MiB, a block has {BLOCK} cells")


def noise(rng: np.random.Generator, n_years: int, *, smooth: float, keep: float) -> np.ndarray:
    """Fields (T, n) of standard deviation 1, smooth in space [cells]; a year keeps a share of the last."""
    values = np.empty((n_years, *SHAPE))
    for k in range(n_years):
        fresh = rng.normal(size=SHAPE)
        if smooth:
            fresh = gaussian_filter(fresh, smooth, mode="wrap")
        fresh /= fresh.std()
        values[k] = fresh if k == 0 else keep * values[k - 1] + np.sqrt(1 - keep**2) * fresh
    return values.reshape(n_years, -1)


def coverage() -> None:
    """Fields without trend in which anything is found, and planted slopes within their intervals.

    With the allowance for serial correlation that the stage makes.
    """
    for n_years in (6, 10, 12, 20):
        years = YEARS[:n_years]
        for smooth, keep in ((0, 0.0), (10, 0.0), (10, 0.3), (10, 0.5)):
            counts = np.zeros(3)
            held = []
            for seed in range(SEEDS):
                values = noise(np.random.default_rng(seed), n_years, smooth=smooth, keep=keep)
                slopes = np.random.default_rng(seed + 1000).normal(0, 0.3, values.shape[1])
                found = fit(values, years)
                counts[0] += trend.discoveries(found.p)[0].any()
                counts[1] += (found.p <= 0.05).mean()
                planted = fit(values + slopes * (years - years[0])[:, None], years)
                counts[2] += trend.discoveries(planted.p)[0].mean()
                held.append(((planted.low <= slopes) & (slopes <= planted.high)).mean())
            print(
                f"{n_years} years, smooth over {smooth} cells, keeping {keep:g}: "
                f"fields with a false discovery {counts[0]:.0f} of {SEEDS}, "
                f"cells with p <= 0.05 {100 * counts[1] / SEEDS:.1f} %, "
                f"planted slopes discovered {100 * counts[2] / SEEDS:.0f} %, "
                f"within their interval {100 * np.mean(held):.1f} %"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coverage", action="store_true", help="count discoveries and intervals as well")
    arguments = parser.parse_args()
    speed()
    if arguments.coverage:
        coverage()
