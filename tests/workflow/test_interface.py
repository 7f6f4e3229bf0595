"""A finished run writes what the interface file promises."""

import csv
import datetime

import frictionless
import pystac
import pytest
import rasterio
from interface import pattern, results
from rocrate.rocrate import ROCrate

from nppdrivers.export import columns

pytestmark = pytest.mark.workflow

NOT_RESULTS = ("raw/", "truth/", "logs/", "benchmarks/", "figures/")
# tables that this run does not have (their own tests read their columns), and a column of ready soil rasters
NOT_HERE = (
    "change/",
    "ndvi/coarse_passage",
    "ndvi/landsat/harmonisation",
    "npp/efficienc",
    "npp/points",
    "soil/propertiespixel",
)


@pytest.fixture(scope="module")
def written(finished):
    """Paths of all results of the finished run, relative to its folder."""
    paths = (
        path.relative_to(finished.results).as_posix()
        for path in finished.results.rglob("*")
        if path.is_file()
    )
    return sorted(path for path in paths if not path.startswith(NOT_RESULTS))


def test_every_result_is_in_the_interface_and_the_reverse(written):
    """Each file of a run is one result of the interface; each result without a condition is in the run."""
    matches = {path: [r for r in results() if pattern(r["path"]).fullmatch(path)] for path in written}
    assert {path: len(found) for path, found in matches.items() if len(found) != 1} == {}
    met = {found[0]["path"] for found in matches.values()}
    assert {result["path"] for result in results() if "when" not in result} - met == set()


def bands_are(kind, names):
    """Whether the bands of a raster are what the interface says."""
    if isinstance(kind, list):
        return names == kind
    if kind == "dates":
        return all(datetime.date.fromisoformat(name) for name in names)
    return len(names) == {"one": 1, "months": 12, "categories": 3, "indicators": 6}[kind]


def test_rasters_have_the_product_unit_and_bands_of_the_interface(finished, written):
    """Product, unit and bands of every raster are those of its entry."""
    for path in (path for path in written if path.endswith(".tif") and not path.startswith("maps/")):
        result = next(result for result in results() if pattern(result["path"]).fullmatch(path))
        match = pattern(result["path"]).fullmatch(path)
        with rasterio.open(finished.results / path) as source:
            tags, bands = source.tags(), list(source.descriptions)
        assert tags["product"] == result["product"].format(**match.groupdict()), path
        assert tags["units"] == result.get("unit", tags["units"]), path
        assert bands_are(result["bands"], bands), (path, bands)


def test_every_column_is_registered_and_the_reverse(finished, written):
    """Each column of each table has a row in the register of columns; no row describes nothing."""
    used = set()
    for path in (path for path in written if path.endswith(".csv") and not path.startswith("tables/")):
        with (finished.results / path).open(encoding="utf-8", newline="") as table:
            header = next(csv.reader(table), [])
        used |= {id(columns._row_for(path.removesuffix(".csv"), name)) for name in header}
    forms = {id(row): row.table.pattern + row.column.pattern for row in columns._register()}
    unused = [form for row, form in forms.items() if row not in used]
    assert [form for form in unused if not form.replace("\\", "").startswith(NOT_HERE)] == []


def test_the_data_package_fits_the_tables(finished):
    """An independent reader finds the tables of the run as described."""
    report = frictionless.Package(str(finished.results / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "message"])


def test_the_catalogue_lists_the_maps(finished, written):
    """The STAC collection has an item for each map, which leads to the file; the files of the crate exist."""
    collection = pystac.Collection.from_file(str(finished.results / "catalog" / "collection.json"))
    maps = {item.assets["data"].get_absolute_href() for item in collection.get_items()}
    wanted = {path for path in written if path.startswith("maps/") and path.endswith(".tif")}
    assert maps == {str(finished.results / path) for path in wanted}
    files = {entity.id for entity in ROCrate(finished.results).data_entities}
    assert all((finished.results / path).is_file() for path in files)
    assert wanted | {"settings.yaml", "code.yaml", "cubes/npp.nc"} <= files
    citation = (finished.results / "CITATION.txt").read_text(encoding="utf-8")
    assert "doi:10.3390/rs14174177" in citation and "simulated by nppdrivers" in citation
