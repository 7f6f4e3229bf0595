"""Memory and processor time of each step by the number of cells: a run with its files enlarged, step by step.

Run:  OMP_NUM_THREADS=1 PYTHONPATH=workflow_scripts python benchmarks/memory.py --run FOLDER --cells 25000000
      FOLDER gets the run itself at the first call (some minutes), its files on larger grids at every call;
      --rules for some steps alone
"""

import argparse
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from enlarged import Enlarged
from run import PROJECT, check_out, script_of_rules

SITE = "base"
SETTINGS = """
site: base
virtual_basin: {size: 0.2, events: true}
period: {first_month: "2010-01", last_month: "2014-12"}
soil: {block_km: 0.5}
attribution: {block_km: 0.5}
change: {events: [mines], controls: {distance_m: 120, block_m: 200}}
"""
MAIN = 'if __name__ == "__main__":\n'
# at the beginning of each script: what Snakemake hands it
RECORD = """    import pickle, time
    from pathlib import Path as RecordPath
    RecordPath("recorded", f"{time.time():.6f}_{snakemake.rule}.pickle").write_bytes(pickle.dumps(snakemake))
"""
# a process of its own
JOB = """
import pickle, runpy, sys
from pathlib import Path
from used import peak_and_cpu
snakemake = pickle.loads(Path(sys.argv[1]).read_bytes())
for path in [*snakemake.output, *snakemake.log]:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
runpy.run_path(sys.argv[2], {"snakemake": snakemake}, "__main__")
print(*peak_and_cpu())
"""
# of the simulated place alone, which has its own size; makes the grid, which is given here; names the jobs of
# the fusion by the size of the grid
LEFT_OUT = {"simulate_virtual_basin", "score_truth", "make_grid", "select_base_images"}


class Job(NamedTuple):
    """The first job of a rule in the run: what Snakemake handed it, and how many jobs the rule had."""

    rule: str
    path: Path
    given: Any
    number: int


def at_start(folder: Path, code: str) -> None:
    """Make every script of a copy of the project run some code first."""
    for script in (folder / "workflow_scripts").glob("*/*.py"):
        script.write_text(script.read_text().replace(MAIN, MAIN + code))


def record(folder: Path, settings: str = SETTINGS) -> None:
    """Run the workflow once with scripts that write down what they are given."""
    check_out(None, folder)
    (folder / "recorded").mkdir()
    at_start(folder, RECORD)
    spans = folder / "workflow_scripts" / "fusion" / "select_base_images.py"
    # a job of the fusion for each interval, as on a large grid
    spans.write_text(re.sub(r"(?m)^VALUES_OF_SPAN = .*", "VALUES_OF_SPAN = 1", spans.read_text()))
    (folder / "settings.yaml").write_text(settings)
    command = [sys.executable, "-m", "snakemake", "--profile", "profiles/default", "--cores", "2"]
    command += ["--configfile", "config/config.yaml", "settings.yaml"]
    subprocess.run(command, cwd=folder, check=True)


def first_jobs(folder: Path) -> Iterator[Job]:
    """A job of each rule, in the order in which they ran."""
    paths = sorted((folder / "recorded").glob("*.pickle"))
    rules = [path.stem.split("_", 1)[1] for path in paths]
    for rule in dict.fromkeys(rules):
        path = paths[rules.index(rule)]
        yield Job(rule, path, pickle.loads(path.read_bytes()), rules.count(rule))


def files_of(job: Job, folder: Path) -> Iterator[str]:
    """Files that a job reads: its inputs, and of folders that it searches those of its year."""
    given = [str(name) for name in job.given.input]
    yield from given
    year = dict(job.given.wildcards.items()).get("year", "")
    params = job.given.params
    searched = [params.get("folder"), *(params.get("sources") or {}).values()]
    sources = [*searched, *(name for name in given if (folder / name).is_dir())]
    for source in filter(None, sources):
        for path in (folder / source).rglob("*"):
            if path.is_file() and year in path.name:
                yield str(path.relative_to(folder))


def measure(job: Job, script: Path, enlarged: Enlarged) -> tuple[float, float]:
    """Greatest memory [MB] and processor time [s] of a job on the enlarged grid."""
    for name in files_of(job, enlarged.run):
        enlarged.make(name)
    done = subprocess.run(
        [sys.executable, "-c", JOB, str(job.path), str(script)],
        cwd=enlarged.folder,
        env=os.environ
        | {"PYTHONPATH": f"{PROJECT / 'workflow_scripts'}{os.pathsep}{PROJECT / 'benchmarks'}"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    peak_mb, seconds = map(float, done.stdout.split()[-2:])
    return peak_mb, seconds


def main() -> None:
    """Print a table of the steps."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--rules", nargs="*", default=[])
    arguments = parser.parse_args()
    run = arguments.run.resolve()
    if not run.exists():
        record(run)
    scripts = script_of_rules(run)
    enlarged = Enlarged(run, run / f"{arguments.cells}", SITE, arguments.cells)
    shutil.copytree(run / "config", enlarged.folder / "config", dirs_exist_ok=True)
    failed: dict[str, str] = {}
    print("| rule | jobs | MB | CPU s |\n|---|---|---|---|")
    for job in first_jobs(run):
        if job.rule in LEFT_OUT or (arguments.rules and job.rule not in arguments.rules):
            continue
        script = PROJECT / scripts[job.rule]
        try:
            peak_mb, seconds = measure(job, script, enlarged)
        except RuntimeError as error:
            failed[job.rule] = str(error)
            continue
        print(f"| {job.rule} | {job.number} | {peak_mb:.0f} | {seconds:.1f} |", flush=True)
    for rule, error in failed.items():
        print(f"\n{rule} failed:\n{error}", file=sys.stderr)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
