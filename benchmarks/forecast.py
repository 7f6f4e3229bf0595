"""What an area of many cells would take on a cluster: jobs, processor hours, files, hours by cores.

Run:  PYTHONPATH=workflow_scripts python benchmarks/forecast.py RUN --cells 1e6 1e8 1e10 --cores 40 200 1000

RUN is the folder of a finished run of the virtual basin: its rules, their order, the number of their jobs and
the size of their files are taken over. What a job costs by the cells is the register that also gives the time
that a run still takes. An area of more than --site-cells is cut into sites that run side by side.
"""

import argparse
import heapq
import json
import re
import runpy
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from run import PROJECT

from nppdrivers.fusion.base_images import number_spans
from nppdrivers.run.progress import Step, processor_s

# Rules whose work the setting cuts into tiles. Of the local correlation that is the map, the lesser part.
TILED = {"fuse_ndvi", "map_fusion_error", "fit_forest", "resample_contributions", "spread_npp"}
# a job for each span of intervals: of a large grid, for each interval
SPAN_RULES = {"fuse_ndvi", "map_fusion_error"}
DAYS_OF_COMPOSITE = 16
START_S = 7  # processor time of a job of Slurm beyond its script: it starts Snakemake twice
NODE = re.compile(r'^\s*(\d+)\[label = "(\w+)', re.MULTILINE)
ARROW = re.compile(r"^\s*(\d+) -> (\d+)", re.MULTILINE)
# of the simulated place alone
LEFT_OUT = {"simulate_virtual_basin", "score_truth", "all"}


class Rule(NamedTuple):
    """Number of jobs of a rule, processor time of each [s], and the rules that it waits for."""

    jobs: int
    job_s: float
    after: Set[str]


def rules_of_run(run: Path, results: Path) -> dict[str, Rule]:
    """Rules of a run with the number of their jobs, without what these take."""
    folder = results / "benchmarks"
    records = [path.relative_to(folder) for path in folder.rglob("*.tsv")]
    number = Counter(path.parts[0].removesuffix(".tsv") for path in records)
    return {name: Rule(max(1, number[name]), 0.0, after) for name, after in order_of_rules(run).items()}


def order_of_rules(run: Path) -> dict[str, set[str]]:
    """Rules of a run, each with those whose files it reads."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "dot"]
    done = subprocess.run(command, cwd=run, capture_output=True, text=True, check=True)
    names = dict(NODE.findall(done.stdout))
    before: dict[str, set[str]] = {name: set() for name in names.values()}
    for first, then in ARROW.findall(done.stdout):
        before[names[then]].add(names[first])
    return before


def bytes_per_cell(results: Path) -> tuple[float, float]:
    """Size of the raw data and of all rasters made from them, by the cells of the grid [B]."""
    grid = json.loads((results / "grid" / "grid.json").read_text())
    raw = made = 0
    for path in results.rglob("*"):
        where = path.relative_to(results).parts[0]
        if path.is_file() and where != "truth":
            size = path.stat().st_size
            raw += size if where == "raw" else 0
            made += size if where != "raw" and path.suffix in {".tif", ".nc"} else 0
    cells = grid["height"] * grid["width"]
    return raw / cells, made / cells


def number_of_spans(results: Path, cells: float) -> int:
    """Spans of intervals that a grid of so many cells would have with the base images of a run."""
    table = pd.read_csv(results / "ndvi/fused/intervals.csv", parse_dates=["first_date", "last_date"])
    dates = (table["last_date"] - table["first_date"]).dt.days // DAYS_OF_COMPOSITE + 1
    script = runpy.run_path(f"{PROJECT}/workflow_scripts/fusion/select_base_images.py", run_name="imported")
    return len(set(number_spans([int(cells * number) for number in dates], script["VALUES_OF_SPAN"])))


def rules_of_area(
    run: Mapping[str, Rule], cells: float, spans: int, tiles: Mapping[str, int], sites: int
) -> dict[str, Rule]:
    """Rules of sites of so many cells each, from the rules of a run; some are cut into tiles."""
    rules = {}
    for name, (jobs, _, after) in run.items():
        cut = tiles.get(name, 1)
        number = spans if name in SPAN_RULES else jobs
        job_s = 0.0
        if name not in LEFT_OUT:
            job_s = processor_s([Step(name, "")], int(cells / cut)) * jobs / number + START_S
        rules[name] = Rule(number * cut * sites, job_s, after)
    return rules


def hours(rules: Mapping[str, Rule], cores: int, wait_s: float) -> float:
    """Time from the first job to the last [h], a core a job, the job with most work behind it first.

    A rule begins when all those that it waits for have ended, and its jobs have waited in the queue.
    """
    behind = _work_behind(rules)
    left = {name: rule.jobs for name, rule in rules.items()}
    missing = {name: len(rule.after) for name, rule in rules.items()}
    events = [(0.0, "ready", name) for name, number in missing.items() if not number]
    heapq.heapify(events)
    ready: list[tuple[float, str]] = []
    waiting, free, now = dict(left), cores, 0.0
    while events:
        now, event, name = heapq.heappop(events)
        if event == "ready":
            heapq.heappush(ready, (-behind[name], name))
        else:
            free += 1
            left[name] -= 1
            for other in (other for other, rule in rules.items() if not left[name] and name in rule.after):
                missing[other] -= 1
                if not missing[other]:
                    heapq.heappush(events, (now + wait_s, "ready", other))
        while free and ready:
            first = ready[0][1]
            heapq.heappush(events, (now + rules[first].job_s, "ended", first))
            free, waiting[first] = free - 1, waiting[first] - 1
            if not waiting[first]:
                heapq.heappop(ready)
    return now / 3600


def _work_behind(rules: Mapping[str, Rule]) -> dict[str, float]:
    """Longest chain of jobs from each rule to the end [s]."""
    behind: dict[str, float] = {}

    def of(name: str) -> float:
        if name not in behind:
            later = [of(other) for other, rule in rules.items() if name in rule.after]
            behind[name] = rules[name].job_s + max(later, default=0)
        return behind[name]

    for name in rules:
        of(name)
    return behind


def main() -> None:
    """Print a row an area."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--site", default="virtual_basin")
    parser.add_argument("--cells", type=float, nargs="+", default=[1e6, 1e8, 1e10])
    parser.add_argument("--cores", type=int, nargs="+", default=[40, 200, 1000])
    parser.add_argument("--site-cells", type=float, default=1e8)
    parser.add_argument("--tile-cells", type=float, default=4e6)
    parser.add_argument("--wait-minutes", type=float, default=5, help="in the queue, a job")
    parser.add_argument("--tiled", nargs="*", default=[], metavar="RULE", help="further rules in tiles")
    arguments = parser.parse_args()
    results = arguments.run / "results" / arguments.site
    raw, made = bytes_per_cell(results)
    measured = rules_of_run(arguments.run, results)
    columns = " | ".join(f"hours on {cores}" for cores in arguments.cores)
    print(f"| million cells | sites x tiles | jobs | CPU h | raw TB | made TB | {columns} |")
    print("|---" * (6 + len(arguments.cores)) + "|")
    for cells in arguments.cells:
        sites = max(1, round(cells / arguments.site_cells))
        tiles = max(1, round(cells / sites / arguments.tile_cells))
        cut = dict.fromkeys(TILED, tiles)
        spans = number_of_spans(results, cells / sites)
        rules = rules_of_area(measured, cells / sites, spans, cut, sites)
        cpu_h = sum(rule.jobs * rule.job_s for rule in rules.values()) / 3600
        times = [hours(rules, cores, 60 * arguments.wait_minutes) for cores in arguments.cores]
        print(
            f"| {cells / 1e6:.0f} | {sites} x {tiles} | {sum(rule.jobs for rule in rules.values())} "
            f"| {cpu_h:.0f} | {raw * cells / 1e12:.2g} | {made * cells / 1e12:.2g} | "
            + " | ".join(f"{time:.1f}" for time in times)
            + " |"
        )


if __name__ == "__main__":
    main()
