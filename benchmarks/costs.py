"""What a job of each rule costs by the size of the grid: the register of the time that a run still takes.

Run:  python benchmarks/costs.py RESULTS RESULTS... > workflow_scripts/nppdrivers/run/progress.csv

RESULTS are the folders results/<site> of finished runs on grids of different sizes, on a machine without
other work. The cost of a job is a constant and a part that grows with the cells, by least squares, neither
below 0.
"""

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

COLUMNS = {"cpu_time": "s", "max_rss": "mb"}


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


def main(folders: list[str]) -> None:
    """Print the register."""
    jobs = defaultdict(list)
    for folder in folders:
        for rule, found in read_jobs(Path(folder)).items():
            jobs[rule] += found
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        ["rule", *(f"{name}{part}" for name in COLUMNS.values() for part in ("", "_per_million"))]
    )
    for rule, found in sorted(jobs.items()):
        cells, *costs = np.array(found).T
        fits = [nnls(np.stack([np.ones(len(cells)), cells], axis=1), cost)[0] for cost in costs]
        writer.writerow([rule, *(f"{value:.3g}" for fit in fits for value in fit)])


if __name__ == "__main__":
    main(sys.argv[1:])
