"""Intervals of the fusion cut into tiles."""

import pandas as pd
import pytest

pytestmark = pytest.mark.workflow

FILES = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "tiles.yaml"]


@pytest.fixture(scope="module")
def tiled(copy_of_finished):
    """A finished project with settings that ask for three tiles."""
    (copy_of_finished.folder / "tiles.yaml").write_text("fusion: {tiles: 3}\n")
    return copy_of_finished


@pytest.fixture(scope="module")
def spans(tiled):
    """Names of all spans of intervals."""
    return pd.read_csv(tiled.results / "ndvi" / "fused" / "intervals.csv")["span"]


def test_three_tiles_are_byte_for_byte_one(finished, tiled, spans):
    """The files of intervals that were fused in three tiles are those of the run without tiles."""
    paths = [f"ndvi/fused/{spans[0]}{end}" for end in (".tif", "_source.tif", "_sums.csv")]
    for path in paths:
        (tiled.results / path).unlink()
    done = tiled.snakemake("--", *[f"results/tiny/{path}" for path in paths], settings=FILES)
    assert done.returncode == 0, done.stdout
    for path in paths:
        assert (tiled.results / path).read_bytes() == (finished.results / path).read_bytes(), path
