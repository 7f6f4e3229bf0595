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
  local: {window_sweep: [11], surrogates: 19}
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


# in the order in which they are measured: those that prepare images come after the fusion, whose images they
# would replace
STAGES = [
    "select_base_images",
    "fuse_ndvi",
    "interpolate_climate",
    "simulate_npp",
    "fit_forest",
    "prepare_landsat",
    "prepare_coarse",
    "correlate_locally",
]
COLUMNS = ["rule", "jobs", "million cells", "CPU s", "CPU s per million"]
COLUMNS += ["peak MB", "asked MB", "GB read", "GB made", "minutes"]
FUSED = 4  # tiles of the fusion that are made, of all


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
        (self.folder / "settings.yaml").write_text(SETTINGS + f"fusion: {{tiles: {tiles}}}\n")
        self.results = self.folder / "results" / SITE

    def enlarge(self, job: Job) -> float:
        """Make the files that a job reads; their size [GB]."""
        names = files_read(job, self.run)
        for name in names:
            self.enlarged.make(name)
        return sum((self.folder / name).stat().st_size for name in names) / 1e9

    def call(self, rules: list[str], targets: list[str], at_once: int) -> dict[str, Used]:
        """Make files by jobs of Slurm, with these rules alone."""
        shutil.rmtree(self.folder / "used", ignore_errors=True)
        (self.folder / "used").mkdir()
        command = [sys.executable, "-m", "snakemake", "--profile", "profiles/slurm"]
        command += ["--workflow-profile", "none", "--configfile", "config/config.yaml", "settings.yaml"]
        command += ["--jobs", str(at_once), "--cores", "1", "--rerun-triggers", "mtime"]
        command += ["--latency-wait", "10", "--slurm-init-seconds-before-status-checks", "5"]
        command += ["--allowed-rules", *rules, "--", *targets]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{targets}:\n{done.stdout[-3000:]}{done.stderr[-6000:]}")
        paths = list((self.folder / "used").iterdir())
        if other := {path.stem for path in paths} - set(rules):
            raise RuntimeError(
                f"{', '.join(other)} ran for {targets}: a file that they read was not enlarged"
            )
        return {rule: used_by([path for path in paths if path.stem == rule]) for rule in rules}

    def tiles_to_fuse(self, tiles: int) -> list[str]:
        """First tiles of the fused interval with the fewest days and then the most images."""
        path = self.results / "ndvi/fused/intervals.csv"
        table = pd.read_csv(path)
        # a job fuses one interval, as on a large grid, also where this one is small
        table.assign(span=table["interval"]).to_csv(path, index=False)
        days = pd.to_datetime(table["last_date"]) - pd.to_datetime(table["first_date"])
        images = table[["before", "after"]].fillna("").agg(" ".join, axis=1).str.split().str.len()
        best = table.assign(days=days, images=-images).sort_values(["days", "images"], kind="stable").iloc[0]
        folder = f"results/{SITE}/ndvi/fused/{best['interval']}"
        return [f"{folder}/{tile}-of-{tiles}.tif" for tile in range(1, min(FUSED, tiles) + 1)]

    def sizes(self) -> dict[Path, int]:
        """Size of every result [B]."""
        return {path: path.stat().st_size for path in self.results.rglob("*") if path.is_file()}

    def keep_only(self, names: set[str]) -> None:
        """Remove all rasters and raw files but these."""
        for path in self.sizes():
            name = str(path.relative_to(self.folder))
            if path.suffix in {".tif", ".hdf", ".TIF"} and name not in names:
                path.unlink()


def used_by(paths: list[Path]) -> Used:
    """What the jobs of a rule took, each of which has left a file."""
    peaks, seconds, asked = zip(*(json.loads(path.read_text()) for path in paths), strict=True)
    return Used(len(paths), sum(seconds), max(peaks), max(asked))


def files_read(job: Job, run: Path) -> list[str]:
    """Files that a job reads: its inputs, and of folders that it searches some days."""
    names = [name for name in dict.fromkeys(files_of(job, run)) if (run / name).is_file()]
    day_of = {name: found[1] for name in names if "/raw/" in name and (found := DAY.search(name))}
    days = sorted(set(day_of.values()))
    chosen = days[len(days) // 3 :][:IMAGES]
    return [name for name in names if name not in day_of or day_of[name] in chosen]


def measure(province: Province, jobs: list[Job], tiles: int, at_once: int) -> Iterator[str]:
    """Rows of the table."""
    for number, job in enumerate(jobs):
        millions, targets = {job.rule: province.cells / 1e6}, [str(job.given.output[0])]
        if job.rule == "fuse_ndvi":
            targets = province.tiles_to_fuse(tiles)
            millions = {
                "measure_scene": millions[job.rule],
                job.rule: millions[job.rule] * len(targets) / tiles,
            }
        read_gb = province.enlarge(job)
        before, begun = province.sizes(), time.monotonic()
        used = province.call(list(millions), targets, at_once)
        minutes = (time.monotonic() - begun) / 60
        made_gb = sum(size for path, size in province.sizes().items() if path not in before) / 1e9
        for rule, took in used.items():
            yield (
                f"| {rule} | {took.jobs} | {millions[rule]:g} | {took.cpu_s:.1f} "
                f"| {took.cpu_s / millions[rule]:.2f} | {took.peak_mb:.0f} | {took.asked_mb:.0f} "
                f"| {read_gb:.3g} | {made_gb:.3g} | {minutes:.1f} |"
            )
        province.keep_only({name for later in jobs[number + 1 :] for name in files_read(later, province.run)})


def main() -> None:
    """Print a table of the stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--tiles", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=3, help="jobs of Slurm at a time")
    parser.add_argument("--rules", nargs="*", default=STAGES)
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
        jobs = [recorded[rule] for rule in STAGES if rule in arguments.rules]
        for row in measure(province, jobs, arguments.tiles, arguments.jobs):
            print(row, flush=True)
    finally:
        slurm.stop()
        shutil.rmtree(slurm.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
