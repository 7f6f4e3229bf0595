"""Where the processor time of a whole run goes: Snakemake, the start of jobs, and the work of each rule.

Run:  OMP_NUM_THREADS=1 python benchmarks/run.py --size 0.35
      add --against COMMIT to run that commit and this one in turn and to print the ratios,
      --config FILE for other settings (the size applies to them too), --cores N, --repeat N,
      several sizes to print how the cost grows with the cells (the largest first: the first run also
      compiles), --keep FOLDER to leave the runs there, as benchmarks/costs.py wants them
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
from costs import fit

PROJECT = Path(__file__).resolve().parents[1]
RULE = re.compile(
    r"^ *(?:rule|checkpoint) (\w+):|^ *use rule (\w+) as (\w+)|\"\.\./(\S+\.py)\"", re.MULTILINE
)


class Cost(NamedTuple):
    """Jobs, processor time [s] in all and at the start alone, and largest memory [MB] of a rule."""

    jobs: int
    cpu_s: float
    start_s: float
    peak_mb: float


class Run(NamedTuple):
    """Cells [million], processor time of Snakemake and of all jobs [s], wall time [s], cost of each rule."""

    cells: float
    snakemake_s: float
    jobs_s: float
    wall_s: float
    rules: Mapping[str, Cost]

    @property
    def total_s(self) -> float:
        """Processor time of all processes [s]."""
        return self.snakemake_s + self.jobs_s


def check_out(commit: str | None, folder: Path) -> Path:
    """Copy the files of a commit, or those of the working directory that Git knows, to a folder."""
    folder.mkdir()
    if commit is None:
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=PROJECT, check=True, capture_output=True,
        ).stdout  # fmt: skip
        files = b"\0".join(
            name for name in names.split(b"\0") if name and (PROJECT / os.fsdecode(name)).exists()
        )
        packed = subprocess.run(
            ["tar", "-c", "--null", "-T", "-"], cwd=PROJECT, check=True, capture_output=True, input=files
        ).stdout
    else:
        packed = subprocess.run(
            ["git", "archive", commit], cwd=PROJECT, check=True, capture_output=True
        ).stdout
    subprocess.run(["tar", "-x"], cwd=folder, check=True, input=packed)
    return folder


def run_all(folder: Path, size: float, arguments: argparse.Namespace) -> Run:
    """Run the workflow from nothing and collect what it cost."""
    site = f"size_{size:g}".replace(".", "_")
    (folder / "size.yaml").write_text(f"site: {site}\nvirtual_basin: {{size: {size}}}\n")
    command = [sys.executable, "-m", "snakemake", "--profile", "profiles/default", "--forceall"]
    command += ["--cores", str(arguments.cores)]
    command += ["--configfile", "config/config.yaml", *arguments.config, "size.yaml"]
    begun, used = time.monotonic(), None
    with (folder / "run.log").open("w") as log:
        process = psutil.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        while process.status() != psutil.STATUS_ZOMBIE:
            used = process.cpu_times()
            time.sleep(0.2)
        if process.wait() != 0 or used is None:
            sys.exit(f"the run failed; see {folder / 'run.log'}\n" + (folder / "run.log").read_text()[-3000:])
    jobs_s = used.children_user + used.children_system
    wall_s, results = time.monotonic() - begun, folder / "results" / site
    grid = json.loads((results / "grid" / "grid.json").read_text())
    cells = grid["height"] * grid["width"] / 1e6
    return Run(cells, used.user + used.system, jobs_s, wall_s, rule_costs(folder, results))


def rule_costs(folder: Path, results: Path) -> dict[str, Cost]:
    """Cost of each rule, from the records of a run and the start of its script alone."""
    records: dict[str, list[tuple[float, float]]] = defaultdict(list)
    benchmarks = results / "benchmarks"
    for path in benchmarks.rglob("*.tsv"):
        rule = path.relative_to(benchmarks).parts[0].removesuffix(".tsv")
        with path.open(newline="") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                records[rule].append((_number(row["cpu_time"]), _number(row["max_rss"])))
    scripts = script_of_rules(folder)
    return {
        rule: Cost(
            len(jobs),
            sum(cpu for cpu, _ in jobs),
            len(jobs) * start_s(folder, scripts[rule]) if rule in scripts else 0.0,
            max(rss for _, rss in jobs),
        )
        for rule, jobs in records.items()
    }


def _number(text: str) -> float:
    """Entry of a record; what ended too soon to be seen has none."""
    return 0.0 if text in ("NA", "-") else float(text)


def script_of_rules(folder: Path) -> dict[str, str]:
    """Path of the script of each rule; a rule made from another has its script."""
    scripts, sources, rule = {}, {}, ""
    for path in sorted((folder / "rules").glob("*.smk")):
        for found in RULE.finditer(path.read_text()):
            name, source, derived, script = found.groups()
            rule = name or rule
            if script:
                scripts[rule] = script
            elif derived:
                sources[derived] = source
    return scripts | {derived: scripts[source] for derived, source in sources.items()}


def start_s(folder: Path, script: str) -> float:
    """Processor time [s] of starting Python and of what a script imports, compiled code not yet loaded."""
    code = f"import runpy; runpy.run_path({script!r}, run_name='imported')"
    environment = os.environ | {"PYTHONPATH": str(folder / "workflow_scripts")}
    before = os.times()
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def print_run(name: str, run: Run) -> None:
    """Print the table of a run, the dearest rules first."""
    start = sum(cost.start_s for cost in run.rules.values())
    print(f"\n## {name}, {run.cells:.3f} million cells: ", end="")
    print(f"{run.total_s:.0f} CPU s, {run.wall_s:.0f} s on the clock\n")
    share = 100 * run.snakemake_s / run.total_s
    print(f"- Snakemake's own process: {run.snakemake_s:.1f} CPU s ({share:.0f} %)")
    print(f"- {sum(cost.jobs for cost in run.rules.values())} jobs: {run.jobs_s:.1f} CPU s, ", end="")
    print(f"{start:.1f} of it for Python and imports")
    print("\n| rule | jobs | CPU s | of it start | peak MB |\n|---|---|---|---|---|")
    for rule, cost in sorted(run.rules.items(), key=lambda item: -item[1].cpu_s):
        print(f"| {rule} | {cost.jobs} | {cost.cpu_s:.1f} | {cost.start_s:.1f} | {cost.peak_mb:.0f} |")


def print_ratios(before: Sequence[Run], after: Sequence[Run], groups: Mapping[str, Iterable[str]]) -> None:
    """Print the ratio of both commits, of the sums over all repeats."""
    print("\n| CPU | before [s] | after [s] | ratio |\n|---|---|---|---|")
    lines = {
        "whole run": [sum(run.total_s for run in runs) for runs in (before, after)],
        "Snakemake's process": [sum(run.snakemake_s for run in runs) for runs in (before, after)],
        "wall time": [sum(run.wall_s for run in runs) for runs in (before, after)],
    }
    for name, rules in groups.items():
        chosen = set(rules)
        lines[name] = [
            sum(cost.cpu_s for run in runs for rule, cost in run.rules.items() if rule in chosen)
            for runs in (before, after)
        ]
    for name, (old, new) in lines.items():
        print(f"| {name} | {old:.1f} | {new:.1f} | {new / old if old else float('nan'):.2f} |")


def print_growth(runs: Sequence[Run], scripts: Mapping[str, str]) -> None:
    """Print what runs on grids of different sizes took: in all, and by stage."""
    print("\n| million cells | CPU s | of it Snakemake | CPU s per million cells | largest job [MB] |")
    print(5 * "|---" + "|")
    for run in runs:
        print(f"| {run.cells:.3f} | {run.total_s:.0f} | {run.snakemake_s:.0f} ", end="")
        print(f"| {run.total_s / run.cells:.0f} | {max(cost.peak_mb for cost in run.rules.values()):.0f} |")
    print("\nCPU s per million cells (largest job in MB), by stage and million cells\n")
    print("| stage | " + " | ".join(f"{run.cells:.3f}" for run in runs) + " |")
    print((len(runs) + 1) * "|---" + "|")
    rules = {rule: Path(scripts[rule]).parent.name for run in runs for rule in run.rules if rule in scripts}
    for stage in sorted(set(rules.values())):
        columns = []
        for run in runs:
            costs = [cost for rule, cost in run.rules.items() if rules.get(rule) == stage]
            cpu_s = sum(cost.cpu_s for cost in costs) / run.cells
            columns.append(f"{cpu_s:.0f} ({max((cost.peak_mb for cost in costs), default=0):.0f})")
        print(f"| {stage} | {' | '.join(columns)} |")


def print_foretold(runs: Sequence[Run]) -> None:
    """Print what the smaller runs foretell for the largest: by rule a constant and a part by the cells."""
    *smaller, largest = sorted(runs, key=lambda run: run.cells)
    foretold_s = measured_s = 0.0
    for rule, cost in largest.rules.items():
        known = [(run.cells, run.rules[rule].cpu_s) for run in smaller if rule in run.rules]
        if len(known) > 1:
            constant, growth = fit(*np.array(known).T)
            foretold_s += constant + growth * largest.cells
            measured_s += cost.cpu_s
    print(f"\nJobs of the largest run: {measured_s:.0f} CPU s; the smaller runs foretell {foretold_s:.0f}")


def rule_groups(folders: Iterable[Path]) -> dict[str, list[str]]:
    """Rules of the stages that are compared as a whole, in either commit."""
    rules = {rule: script for folder in folders for rule, script in script_of_rules(folder).items()}
    return {
        "fusion and its error": ["fuse_ndvi", "leave_one_out", "model_fusion_error", "map_fusion_error"],
        "attribution": [rule for rule, script in rules.items() if "/attribution/" in script],
    }


def main() -> None:
    """Run this version, or two commits in turn, and print where their time went."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=float, nargs="+", default=[0.35], help="of the full linear extent")
    parser.add_argument("--config", nargs="*", default=[], help="files of further settings")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--against", metavar="COMMIT")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    arguments.config = [str(Path(path).resolve()) for path in arguments.config]
    with tempfile.TemporaryDirectory(prefix="nppdrivers_run_") as temporary:
        if arguments.keep:
            arguments.keep.mkdir(parents=True)
        run_versions((arguments.keep or Path(temporary)).resolve(), arguments)


def run_versions(folder: Path, arguments: argparse.Namespace) -> None:
    """Run each version at each size in turn, and print the tables."""
    runs: dict[str, list[Run]] = defaultdict(list)
    versions = ([arguments.against] if arguments.against else []) + [None]
    folders = {v or "this version": check_out(v, folder / (v or "here")) for v in versions}
    for _ in range(arguments.repeat):
        for size in arguments.size:
            for name, checked_out in folders.items():
                runs[name].append(run_all(checked_out, size, arguments))
                print_run(f"{name}, size {size:g}", runs[name][-1])
    if arguments.against:
        print_ratios(runs[arguments.against], runs["this version"], rule_groups(folders.values()))
    if len(arguments.size) > 1:
        print_growth(runs["this version"], script_of_rules(folders["this version"]))
    if len(arguments.size) > 2:
        print_foretold(runs["this version"])


if __name__ == "__main__":
    main()
