"""Intervals of the fusion cut into tiles."""

import re

import pandas as pd
import pytest

pytestmark = pytest.mark.workflow


def test_tiles_are_jobs_of_their_own(finished):
    """With fusion.tiles: 3 each interval is measured once, fused in three jobs and gathered in one."""
    (finished.folder / "tiles.yaml").write_text("fusion: {tiles: 3}\n")
    files = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "tiles.yaml"]
    done = finished.snakemake("--dry-run", settings=files)
    assert done.returncode == 0, done.stdout
    number = len(pd.read_csv(finished.results / "ndvi" / "fused" / "intervals.csv"))
    jobs = {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", done.stdout, re.MULTILINE)}
    assert jobs["measure_scene"] == jobs["gather_fused_tiles"] == number
    assert jobs["fuse_ndvi"] == 3 * number
    assert "prepare_modis" not in jobs
