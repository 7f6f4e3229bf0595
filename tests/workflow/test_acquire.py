"""A site that is an area alone: fetched from archives on this machine, then checked without any network."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from archive import Archive, FileServer, catalogue
from archive_services import add_all
from input_mistakes import write_basin

from nppdrivers.acquire.manifest import read_entries

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A catalogue and a file server with all that a year of a tiny basin needs."""
    folder = tmp_path_factory.mktemp("archives")
    raw = write_basin(folder)
    server = FileServer(folder / "served")
    archive = Archive(raw, server.folder, server.url)
    add_all(archive, 2010)
    with catalogue(folder / "items", archive.items) as url:
        yield SimpleNamespace(raw=raw, server=server, catalogue=url)
    server.close()


@pytest.fixture
def site(served, untouched, tmp_path) -> SimpleNamespace:
    """Settings of an area, a period and a survey, and how Snakemake is called with them."""
    settings = {
        "site": "fetched",
        "data": str(tmp_path),
        "inputs": {"survey": str(served.raw / "survey.gpkg")},
        "period": {"first_month": "2010-01", "last_month": "2010-12"},
        "fusion": {"window": 21},
        "acquire": {
            "area": str(served.raw / "study_area.gpkg"),
            "catalogue": served.catalogue,
            "tokens": {"address": None},
            "addresses": {
                "ghcn": f"{served.server.url}ghcn/",
                "terraclimate": f"{served.server.url}terraclimate/{{variable}}.nc",
                "soilgrids": f"{served.server.url}soil/",
            },
            "scenes": {"max_cloud_percent": 100},
        },
    }

    def call(*arguments: str, **changes: object) -> SimpleNamespace:
        path = tmp_path / "site.yaml"
        path.write_text(yaml.safe_dump(settings | {"acquire": settings["acquire"] | changes}))
        served.server.bytes_sent = 0
        options = [word for word in arguments if word.startswith("-")]
        targets = [word for word in arguments if not word.startswith("-")]
        files = ["--configfile", "config/config.yaml", str(path)]
        return untouched.snakemake(*options, "--", *targets, settings=files)

    return SimpleNamespace(
        call=call, raw=tmp_path / "raw/fetched", results=untouched.folder / "results/fetched"
    )


def test_an_area_becomes_a_site(site, served):
    """Nothing runs before the data are fetched; then the checks admit them, and no byte moves."""
    refused = site.call("--dry-run")
    assert refused.returncode != 0
    assert "the raw data are not fetched yet; run: make acquire SITE=" in refused.stdout
    listed = site.call("acquire_plan")
    assert listed.returncode == 0, listed.stdout[-4000:]
    assert "3 fine images" in listed.stdout and served.server.requests == [
        f"/ghcn/pub/data/ghcn/daily/ghcnd-{name}.txt" for name in ("stations", "inventory")
    ]
    done = site.call("acquire")
    assert done.returncode == 0, done.stdout[-4000:]
    assert served.server.bytes_sent > 0
    entries = read_entries(site.raw / "manifest.csv")
    assert {entry.remark for entry in entries} == {""}
    assert all((site.raw / entry.file).stat().st_size == entry.bytes for entry in entries)
    again = site.call("acquire")
    assert "Nothing to be done" in again.stdout and served.server.bytes_sent == 0
    checked = site.call(str(Path("results/fetched/inputs/checks.json")), offline=True)
    assert checked.returncode == 0, checked.stdout[-4000:]
    assert served.server.bytes_sent == 0
    planned = site.call("--dry-run", offline=True)
    assert planned.returncode == 0, planned.stdout[-4000:]
    assert {
        "resample_soil",
        "resample_climate",
        "interpolate_climate",
        "map_contributions",
        "compare_npp",
    } <= {line.split()[0] for line in planned.stdout.splitlines() if line.strip()}


def test_what_is_lost_or_new_is_fetched_alone(site, served):
    """A lost file is named before anything is computed, and fetched again alone; so is a new source."""
    first = ["landsat", "modis", "dem", "land_cover", "terraclimate"]
    assert site.call("acquire", sources=first).returncode == 0
    whole = {path: path.read_bytes() for path in site.raw.rglob("*_SR_B*.TIF")}
    lost = next(iter(whole))
    lost.unlink()
    refused = site.call("--dry-run", sources=first)
    assert "are lost or cut off: landsat_2010; run: make acquire" in refused.stdout
    served.server.requests.clear()
    assert site.call("acquire", sources=first).returncode == 0
    assert {Path(request).name for request in served.server.requests} == {lost.name}
    assert {path: path.read_bytes() for path in whole} == whole
    refused = site.call("--dry-run", sources=[*first, "mod17"])
    assert "not fetched yet: MOD17A3HGF_2010; run: make acquire" in refused.stdout
    served.server.requests.clear()
    assert site.call("acquire", sources=[*first, "mod17"]).returncode == 0
    names = {Path(request).name for request in served.server.requests}
    assert names and all(name.startswith("MOD17A3HGF") for name in names)


def test_what_cannot_be_fetched_is_said_with_what_to_call(site, served):
    """A file that is absent is recorded, one that is refused ends the call with the command that goes on."""
    faults = {"soc_0-5cm_mean.vrt": 404, "S03.csv": 403}
    served.server.fault = lambda path: next((faults[end] for end in faults if path.endswith(end)), None)
    refused = site.call("acquire", "--keep-going")
    served.server.fault = lambda path: None
    assert refused.returncode != 0
    assert "To go on: make acquire SITE=" in refused.stdout, refused.stdout[-5000:]
    assert "SoilGrids: soc: " in site.call("acquire").stdout
    absent = [entry.item for entry in read_entries(site.raw / "manifest.csv") if not entry.file]
    assert absent == ["soc"]
