"""What Snakemake takes to plan many jobs: CPU time and memory of a dry run of chains of three jobs a tile.

Run:  python benchmarks/graph.py --jobs 1000 10000
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# three jobs a tile: fuse, map the error, and a part of the month that reads both
SNAKEFILE = """
TILES = range({tiles})
rule all:
    input: expand("month_{{tile}}.tif", tile=TILES)
rule fuse:
    input: "scene.tif"
    output: "fused_{{tile}}.tif"
    resources: mem_mb=lambda wildcards, attempt: 1000 * attempt
    shell: "cp {{input}} {{output}}"
rule map_error:
    input: "fused_{{tile}}.tif"
    output: "error_{{tile}}.tif"
    shell: "cp {{input}} {{output}}"
rule compose:
    input: "fused_{{tile}}.tif", "error_{{tile}}.tif"
    output: "month_{{tile}}.tif"
    shell: "cp {{input[0]}} {{output}}"
"""


def plan(jobs: int) -> tuple[float, float]:
    """CPU time [s] and greatest memory [MB] of a dry run of about so many jobs."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Snakefile").write_text(SNAKEFILE.format(tiles=jobs // 3))
        Path(folder, "scene.tif").write_text("")
        with subprocess.Popen(
            [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "all", "--cores", "1"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the dry run of {jobs} jobs ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1000, 10_000])
    for jobs in parser.parse_args().jobs:
        cpu_s, peak_mb = plan(jobs)
        print(f"{jobs} jobs: {cpu_s:.1f} CPU-s, {peak_mb:.0f} MB")
