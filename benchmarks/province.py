"""A large area through a real Slurm: what the stages that grow with the cells take, one after another.

Run:  python benchmarks/province.py --run FOLDER --cells 100000000 --tiles 4
      (one thread: OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1; PYTHONPATH=workflow_scripts:tests/support).
      FOLDER gets a small run of one year at the first call, and a folder for each size. Needs Debian and root
      for Slurm, and 30 GB for 100 million cells: what no later stage reads is removed.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from enlarged import Enlarged
from memory import SITE, Job, at_start, files_of, first_jobs, record
from run import check_out
from virtual_slurm import VirtualSlurm, install

SETTINGS = """
site: base
virtual_basin: {size: 0.2}
period: {first_month: "2013-01", last_month: "2013-12"}
soil: {block_km: 0.5}
attribution:
  block_km: 0.5
  forests: {seeds: 1}
  resampling: {replicates: 4, trees: 10}
"""
NODE_MB = 64_000  # declared; a job's memory is what it asks for, and Slurm ends it where it takes more
# at the beginning of each script: its memory and processor time are written when it ends
RECORD = """    import atexit, json, os, sys
    from pathlib import Path as RecordPath
    sys.path.append("benchmarks")
    from used import peak_and_cpu
    def write_used(rule=snakemake.rule, asked=snakemake.resources.mem_mb):
        RecordPath("used", f"{rule}.{os.getpid()}").write_text(json.dumps([*peak_and_cpu(), asked]))
    atexit.register(write_used)
"""
IMAGES = 4  # days of images, from spring on, that are prepared
DAY = re.compile(r"(?:_|\.A)(2013\d{3,4})[_.]")


class Stage(NamedTuple):
    """A rule, one of the recorded run with the same inputs, and whether it works by tiles."""

    rule: str
    recorded: str
    is_cut: bool = False


# in the order in which they are measured: those that prepare images come after the fusion, whose images they
# would replace
STAGES = [
    Stage("select_base_images", "select_base_images"),
    Stage("measure_scene", "fuse_ndvi"),
    Stage("fuse_ndvi", "fuse_ndvi", is_cut=True),
    Stage("interpolate_climate", "interpolate_climate"),
    Stage("simulate_npp", "simulate_npp"),
    Stage("predict_forest", "fit_forest", is_cut=True),
    Stage("correlate_locally", "correlate_locally", is_cut=True),
    Stage("prepare_landsat", "prepare_landsat"),
    Stage("prepare_coarse", "prepare_coarse"),
]
COLUMNS = ["rule", "jobs", "million cells", "CPU s", "CPU s per million"]
COLUMNS += ["peak MB", "asked MB", "GB read", "GB made", "minutes"]
MADE = 4  # tiles that are made, of all


class Used(NamedTuple):
    """What the jobs of a stage took: number, processor time [s], greatest memory, asked and used [MB]."""

    jobs: int
    cpu_s: float
    peak_mb: float
    asked_mb: float


class Province:
    """A copy of the project whose results are files of a small run on a grid of more cells."""

    def __init__(self, run: Path, cells: int, tiles: int) -> None:
        self.run, self.cells, self.folder = run, cells, run / f"{cells}"
        if not self.folder.exists():
            check_out(None, self.folder)
            at_start(self.folder, RECORD)
        self.enlarged = Enlarged(run, self.folder, SITE, cells)
        (self.folder / "settings.yaml").write_text(SETTINGS + f"tiles: {tiles}\n")
        self.tiles, self.results = tiles, self.folder / "results" / SITE

    def enlarge(self, job: Job) -> float:
        """Make the files that a job reads; their size [GB]."""
        names = files_read(job, self.run)
        for name in names:
            self.enlarged.make(name)
        return sum((self.folder / name).stat().st_size for name in names) / 1e9

    def call(self, rule: str, targets: list[str], at_once: int) -> Used:
        """Make files by jobs of Slurm, with this rule alone."""
        shutil.rmtree(self.folder / "used", ignore_errors=True)
        (self.folder / "used").mkdir()
        command = [sys.executable, "-m", "snakemake", "--profile", "profiles/slurm"]
        command += ["--workflow-profile", "none", "--configfile", "config/config.yaml", "settings.yaml"]
        command += ["--jobs", str(at_once), "--cores", "1", "--rerun-triggers", "mtime", "--notemp"]
        command += ["--latency-wait", "10", "--slurm-init-seconds-before-status-checks", "5"]
        command += ["--allowed-rules", rule, "--", *targets]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{targets}:\n{done.stdout[-3000:]}{done.stderr[-6000:]}")
        paths = list((self.folder / "used").iterdir())
        if other := {path.stem for path in paths} - {rule}:
            raise RuntimeError(
                f"{', '.join(other)} ran for {targets}: a file that they read was not enlarged"
            )
        peaks, seconds, asked = zip(*(json.loads(path.read_text()) for path in paths), strict=True)
        return Used(len(paths), sum(seconds), max(peaks), max(asked))

    def targets(self, stage: Stage, job: Job) -> list[str]:
        """Files that a stage makes: the raster of the recorded job, or some tiles of it."""
        made = sorted((Path(str(file)) for file in job.given.output), key=lambda path: path.suffix != ".tif")
        path = made[0]
        if job.rule == "fuse_ndvi":
            path = path.with_name(f"{self.interval()}.tif")
        if stage.rule == "measure_scene":
            return [f"{path.with_suffix('')}/scene.json"]
        if not stage.is_cut:
            return [str(path)]
        tiles = range(1, min(MADE, self.tiles) + 1)
        return [f"{path.with_suffix('')}/{tile}-of-{self.tiles}.tif" for tile in tiles]

    def interval(self) -> str:
        """Interval of the fusion with the fewest days and then the most images."""
        path = self.results / "ndvi/fused/intervals.csv"
        table = pd.read_csv(path)
        # a job fuses one interval, as on a large grid, also where this one is small
        table.assign(span=table["interval"]).to_csv(path, index=False)
        days = pd.to_datetime(table["last_date"]) - pd.to_datetime(table["first_date"])
        images = table[["before", "after"]].fillna("").agg(" ".join, axis=1).str.split().str.len()
        best = table.assign(days=days, images=-images).sort_values(["days", "images"], kind="stable").iloc[0]
        return str(best["interval"])

    def sizes(self) -> dict[Path, int]:
        """Size of every result [B]."""
        return {path: path.stat().st_size for path in self.results.rglob("*") if path.is_file()}

    def keep_only(self, names: set[str]) -> None:
        """Remove all rasters and raw files but these."""
        for path in self.sizes():
            name = str(path.relative_to(self.folder))
            if path.suffix in {".tif", ".hdf", ".TIF"} and name not in names:
                path.unlink()


def files_read(job: Job, run: Path) -> list[str]:
    """Files that a job reads: its inputs, and of folders that it searches some days."""
    names = [name for name in dict.fromkeys(files_of(job, run)) if (run / name).is_file()]
    day_of = {name: found[1] for name in names if "/raw/" in name and (found := DAY.search(name))}
    days = sorted(set(day_of.values()))
    chosen = days[len(days) // 3 :][:IMAGES]
    return [name for name in names if name not in day_of or day_of[name] in chosen]


def measure(province: Province, stages: list[Stage], jobs: dict[str, Job], at_once: int) -> Iterator[str]:
    """Rows of the table."""
    for number, stage in enumerate(stages):
        targets, read_gb = (
            province.targets(stage, jobs[stage.recorded]),
            province.enlarge(jobs[stage.recorded]),
        )
        before, begun = province.sizes(), time.monotonic()
        used = province.call(stage.rule, targets, at_once)
        minutes = (time.monotonic() - begun) / 60
        made_gb = sum(size for path, size in province.sizes().items() if path not in before) / 1e9
        millions = province.cells / 1e6 * (len(targets) / province.tiles if stage.is_cut else 1)
        yield (
            f"| {stage.rule} | {used.jobs} | {millions:g} | {used.cpu_s:.1f} | {used.cpu_s / millions:.2f} "
            f"| {used.peak_mb:.0f} | {used.asked_mb:.0f} | {read_gb:.3g} | {made_gb:.3g} | {minutes:.1f} |"
        )
        later = [jobs[each.recorded] for each in stages[number + 1 :]]
        province.keep_only({name for job in later for name in files_read(job, province.run)})


def main() -> None:
    """Print a table of the stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--tiles", type=int, default=4, help="two at least: some rules are of tiles alone")
    parser.add_argument("--jobs", type=int, default=3, help="jobs of Slurm at a time")
    parser.add_argument("--rules", nargs="*", default=[stage.rule for stage in STAGES])
    arguments = parser.parse_args()
    run = arguments.run.resolve()
    if not run.exists():
        record(run, SETTINGS)
    recorded = {job.rule: job for job in first_jobs(run)}
    province = Province(run, arguments.cells, arguments.tiles)
    install()
    slurm = VirtualSlurm(province.folder / "slurm", NODE_MB)
    try:
        slurm.start()
        print(f"| {' | '.join(COLUMNS)} |\n{len(COLUMNS) * '|---'}|", flush=True)
        stages = [stage for stage in STAGES if stage.rule in arguments.rules]
        for row in measure(province, stages, recorded, arguments.jobs):
            print(row, flush=True)
    finally:
        slurm.stop()
        shutil.rmtree(slurm.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
