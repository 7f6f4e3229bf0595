"""What the input checks report about realistic mistakes, and what they cost.

Run:  OMP_NUM_THREADS=1 PYTHONPATH=workflow_scripts:tests/support python benchmarks/input_checks.py
      add --raw results/virtual_basin/raw to measure the checks of a whole run's inputs
"""

import argparse
import resource
import tempfile
import time
import warnings
from pathlib import Path

from input_mistakes import MISTAKES, NAMES, NEEDED, copy_inputs, inputs_of, inspect, write_basin

from nppdrivers.checks.inspection import Inspection
from nppdrivers.checks.inspection import inspect as inspect_study
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import Problem, counted
from nppdrivers.period import Period


def messages(seen: Inspection) -> list[Problem]:
    """Problems and warnings."""
    return [*seen.problems, *seen.warnings]


def table(folder: Path) -> None:
    """Make each mistake in a copy of the tiny virtual basin; print the messages as a Markdown table."""
    basin = write_basin(folder)
    print(f"clean basin: {len(messages(inspect(basin)))} messages; {len(MISTAKES)} mistakes\n")
    print("| mistake | file | message |\n|---|---|---|")
    reported = 0
    for number, (name, (mistake, _)) in enumerate(MISTAKES.items()):
        raw = folder / f"raw{number}"
        copy_inputs(basin, raw, inputs_of(name))
        blamed = mistake(raw)
        found = messages(inspect(raw, inputs_of(name)))
        mine = [problem for problem in found if blamed in problem.file]
        reported += bool(mine)
        for problem in mine[:1]:
            place = f"{problem.place}: " if problem.place else ""
            print(f"| {name} | {Path(problem.file).name} | {place}{problem.problem}; {problem.remedy} |")
    print(f"\n{reported} of {len(MISTAKES)} reported with their file")


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
    for name in ("landsat", "modis", "weather"):
        inputs = {other: raw / NAMES[other] for other in ("study_area", "stations", name)}
        start = time.process_time()
        inspect_study(Study(inputs, **needed))
        print(f"of which {name}: {time.process_time() - start:.2f} CPU-s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path, help="raw folder of a whole run of the virtual basin")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.raw:
        cost(arguments.raw)
    else:
        with tempfile.TemporaryDirectory() as directory:
            table(Path(directory))
