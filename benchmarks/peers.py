"""Samples, stations and fine images left out: this project and its peers, on any folder of data.

    PYTHONPATH=workflow_scripts OMP_NUM_THREADS=1 python benchmarks/peers.py samples FOLDER
    PYTHONPATH=workflow_scripts OMP_NUM_THREADS=1 python benchmarks/peers.py stations FOLDER
    PYTHONPATH=workflow_scripts OMP_NUM_THREADS=1 python benchmarks/peers.py forests
    PYTHONPATH=workflow_scripts OMP_NUM_THREADS=1 python benchmarks/peers.py images FOLDER

Samples: every CSV of the folder is a set of samples with the columns x, y [m] (or x_<epsg>, y_<epsg>, or
longitude, latitude); each other column that `--values` names is a property. Stations: every CSV has the
columns longitude, latitude, elevation_m, year, month, and a variable of the weather in each column that
`--values` names. Square blocks of land are dealt to folds, each fold is predicted from the others, and every
model is chosen and fitted anew without the fold. Forests: CPU time to grow one, against R's randomForest and
ranger. These three need R with the packages that peers.R loads. Images: see peers_images.py.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pandas as pd
from peers_images import print_images
from timing import cpu_seconds

from nppdrivers.blocks import block_numbers
from nppdrivers.climate.surfaces import interpolate_monthly
from nppdrivers.forest import Forest
from nppdrivers.kriging.choice import choose_model

FOLDS = 10
NORMAL_95 = 1.645
HERE = Path(__file__).resolve().parent


def metres(longitude: pd.Series, latitude: pd.Series) -> np.ndarray:
    """Coordinates [m] on a plane that touches the middle of the places."""
    x = (longitude - longitude.mean()) * 111_320.0 * np.cos(np.radians(latitude.mean()))
    return np.column_stack([x, (latitude - latitude.mean()) * 110_600.0])


def read_samples(path: Path) -> tuple[np.ndarray, pd.DataFrame]:
    """Coordinates of the samples (n, 2) [m], and the other columns."""
    table = pd.read_csv(path)
    if {"longitude", "latitude"} <= set(table):
        xy = metres(table.pop("longitude"), table.pop("latitude"))
        return xy, table
    names = [next((c for c in table if c == axis or c.startswith(f"{axis}_")), None) for axis in "xy"]
    if None in names:
        raise ValueError(f"{path}: no columns x and y, or longitude and latitude")
    return table[names].to_numpy(float), table.drop(columns=names)


def named(table: pd.DataFrame, patterns: list[str]) -> list[str]:
    """Columns of numbers that a pattern names."""
    numbers = table.select_dtypes("number").columns
    return [c for c in numbers if any(fnmatch(c, pattern) for pattern in patterns)]


def folds_of(xy: np.ndarray, blocks: float, seed: int) -> np.ndarray:
    """Fold of every place: square blocks, so many on a side of the area, dealt at random to ten folds."""
    edge = np.sqrt(np.prod(np.ptp(xy, axis=0))) / blocks
    _, block = np.unique(block_numbers(xy, edge, xy.min(axis=0)), return_inverse=True)
    return np.random.default_rng(seed).permutation(block.max() + 1)[block] % FOLDS


def own_samples(xy: np.ndarray, values: np.ndarray, fold: np.ndarray) -> pd.DataFrame:
    """Kriging as the workflow does it, chosen anew without each fold."""
    parts = []
    bounds = (0.0, np.inf) if values.min() >= 0.0 else (-np.inf, np.inf)
    for k in np.unique(fold):
        inside = fold == k
        start = time.process_time()
        maps = choose_model(xy[~inside], values[~inside], bounds=bounds).predict(xy[inside])
        found = pd.DataFrame({"mean": maps.mean, "low": maps.q05, "high": maps.q95}, np.flatnonzero(inside))
        parts.append(found.assign(cpu_s=time.process_time() - start, fold=k))
    return pd.concat(parts).sort_index()


def own_stations(
    stations: pd.DataFrame, values: np.ndarray, variable: str, fold: np.ndarray
) -> list[pd.DataFrame]:
    """Splines of all months together, chosen anew without each fold; a table a month."""
    parts: list[list[pd.DataFrame]] = [[] for _ in values]
    for k in np.unique(fold):
        inside = fold == k
        start = time.process_time()
        surface = interpolate_monthly(stations[~inside].reset_index(drop=True), values[:, ~inside], variable)
        targets = stations.loc[inside, ["lon", "lat", "elevation"]].to_numpy()
        mean, error = surface.predict(targets), NORMAL_95 * surface.standard_error(targets)
        seconds = (time.process_time() - start) / len(values)
        for month, m, e in zip(parts, mean, error, strict=True):
            found = pd.DataFrame({"mean": m, "low": m - e, "high": m + e}, np.flatnonzero(inside))
            month.append(found.assign(cpu_s=seconds, fold=k))
    return [pd.concat(month).sort_index() for month in parts]


def sample_fields(
    folder: Path, patterns: list[str], blocks: float, seed: int
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Task and own predictions of every property of every set."""
    for path in sorted(folder.glob("*.csv")):
        xy, table = read_samples(path)
        fold = folds_of(xy, blocks, seed)
        for name in named(table, patterns):
            used = table[name].notna().to_numpy()
            task = pd.DataFrame({"x": xy[used, 0], "y": xy[used, 1], "value": table[name][used]})
            task = task.assign(field=f"{path.stem} {name}", fold=fold[used]).reset_index(drop=True)
            yield task, own_samples(xy[used], task["value"].to_numpy(float), fold[used])


def station_fields(
    folder: Path, patterns: list[str], blocks: float, seed: int
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Task and own predictions of every variable and month of every table."""
    for path in sorted(folder.glob("*.csv*")):
        table = pd.read_csv(path)
        key = ["longitude", "latitude", "elevation_m"]
        for name in named(table.drop(columns=[*key, "year", "month"]), patterns):
            wide = table.pivot_table(name, ["year", "month"], key)
            where = wide.columns.to_frame(index=False)
            xy = metres(where["longitude"], where["latitude"])
            fold = folds_of(xy, blocks, seed)
            stations = where.set_axis(["lon", "lat", "elevation"], axis=1)
            stations["station"] = [str(i) for i in range(len(where))]
            found = own_stations(stations, wide.to_numpy(), name, fold)
            for label, values, own in zip(wide.index, wide.to_numpy(), found, strict=True):
                task = pd.DataFrame({"x": xy[:, 0] / 1e3, "y": xy[:, 1] / 1e3, "value": values, "fold": fold})
                task["elevation"] = where["elevation_m"] / 1e3
                task["field"] = f"{path.name.split('.')[0]} {name} {label[0]}-{label[1]:02d}"
                used = task["value"].notna()
                yield task[used].reset_index(drop=True), own[used].reset_index(drop=True)


def compare(fields: Iterator[tuple[pd.DataFrame, pd.DataFrame]]) -> None:
    """Run the peers on the same folds and print the tables."""
    tasks, own = zip(*fields, strict=True)
    task = pd.concat(tasks, ignore_index=True)
    ours = pd.concat(own, ignore_index=True).assign(peer="ours", row=task.index + 1, field=task["field"])
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("tasks.csv", "predictions.csv")]
        task.to_csv(paths[0], index=False)
        subprocess.run(["Rscript", str(HERE / "peers.R"), *paths], check=True)
        found = pd.concat([ours, pd.read_csv(paths[1])])
    found["observed"] = task["value"].to_numpy()[found["row"] - 1]
    found["square"] = (found["observed"] - found["mean"]) ** 2
    found["covered"] = found["observed"].between(found["low"], found["high"]).astype(float)
    by_fold = found.groupby(["field", "peer", "fold"], sort=False)["cpu_s"].first()
    scores = found.groupby(["field", "peer"], sort=False).agg(
        rmse=("square", lambda s: np.sqrt(s.mean(skipna=False))), coverage=("covered", "mean")
    )
    scores["cpu_s"] = by_fold.groupby(level=[0, 1]).mean()
    rmse, coverage = scores["rmse"].unstack(), scores["coverage"].unstack()
    peers = ["ours", *(peer for peer in rmse if peer != "ours")]
    print(f"RMSE and share within 90 % intervals\n\n| field | {' | '.join(peers)} |")
    print("|---" * (len(peers) + 1) + "|")
    for field in rmse.index:
        cells = (f"{rmse.loc[field, p]:.4g} ({100 * coverage.loc[field, p]:.0f} %)" for p in peers)
        print(f"| {field} | {' | '.join(cells)} |")
    ratio = rmse.div(rmse["ours"], axis=0).rdiv(1.0)
    print("\n| peer | ours / peer, geometric mean | least | most | its coverage | its CPU s a fit |")
    print("|---|---|---|---|---|---|")
    for peer in peers:
        r, seconds = ratio[peer].dropna(), scores["cpu_s"].xs(peer, level=1)
        figures = f"{np.exp(np.log(r).mean()):.3f} | {r.min():.3f} | {r.max():.3f}"
        print(f"| {peer} | {figures} | {100 * coverage[peer].mean():.0f} % | {seconds.mean():.2f} |")


def forests() -> None:
    """Print the time to grow a forest of 500 trees on 250 and 1000 points of twelve drivers."""
    rng = np.random.default_rng(0)
    print("| points | ours [CPU s] | randomForest | ranger |\n|---|---|---|---|")
    for n in (250, 1000):
        x = rng.uniform(size=(n, 12))
        x[:, 6:] = 0.7 * x[:, :6] + 0.3 * x[:, 6:]
        y = 120 * x[:, 0] - 80 * x[:, 1] ** 2 + 60 * x[:, 2] * x[:, 3] + rng.normal(0.0, 20.0, n)
        own = cpu_seconds(lambda x=x, y=y: Forest(seed=0).fit(x, y).oob_mse_, repeats=5)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "points.csv"
            pd.DataFrame(x).assign(y=y).to_csv(path, index=False)
            done = subprocess.run(
                ["Rscript", str(HERE / "peers_forest.R"), str(path)],
                check=True,
                capture_output=True,
                text=True,
            )
        print(f"| {n} | {own:.3f} | {' | '.join(done.stdout.split())} |")


def main() -> None:
    """Print the tables of one kind of comparison."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("samples", "stations"):
        chosen = kinds.add_parser(kind)
        chosen.add_argument("folder", type=Path)
        chosen.add_argument("--values", default="*_target" if kind == "samples" else "*")
        chosen.add_argument("--blocks", type=float, default=6.0, help="blocks on a side of the area")
        chosen.add_argument("--seed", type=int, default=0)
    kinds.add_parser("forests")
    chosen = kinds.add_parser("images")
    chosen.add_argument("folder", type=Path)
    chosen.add_argument("--coarse-size", type=int, default=8, help="width of a coarse pixel [cells]")
    chosen.add_argument("--window", type=int, default=51, help="window of ESTARFM [cells], odd")
    chosen.add_argument("--one-image", action="store_true", help="predict from one base image alone")
    chosen = parser.parse_args()
    if chosen.kind == "forests":
        forests()
        return
    if chosen.kind == "images":
        print_images(chosen.folder, chosen.coarse_size, chosen.window, chosen.one_image)
        return
    fields = sample_fields if chosen.kind == "samples" else station_fields
    compare(fields(chosen.folder, chosen.values.split(","), chosen.blocks, chosen.seed))


if __name__ == "__main__":
    main()
