"""What the input checks report about realistic mistakes and correct data of other places; their cost.

Run:  OMP_NUM_THREADS=1 PYTHONPATH=workflow_scripts:tests/support python benchmarks/input_checks.py
      add --false-alarms to count the messages about correct data instead,
      or --raw results/virtual_basin/raw to measure the checks of a whole run's inputs
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml
from basin_variants import CLIMATES, move_basin
from input_mistakes import MISTAKES, NAMES, NEEDED, OTHERS, copy_inputs, inputs_of, inspect, write_basin

from nppdrivers.checks.inspection import Inspection
from nppdrivers.checks.inspection import inspect as inspect_study
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import InputWarning, Problem, counted
from nppdrivers.period import Period

SEEDS = (2022, 1, 2, 3, 4)
PROJECT = Path(__file__).resolve().parents[1]


def messages(seen: Inspection) -> list[Problem]:
    """Problems and warnings."""
    return [*seen.problems, *seen.warnings]


def table(folder: Path) -> None:
    """Make each mistake in a copy of the tiny virtual basin; print verdict and message of each."""
    basin = write_basin(folder)
    print(f"clean basin: {len(messages(inspect(basin)))} messages; {len(MISTAKES)} mistakes\n")
    print("| mistake | verdict | file | message |\n|---|---|---|---|")
    verdicts: Counter[str] = Counter()
    for number, (name, (mistake, expected)) in enumerate(MISTAKES.items()):
        raw = folder / f"raw{number}"
        copy_inputs(basin, raw, inputs_of(name))
        blamed = mistake(raw)
        found = messages(inspect(raw, inputs_of(name)))
        mine = [problem for problem in found if blamed in problem.file or expected in str(problem)]
        mine.sort(key=lambda problem: expected not in str(problem))
        verdict = _verdict(mine[0]) if mine else outcome_of_run(basin, folder / f"run{number}", name)
        verdicts[verdict] += 1
        shown = mine[0] if mine else Problem(blamed, "", "nothing", "")
        place = f"{shown.place}: " if shown.place else ""
        print(f"| {name} | {verdict} | {Path(shown.file).name} | {place}{shown.problem}; {shown.remedy} |")
    print(
        "\n" + ", ".join(f"{verdict} {verdicts[verdict]}" for verdict in ("told", "warned", "late", "silent"))
    )


def _verdict(problem: Problem) -> str:
    return "warned" if isinstance(problem, InputWarning) else "told"


def outcome_of_run(basin: Path, folder: Path, name: str) -> str:
    """What becomes of a mistake without message: late when it ends a job of a run, silent when none ends."""
    names = {*NAMES, *inputs_of(name)} - {"zones", "npp_points"}
    copy_inputs(basin, folder, names)
    MISTAKES[name][0](folder)
    files = {key: (NAMES | OTHERS)[key] for key in names if not key.startswith(("soil_r", "climate_r"))}
    settings = folder / "settings.yaml"
    own = {"inputs": files, "data": str(folder), "site": "mistake", "period": vars(NEEDED["period"])}
    settings.write_text(yaml.safe_dump(own), encoding="utf-8")
    configs = [str(PROJECT / "config/config.yaml"), str(PROJECT / "tests/workflow/tiny.yaml"), str(settings)]
    call = ["-m", "snakemake", "--cores", "1", "--snakefile", str(PROJECT / "Snakefile"), "--directory"]
    done = subprocess.run([sys.executable, *call, str(folder), "--configfile", *configs], check=False)
    return "late" if done.returncode else "silent"


def correct_data(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names and folders of correct raw inputs: basins of several seeds, and the first in other climates."""
    for seed in SEEDS:
        yield f"virtual basin, seed {seed}", write_basin(folder / str(seed), seed=seed)
    for name, climate in CLIMATES.items():
        raw = folder / name
        copy_inputs(folder / str(SEEDS[0]) / "raw", raw, NAMES | OTHERS)
        move_basin(raw, climate)
        yield name, raw


def false_alarms(folder: Path) -> None:
    """Print every message about correct data, and their number."""
    total = 0
    for name, raw in correct_data(folder):
        found = messages(inspect(raw))
        total += len(found)
        print(f"{name}: {counted(found) or 'no message'}")
        for problem in found:
            print(f"  {Path(problem.file).name}, {problem.place}: {problem.problem}")
    print(f"{total} false alarms")


def cost(raw: Path) -> None:
    """Measure the checks of all inputs of the virtual basin at full size, and of each alone."""
    needed = NEEDED | {"period": Period("2010-01", "2015-12"), "min_base_percent": 80}
    start = time.process_time()
    seen = inspect_study(Study({name: raw / file for name, file in NAMES.items()}, **needed))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{counted(messages(seen)) or '0 problems'}, {seconds:.2f} CPU-s, "
        f"peak memory of the process {peak:.0f} MiB"
    )
    for name in ("landsat", "coarse", "weather"):
        inputs = {other: raw / NAMES[other] for other in ("study_area", "stations", name)}
        start = time.process_time()
        inspect_study(Study(inputs, **needed))
        print(f"of which {name}: {time.process_time() - start:.2f} CPU-s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, help="raw folder of a whole run of the virtual basin")
    parser.add_argument("--false-alarms", action="store_true", help="count messages about correct data")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.raw:
        cost(arguments.raw)
    else:
        with tempfile.TemporaryDirectory() as directory:
            (false_alarms if arguments.false_alarms else table)(Path(directory))
