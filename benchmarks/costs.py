"""What a job of each rule costs by the size of the grid: the register of the time that a run still takes.

Run:  python benchmarks/costs.py RESULTS... --tables CELLS=FILE...
      what it prints belongs into workflow_scripts/nppdrivers/run/progress.csv

RESULTS are the folders results/<site> of finished runs on grids of different sizes, on a machine without
other work; each FILE is what benchmarks/memory.py printed for a grid of so many cells. The cost of a job is a
constant and a part that grows with the cells, by least squares of the relative errors, neither below 0.
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


def read_jobs(results: Path) -> dict[str, list[tuple[float, float, float]]]:
    """Million cells, processor time [s] and memory [MB] of each job of a run, by rule."""
    grid = json.loads((results / "grid" / "grid.json").read_text(encoding="utf-8"))
    cells = grid["height"] * grid["width"] / 1e6
    jobs = defaultdict(list)
    folder = results / "benchmarks"
    for path in sorted(folder.rglob("*.tsv")):
        rule = path.relative_to(folder).parts[0].removesuffix(".tsv")
        with path.open(encoding="utf-8") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                if row["cpu_time"] != "NA":
                    jobs[rule].append((cells, float(row["cpu_time"]), float(row["max_rss"])))
    return jobs


def read_table(path: Path, cells: float) -> dict[str, tuple[float, float, float]]:
    """As `read_jobs`, the one job of each rule in a table of benchmarks/memory.py."""
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
    jobs = defaultdict(list)
    for folder in arguments.results:
        for rule, found in read_jobs(folder).items():
            jobs[rule] += found
    for table in arguments.tables:
        cells, path = table.split("=", 1)
        for rule, job in read_table(Path(path), float(cells)).items():
            jobs[rule].append(job)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        ["rule", *(f"{name}{part}" for name in COLUMNS.values() for part in ("", "_per_million"))]
    )
    for rule, found in sorted(jobs.items()):
        cells, *costs = np.array(found).T
        fits = [fit(cells, cost) for cost in costs]
        writer.writerow([rule, *(f"{value:.3g}" for fitted in fits for value in fitted)])


if __name__ == "__main__":
    main()
