"""What attribution costs, and what its noise looks like.

Local correlation against scipy's filters, forests against scikit-learn's, surrogates; then the share of cells
whose contributions are distinguishable from noise in worlds without any driver.

Run:  OMP_NUM_THREADS=1 python benchmarks/attribution.py [--side 1000] [--block 60] [--only-noise]
"""

import argparse
import resource

import numpy as np
from scipy.ndimage import gaussian_filter, uniform_filter
from sklearn.ensemble import RandomForestRegressor
from timing import cpu_seconds

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.certainty import Replicates, exceeds_noise, in_no_drawn_block, resample_blocks
from nppdrivers.contribution import actual_contribution, group_shapley
from nppdrivers.correlation import local_correlation
from nppdrivers.correlation.surrogates import chance_shares
from nppdrivers.forest import Forest

DRIVERS, POINTS, TREES = 12, 1000, 500
BASIN_SHAPE = (481, 423)
CATEGORIES = {"climate": range(0, 4), "soil": range(4, 11), "mining": range(11, 12)}
METHODS = ("left out", "Shapley")
SMOOTHNESS = (40, 40, 30, 30, 12, 12, 15, 15, 20, 20, 10, 5)  # of the drivers [cells]


def smooth_fields(number: int, shape: tuple[int, int], sigma: float, seed: int) -> np.ndarray:
    """Independent smooth maps (number, H, W) of mean 0 and standard deviation 1."""
    rng = np.random.default_rng(seed)
    fields = [gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap") for _ in range(number)]
    return np.array([(field - field.mean()) / field.std() for field in fields])


def filtered_correlation(x: np.ndarray, y: np.ndarray, window: int) -> np.ndarray:
    """Local correlation from scipy's moving averages of x, y, xx, yy, xy: no gaps, no clipping at borders."""
    mx, my = uniform_filter(x, window), uniform_filter(y, window)
    cxy = uniform_filter(x * y, window) - mx * my
    return cxy / np.sqrt((uniform_filter(x * x, window) - mx**2) * (uniform_filter(y * y, window) - my**2))


def correlation(side: int) -> None:
    """Time local correlation and show what uncentred sums lose."""
    x, y = smooth_fields(2, (side, side), 8, seed=1)
    millions = side * side / 1e6
    for window in (5, 11, 33):
        ours = cpu_seconds(lambda w=window: local_correlation(x, y, window=w)) / millions
        scipys = cpu_seconds(lambda w=window: filtered_correlation(x, y, w)) / millions
        print(f"window {window}: ours {ours:.3f}, scipy {scipys:.3f} CPU-s per million cells")
    inner = np.s_[5:-5, 5:-5]
    for offset in (0, 1e3, 1e6):
        ours, _ = local_correlation(x + offset, y + offset)
        exact, _ = local_correlation((x + offset) - offset, (y + offset) - offset)
        with np.errstate(all="ignore"):
            scipys = filtered_correlation(x + offset, y + offset, 11)
        errors = [np.nanmax(np.abs(r - exact)[inner]) for r in (ours, scipys)]
        print(f"offset {offset:g}: largest error ours {errors[0]:.1e}, scipy {errors[1]:.1e}")


def forests(side: int) -> None:
    """Time fit, importance and prediction of a map, by the smoothness of its drivers."""
    for sigma in (4, 12, 40):
        fields = smooth_fields(DRIVERS, (side, side), sigma, seed=2)
        X = fields.reshape(DRIVERS, -1).T.astype(np.float32)
        rng = np.random.default_rng(3)
        y = X @ rng.standard_normal(DRIVERS) + X[:, 0] * X[:, 1] + rng.standard_normal(len(X)) / 2
        points = rng.choice(len(X), POINTS, replace=False)
        forest = Forest(TREES, seed=1)
        fit = cpu_seconds(lambda f=forest, a=X[points], b=y[points]: f.fit(a, b))
        importance = cpu_seconds(forest.permutation_importance)
        model = RandomForestRegressor(TREES, max_features=DRIVERS // 3, min_samples_split=4, random_state=1)
        model.fit(X[points], y[points])
        ours = cpu_seconds(lambda f=forest, a=X: f.predict(a), repeats=2) / len(X) * 1e6
        part = X[: min(len(X), 200_000)]
        scikit = cpu_seconds(lambda m=model, a=part: m.predict(a), repeats=2) / len(part) * 1e6
        mixed = part[rng.permutation(len(part))]
        ours_mixed = cpu_seconds(lambda f=forest, a=mixed: f.predict(a), repeats=1) / len(part) * 1e6
        scikit_mixed = cpu_seconds(lambda m=model, a=mixed: m.predict(a), repeats=1) / len(part) * 1e6
        print(f"drivers smooth over {sigma} cells, {TREES} trees, {POINTS} points:")
        print(f"  fit {fit:.2f}, importance {importance:.2f} CPU-s; out-of-bag R2 {forest.oob_r2_:.2f}")
        print(f"  map: ours {ours:.2f}, scikit-learn {scikit:.2f} CPU-s per million rows")
        print(f"  rows shuffled: ours {ours_mixed:.2f}, scikit-learn {scikit_mixed:.2f}")


def growth() -> None:
    """Time the growth of forests on few points, with the out-of-bag error."""
    for points in (250, 1000):
        rng = np.random.default_rng(8)
        X = rng.standard_normal((points, DRIVERS))
        y = X @ rng.standard_normal(DRIVERS) + X[:, 0] * X[:, 1] + rng.standard_normal(points) / 2
        model = RandomForestRegressor(TREES, max_features=DRIVERS // 3, min_samples_split=6, oob_score=True)
        ours = cpu_seconds(lambda a=X, b=y: Forest(TREES).fit(a, b).oob_mse_)
        scikit = cpu_seconds(lambda m=model, a=X, b=y: m.fit(a, b))
        print(f"fit, {TREES} trees, {points} points: ours {ours:.2f}, scikit-learn {scikit:.2f} CPU-s")


def surrogates() -> None:
    """Time 99 surrogates of one driver of the basin."""
    x, y = smooth_fields(2, BASIN_SHAPE, 12, seed=4)
    seconds = cpu_seconds(lambda: chance_shares(x, y), repeats=1)
    print(f"99 surrogates of a driver, basin {BASIN_SHAPE}: {seconds:.1f} CPU-s")


def contributions(
    plan: CategoryForests, X: np.ndarray, y: np.ndarray, places: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Contributions of the categories at places, left out in turn and by Shapley values."""
    values = {
        part: plan.grow(part, X, y, seed).predict(places[:, plan.columns(part)]) for part in plan.subsets
    }
    shapley = group_shapley({frozenset(): y.mean(), **values})
    left_out = actual_contribution(*plan.left_out_in_turn(values))
    return left_out, np.stack([shapley[name] for name in plan.categories])


def noise(block: int, side: int = 300, replicates: int = 50, seeds: int = 4) -> None:
    """Share of cells beyond the noise of other seeds, and beyond that of blocks of points left out."""
    fields = [smooth_fields(1, (side, side), sigma, seed)[0] for seed, sigma in enumerate(SMOOTHNESS)]
    X, rng = np.reshape(fields, (DRIVERS, -1)).T, np.random.default_rng(5)
    points, cells = rng.choice(len(X), POINTS, replace=False), rng.choice(len(X), 2000, replace=False)
    xy = np.column_stack(np.unravel_index(np.arange(len(X)), (side, side))).astype(float)
    worlds = {
        "white noise": rng.standard_normal(len(X)),
        "a smooth field of its own": smooth_fields(1, (side, side), 20, 99)[0].ravel(),
        "one driver of each category": X[:, 0] + X[:, 4] - 2 * X[:, 11] + rng.standard_normal(len(X)) / 2,
    }
    plan, quick = CategoryForests(CATEGORIES, 200), CategoryForests(CATEGORIES, 50)
    for world, y in worlds.items():
        refits = [contributions(plan, X[points], y[points], X[cells], seed) for seed in range(seeds)]
        maps = [np.mean(values, axis=0) for values in zip(*refits, strict=True)]
        by_seed, by_block = ([Replicates(values) for values in maps] for _ in range(2))
        gather(by_seed, refits, [np.full(len(cells), True)] * seeds)
        for number in range(replicates):
            drawn = points[resample_blocks(xy[points], block, rng)]
            unseen = in_no_drawn_block(xy[cells], xy[points], np.flatnonzero(np.isin(points, drawn)), block)
            gather(by_block, [contributions(quick, X[drawn], y[drawn], X[cells], number)], [unseen])
        for method, values, *gathered in zip(METHODS, maps, by_seed, by_block, strict=True):
            shares = [f"{exceeds_noise(values, each.noise).mean():.0%}" for each in gathered]
            print(f"response {world}, {method}: cells beyond other seeds {shares[0]}, blocks {shares[1]}")


def gather(gathered: list[Replicates], replicates: list, unseen: list) -> None:
    """Add replicates of both methods."""
    for values, cells in zip(replicates, unseen, strict=True):
        for statistics, contributed in zip(gathered, values, strict=True):
            statistics.add(contributed[:, cells], cells)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1000, help="side of the square map [cells]")
    parser.add_argument("--block", type=int, default=60, help="edge of the blocks of points [cells]")
    parser.add_argument("--only-noise", action="store_true")
    arguments = parser.parse_args()
    if not arguments.only_noise:
        correlation(arguments.side)
        growth()
        forests(arguments.side)
        surrogates()
    noise(arguments.block)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MiB")
