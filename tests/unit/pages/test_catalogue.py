"""The catalogue of a small run, read back by the libraries of its formats, without a network."""

import hashlib
import socket
from datetime import UTC, datetime

import numpy as np
import pystac
import pytest
import rasterio
from affine import Affine
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterExtension
from pystac.stac_object import STACObjectType
from pystac.validation.stac_validator import JsonSchemaSTACValidator
from rocrate.rocrate import ROCrate

from nppdrivers import rasters
from nppdrivers.export.sources import Source
from nppdrivers.grid import Grid
from nppdrivers.pages.catalogue.citation import citation_text
from nppdrivers.pages.catalogue.crate import PROFILE, write_crate
from nppdrivers.pages.catalogue.run import Result, Run, read_inputs
from nppdrivers.pages.catalogue.stac import write_stac
from nppdrivers.period import Period

GRID = Grid("EPSG:32649", Affine(30, 0, 600_000, 0, -30, 3_900_000), 40, 50)
TITLE = 'Mine <script> "Nr. 1" 长河'


def digest(path):
    """Checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with two maps; of its inputs two files lie elsewhere, one among the results."""
    folder = tmp_path_factory.mktemp("results") / "mine"
    elsewhere = tmp_path_factory.mktemp("data")
    for path in ("maps/npp/annual/2013.tif", "maps/soil/SOC.tif"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    values = np.arange(2000, dtype=np.float32).reshape(GRID.shape)
    rasters.write(folder / "maps/npp/annual/2013.tif", values, GRID, "npp_year", bands=["2013"])
    rasters.write(folder / "maps/soil/SOC.tif", values / 100, GRID, "SOC")
    (folder / "page.html").write_text("page")
    (folder / "settings.yaml").write_text("site: mine\n")
    files = {"landsat": elsewhere / "a" / "red.tif", "stations": folder / "raw" / "stations.csv"}
    rows = ["input,file,bytes,sha256"]
    for name, paths in {
        "landsat": [files["landsat"], elsewhere / "b" / "nir.tif"],
        "stations": [files["stations"]],
    }.items():
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(path.name)
            rows.append(f"{name},{path},{path.stat().st_size},{digest(path)}")
    (folder / "files.csv").write_text("\n".join(rows) + "\n")
    return Run(
        folder=folder,
        title=TITLE,
        software="nppdrivers 0.2.0",
        licence="CC-BY-4.0",
        grid=GRID,
        period=Period("2013-03", "2014-12"),
        inputs=read_inputs(folder / "files.csv"),
    )


@pytest.fixture(scope="module")
def results(run):
    """Maps, and the page."""
    maps = [
        Result(run.folder / "maps/npp/annual/2013.tif", "NPP of 2013", "2013"),
        Result(run.folder / "maps/soil/SOC.tif", "Soil organic carbon"),
    ]
    return maps, [Result(run.folder / "page.html", "Page")]


@pytest.fixture
def offline(monkeypatch):
    """Any connection is an error."""

    def refuse(*arguments, **named):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def collection(run, results):
    """The collection as a client reads it."""
    maps, others = results
    write_stac(run.folder / "catalog", run, maps, others)
    return pystac.Collection.from_file(str(run.folder / "catalog" / "collection.json"))


def test_the_collection_is_valid(collection, offline):
    """Collection and items follow the schemas of STAC that pystac brings along."""
    validator = JsonSchemaSTACValidator()
    validator.validate_core(collection.to_dict(), STACObjectType.COLLECTION, "1.1.0")
    items = list(collection.get_items())
    assert {item.id for item in items} == {"npp-annual-2013", "soil-SOC"}
    for item in items:
        validator.validate_core(item.to_dict(), STACObjectType.ITEM, "1.1.0")


def test_an_item_describes_its_map(run, collection):
    """Time, grid, unit, statistics and checksum of a map are those of the file."""
    item = collection.get_item("npp-annual-2013")
    assert item.common_metadata.start_datetime == datetime(2013, 3, 1, tzinfo=UTC)
    assert item.common_metadata.end_datetime == datetime(2013, 12, 31, 23, 59, 59, tzinfo=UTC)
    projection = ProjectionExtension.ext(item)
    assert (projection.epsg, projection.shape) == (32649, [40, 50])
    assert projection.transform == list(GRID.transform)[:6]
    asset = item.assets["data"]
    path = run.folder / "maps/npp/annual/2013.tif"
    assert asset.get_absolute_href() == str(path)
    assert FileExtension.ext(asset).checksum == "1220" + digest(path)
    (band,) = RasterExtension.ext(asset).bands
    assert (band.unit, band.data_type, band.nodata) == ("gC m-2 yr-1", "float32", "nan")
    with rasterio.open(asset.get_absolute_href()) as source:
        assert source.shape == GRID.shape


def test_items_name_what_they_were_made_from(run, collection):
    """A map of NPP rests on images and stations, one of soil on neither; files have their checksums."""
    origins = {
        item.id: {link.title: link for link in item.get_links("derived_from")}
        for item in collection.get_items()
    }
    assert set(origins["npp-annual-2013"]) == {"landsat", "stations"} and not origins["soil-SOC"]
    stations = origins["npp-annual-2013"]["stations"]
    assert stations.href == "../../raw/stations.csv"
    assert stations.extra_fields["file:checksum"] == "1220" + digest(run.folder / "raw" / "stations.csv")
    folder = run.inputs[0].path.parent.parent
    assert origins["npp-annual-2013"]["landsat"].href == folder.as_uri()
    assert len(collection.get_links("derived_from")) == 3


def test_the_crate_is_read_back(run, results):
    """Its reader finds files with checksums, the licence, and the action that made results of inputs."""
    maps, others = results
    path = run.folder / "ro-crate-metadata.json"
    write_crate(path, run, [*maps, *others], [Result(run.folder / "settings.yaml", "Settings")])
    crate = ROCrate(run.folder)
    assert crate.name == TITLE and crate.metadata.version == "1.1"
    assert crate.license["name"] == "CC-BY-4.0"
    assert crate.root_dataset["conformsTo"].id == PROFILE
    files = {entity.id: entity["sha256"] for entity in crate.data_entities}
    names = (
        "maps/npp/annual/2013.tif",
        "maps/soil/SOC.tif",
        "page.html",
        "settings.yaml",
        "raw/stations.csv",
    )
    assert files == {name: digest(run.folder / name) for name in names}
    action = crate.get("#run")
    assert action.type == "CreateAction" and action["instrument"]["version"] == "nppdrivers 0.2.0"
    made_of = {entity.id for entity in action["object"]}
    outside = {file.path.as_uri() for file in run.inputs if file.name == "landsat"}
    assert made_of == {"settings.yaml", "raw/stations.csv"} | outside
    assert {entity.id for entity in action["result"]} == set(names[:3])


def test_the_citation_names_run_software_method_and_data():
    """Each part stands under its heading; a licence that is not known is named as such."""
    sources = [Source("landsat-c2-l2", "proprietary"), Source("stations")]
    text = citation_text("NPP of a site.", "abc", ["Software 1.", "Paper."], ["Name the source."], sources)
    assert text.splitlines() == [
        "This run", "  NPP of a site.", "",
        "Software", "  Software 1. Commit abc.", "",
        "Method", "  Paper.", "",
        "Data", "  landsat-c2-l2 (proprietary)", "  stations (licence not stated)", "",
        "Terms of the data", "  Name the source.",
    ]  # fmt: skip
