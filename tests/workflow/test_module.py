"""The workflow as a part of another one: `module` with renamed rules and results elsewhere."""

import json

import pytest

pytestmark = pytest.mark.workflow

SNAKEFILE = """
configfile: "{project}/config/config.yaml"
configfile: "{project}/tests/workflow/tiny.yaml"


module npp:
    snakefile:
        "{project}/workflow/Snakefile"
    config:
        config
    pathvars:
        results="products/npp",
        logs="products/npp/logs",
        benchmarks="products/npp/benchmarks",


use rule * from npp as npp_*


rule count_cells:
    default_target: True
    input:
        grid="products/npp/grid/grid.json",
        page="products/npp/index.html",
        project="products/npp/project.qgz",
        vectors="products/npp/vectors.gpkg",
        catalogue="products/npp/catalog/collection.json",
    output:
        "products/cells.txt",
    shell:
        "cat {{input.grid}} > {{output}}"
"""


@pytest.fixture(scope="module")
def outer(untouched, tmp_path_factory):
    """Folder of another workflow that uses this one as a module."""
    folder = tmp_path_factory.mktemp("outer")
    (folder / "Snakefile").write_text(SNAKEFILE.format(project=untouched.folder))
    return folder


def test_plan_is_complete(untouched, outer):
    """A target of the outer workflow brings in all rules, renamed, with all results in its folder."""
    done = untouched.snakemake("--summary", settings=[], folder=outer)
    assert done.returncode == 0, done.stdout
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") > 3][1:]
    rules = {row[2] for row in rows} - {"count_cells"}
    assert {f"npp_{rule}" for rule in untouched.would_run()} == rules
    assert [row[0] for row in rows if not row[0].startswith("products/")] == []


def test_rule_runs(untouched, outer):
    """The grid is made, from the virtual basin on, in the folder that the outer workflow chose."""
    grid = "products/npp/grid/grid.json"
    before = set((untouched.folder / "results").rglob("*"))
    done = untouched.snakemake(grid, settings=[], folder=outer)
    assert done.returncode == 0, done.stdout
    assert json.loads((outer / grid).read_text())["height"] > 10
    assert set((untouched.folder / "results").rglob("*")) == before
    assert not (outer / "results").exists()
