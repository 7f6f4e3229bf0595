"""What jobs ask of a cluster in memory, against what was measured."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from affine import Affine

from nppdrivers.grid import Grid

REPOSITORY = Path(__file__).resolve().parents[2]
SNAKEMAKE_MB = 630  # a job of a cluster holds Snakemake twice; the table has the script alone
SIZES = (1000, 2000, 5000)  # cells along a side, by column of the table
YEARS = range(2010, 2015)  # of the run that was measured


def asked():
    """What each rule asks for, by its name."""
    names = {"Path": Path, "config": {"fusion": {"window": 51}}, "COARSE_PIXEL_M": 231.7, "BANDS": False}
    names |= {"YEARS": YEARS, "TILES": 1}
    exec((REPOSITORY / "rules" / "resources.smk").read_text(), names)
    for file in (REPOSITORY / "rules").glob("*.smk"):
        for rule in re.split(r"\n\s*(?:rule|checkpoint) ", file.read_text())[1:]:
            if found := re.search(r"mem_mb=(memory\(.*\)|\d+),\n", rule):
                yield rule.split(":")[0], eval(found[1], names)


def measured():
    """Peak [MB] of each rule by size, from the table."""
    text = (REPOSITORY / "docs" / "benchmarks.md").read_text()
    table = text.partition("## Memory by the cells of the grid")[2].partition("\n## ")[0]
    for line in table.splitlines():
        if cells := re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", line):
            yield cells[0][0], [float(cell) if cell != "-" else 0.0 for cell in cells[0][1:]]


@pytest.fixture(scope="module")
def grids(tmp_path_factory):
    """Grids of the three sizes, in files."""
    paths = [tmp_path_factory.mktemp("grids") / f"{size}.json" for size in SIZES]
    for path, size in zip(paths, SIZES, strict=True):
        Grid("EPSG:32649", Affine(30, 0, 6e5, 0, -30, 4e6), size, size).save(path)
    return paths


def test_jobs_ask_for_what_they_take(grids):
    """Every rule asks for what its script was measured to take at each size, and for Snakemake."""
    rules, table = dict(asked()), dict(measured())
    assert len(table) > 30 and set(table) <= set(rules)
    too_little = []
    for rule, peaks in table.items():
        for path, peak in zip(grids, peaks, strict=True):
            given = rules[rule]
            given = given(None, SimpleNamespace(grid=str(path)), 1) if callable(given) else given
            if peak and given < peak + SNAKEMAKE_MB:
                too_little.append(f"{rule}, {path.stem} cells a side: {given} of {peak + SNAKEMAKE_MB} MB")
    assert too_little == []


def test_no_job_of_25_million_cells_takes_more_than_a_gibibyte_and_a_half():
    """No peak of the table is above 1.5 GiB."""
    assert max(max(peaks) for _, peaks in measured()) <= 1.5 * 2**30 / 1e6
