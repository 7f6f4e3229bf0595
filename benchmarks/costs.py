"""What a job of each rule costs by the size of the grid: the register of the time that a run still takes.

Run:  python benchmarks/costs.py RESULTS... --tables CELLS=FILE...
      what it prints replaces rows of workflow_scripts/nppdrivers/run/progress.csv

RESULTS are the folders results/<site> of finished runs on grids of different sizes, on a machine without
other work; each FILE is what benchmarks/memory.py printed for a grid of so many cells. The cost of a job is a
constant and a part that grows with the cells, by least squares of the relative errors, neither below 0. Rules
that were measured at one size alone are left out: it does not separate the two parts.
"""

import argparse
import csv
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

COLUMNS = {"cpu_time": "s", "max_rss": "mb"}
TABLE = ("rule", "jobs", "MB", "CPU s")  # columns of the tables of benchmarks/memory.py


def read_run(results: Path) -> dict[str, tuple[float, float, float]]:
    """Million cells of a run, mean processor time [s] and mean memory [MB] of the jobs of each rule."""
    grid = json.loads((results / "grid" / "grid.json").read_text(encoding="utf-8"))
    cells = grid["height"] * grid["width"] / 1e6
    jobs = defaultdict(list)
    folder = results / "benchmarks"
    for path in sorted(folder.rglob("*.tsv")):
        rule = path.relative_to(folder).parts[0].removesuffix(".tsv")
        with path.open(encoding="utf-8") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                if row["cpu_time"] != "NA":
                    jobs[rule].append([float(row[name]) for name in COLUMNS])
    return {rule: (cells, *map(float, np.mean(found, axis=0))) for rule, found in jobs.items()}


def read_table(path: Path, cells: float) -> dict[str, tuple[float, float, float]]:
    """As `read_run`, from a table of benchmarks/memory.py, which has one job of each rule."""
    rows = [re.split(r" *\| *", line.strip("| \n")) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if len(row) == len(TABLE) and row[1].isdigit()]
    return {row[0]: (cells / 1e6, float(row[3]), float(row[2])) for row in rows}


def fit(cells: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Constant and growth with a million cells that fit best, in shares of each cost."""
    terms = np.stack([np.ones(len(cells)), cells], axis=1)
    known = cost > 0
    return nnls(terms[known] / cost[known, np.newaxis], np.ones(known.sum()))[0]


def main() -> None:
    """Print the register."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="*")
    parser.add_argument("--tables", nargs="*", default=[], metavar="CELLS=FILE")
    arguments = parser.parse_args()
    runs = [read_run(folder) for folder in arguments.results]
    for table in arguments.tables:
        cells, path = table.split("=", 1)
        runs.append(read_table(Path(path), float(cells)))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        ["rule", *(f"{name}{part}" for name in COLUMNS.values() for part in ("", "_per_million"))]
    )
    for rule in sorted({rule for run in runs for rule in run}):
        cells, *costs = np.array([run[rule] for run in runs if rule in run]).T
        if len(set(cells)) < 2:
            continue
        fits = [fit(cells, cost) for cost in costs]
        writer.writerow([rule, *(f"{value:.3g}" for fitted in fits for value in fitted)])


if __name__ == "__main__":
    main()
