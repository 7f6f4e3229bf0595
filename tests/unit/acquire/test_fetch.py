"""What is fetched: windows of the files as they are, whole, once."""

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from archive import TOKEN, Archive, catalogue, some_faults
from rasterio.windows import from_bounds

from nppdrivers.acquire.archives.catalogue import Filters, clear_enough, newest
from nppdrivers.acquire.archives.sources import chosen_sources
from nppdrivers.acquire.fetch import JOURNALS, Job, fetch_part
from nppdrivers.acquire.manifest import read_entries, sha256, unnamed, write_entries
from nppdrivers.acquire.network.web import AcquireError, Client, Patience
from nppdrivers.acquire.plan import Wanted, write_plan
from nppdrivers.acquire.search import search
from nppdrivers.images.coarse_images import find_composites
from nppdrivers.images.landsat_folders import find_scenes
from nppdrivers.images.mgrs.hls import hls_scenes

PART = "landsat_2010"


def files_of(folder: Path) -> dict[str, str]:
    """Checksum of every file of raw data."""
    return {
        str(path.relative_to(folder)): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != "acquire"
    }


def test_windows_are_the_files_on_their_own_lattice(acquire, archives, tmp_path):
    """A window has the numbers, type, nodata and lattice of the file on the server, and covers the area."""
    for entry in acquire(tmp_path):
        if not entry.file.lower().endswith(".tif") or not entry.href:
            continue
        path = archives.server.folder / entry.href.removeprefix(archives.server.url)
        with rasterio.open(path) as whole, rasterio.open(tmp_path / entry.file) as window:
            place = from_bounds(*window.bounds, transform=whole.transform).round_offsets().round_lengths()
            np.testing.assert_array_equal(window.read(), whole.read(window=place))
            assert (window.dtypes, window.nodata, window.crs) == (whole.dtypes, whole.nodata, whole.crs)
            west, south, east, north = archives.area.within(window.crs.to_wkt())
            left, bottom, right, top = window.bounds
            assert left < west and bottom < south and right > east and top > north
            assert window.width < whole.width and window.height < whole.height


def test_the_readers_find_what_was_fetched(acquire, tmp_path):
    """Scenes and composites are found under the names of the agencies."""
    acquire(tmp_path)
    scenes = find_scenes(tmp_path / "landsat")
    assert len(scenes) == 3
    assert all(Path(file).exists() for scene in scenes for file in scene.files)
    assert len(find_composites(tmp_path / "modis", "MOD13Q1")) == 3
    assert len(find_composites(tmp_path / "mod17", "MOD17A3HGF")) == 1
    for name in ("dem.tif", "land_cover.tif"):
        assert (tmp_path / name).exists()


@pytest.mark.parametrize("words", [["hls"], ["landsat", "hls"]])
def test_images_of_hls_are_found_under_their_names(words, archives, request_all, client, tmp_path):
    """Both products of HLS are fetched as whole images; next to Landsat that of Sentinel-2 alone."""
    archive = Archive(archives.raw, archives.server.folder, archives.server.url)
    archive.add_hls("L30", ("B04", "B05", "Fmask"), 2016)
    archive.add_hls("S30", ("B04", "B8A", "Fmask"), 2016)
    items = [item for item in archives.items if item["collection"] == "landsat-c2-l2"] + archive.items
    sources = chosen_sources(words, [], [2016])
    with catalogue(tmp_path / "items", items) as url:
        request = replace(request_all, sources=sources, catalogue=url, years=[2010, 2016])
        wanted, _ = search(request, client, tmp_path)
    jobs = [Job(part, tmp_path, request_all.area, 5) for part in sorted({row.part for row in wanted})]
    entries = [entry for job in jobs for entry in fetch_part(job, wanted, client)]
    scenes, _ = hls_scenes(sorted((tmp_path / "hls").iterdir()))
    found = {scene.sensor for scene in scenes}
    assert found == ({"HLSS30"} if "landsat" in words else {"HLSL30", "HLSS30"})
    assert len(scenes) == 3 * len(found) and {entry.remark for entry in entries} == {""}
    assert all(Path(file).exists() for scene in scenes for file in scene.files)


def test_no_cloudy_image_of_hls_is_wanted():
    """Cloud is compared for HLS too, satellites and tiers are not: its names have none."""
    item = {"id": "HLS.S30", "properties": {"platform": "sentinel-2a", "eo:cloud_cover": 60}}
    found = [clear_enough(item, Filters(("landsat-8",), ("T1",), most)) for most in (59, 60)]
    assert found == [False, True]


def test_land_cover_becomes_classes_of_the_project(acquire, archives, tmp_path):
    """Codes of the product become the codes that they were made from."""
    acquire(tmp_path)
    with (
        rasterio.open(tmp_path / "land_cover.tif") as made,
        rasterio.open(archives.raw / "land_cover.tif") as own,
    ):
        inside = from_bounds(*archives.area.bounds, transform=made.transform).round_offsets().round_lengths()
        there = from_bounds(*archives.area.bounds, transform=own.transform).round_offsets().round_lengths()
        np.testing.assert_array_equal(made.read(1, window=inside), own.read(1, window=there))


def test_a_part_of_the_bytes_is_moved(acquire, archives, server, tmp_path):
    """Less than 60 % of the bytes of the full files move."""
    entries = acquire(tmp_path)
    whole = sum(
        (server.folder / entry.href.removeprefix(server.url)).stat().st_size
        for entry in entries
        if entry.href
    )
    assert 0 < server.bytes_sent < 0.6 * whole


def test_nothing_moves_twice(acquire, server, tmp_path):
    """A second call asks the file server for nothing."""
    first = acquire(tmp_path)
    server.requests.clear()
    assert acquire(tmp_path) == first
    assert server.requests == []


def test_windows_of_another_area_are_fetched_again(acquire, request_all, client, archives, tmp_path):
    """Where the area has grown, no window of the smaller one stays."""
    acquire(tmp_path)
    west, south, east, north = archives.area.bounds
    larger = replace(archives.area, bounds=(west - 300, south, east, north))
    wanted, _ = search(request_all, client, tmp_path)
    entries = fetch_part(Job(PART, tmp_path, larger, 5), wanted, client)
    bands = [entry for entry in entries if entry.asset == "red"]
    for entry in bands:
        with rasterio.open(tmp_path / entry.file) as window:
            assert window.bounds.left < west - 300
    assert bands and {entry.area for entry in bands} == {larger.key} != {archives.area.key}


def test_files_that_no_entry_names_are_found(acquire, tmp_path):
    """A file of an earlier search is named; what was fetched, lists, journals and hidden files are not."""
    entries = acquire(tmp_path)
    assert unnamed(entries, tmp_path) == []
    for name in ("modis/.snakemake_timestamp", "modis/MOD13Q1.A2009353.h27v05.061.1_NDVI.tif"):
        (tmp_path / name).write_text("")
    assert unnamed(entries, tmp_path) == ["modis/MOD13Q1.A2009353.h27v05.061.1_NDVI.tif"]


@pytest.mark.parametrize("damage", ["lost", "cut", "changed"])
def test_a_damaged_file_alone_is_fetched_again(acquire, server, tmp_path, damage):
    """A file that was lost, cut off or changed is fetched again, with the same bytes, and no other."""
    before = acquire(tmp_path)
    entry = next(entry for entry in before if entry.asset == "nir08")
    path = tmp_path / entry.file
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[:-10])
    elif damage == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    server.requests.clear()
    assert acquire(tmp_path) == before
    assert path.read_bytes() == content
    assert {Path(request.partition("?")[0]).name for request in server.requests} <= {
        path.name,
        "landsat-c2-l2",
    }


def test_bad_answers_leave_no_wrong_byte(acquire, server, tmp_path):
    """With a fifth of all answers busy, cut off, closed or HTML, all files are as without faults."""
    acquire(tmp_path / "calm")
    server.fault = some_faults(0.2)
    acquire(tmp_path / "storm")
    assert files_of(tmp_path / "storm") == files_of(tmp_path / "calm")


def test_a_server_lost_in_the_midst_of_answers_leaves_no_wrong_byte(request_all, client, server, tmp_path):
    """Connections that end within an answer, and refused ones until the server is back, change no file."""
    wanted, _ = search(request_all, client, tmp_path)
    area = request_all.area
    fetch_part(Job(PART, tmp_path / "calm", area, 5), wanted, client)
    server.pause_s, broken = 0.002, server.broken
    done = threading.Event()

    def lose() -> None:
        while not done.wait(0.3):
            server.lose(0.1)

    thread = threading.Thread(target=lose)
    thread.start()
    try:
        fetch_part(Job(PART, tmp_path / "lost", area, 5), wanted, Client(patience=Patience(10, 0.05)))
    finally:
        done.set()
        thread.join()
        server.pause_s = 0.0
    assert server.broken > broken
    assert files_of(tmp_path / "lost") == files_of(tmp_path / "calm")


def test_an_absent_file_leaves_its_scene_out_with_a_record(acquire, archives, server, tmp_path, caplog):
    """A scene whose band the server lacks is left out whole, recorded and reported; the others are there."""
    lost = archives.items[0]["assets"]["nir08"]["href"]
    server.fault = lambda path: 404 if lost.endswith(path) else None
    entries = acquire(tmp_path)
    absent = [entry for entry in entries if not entry.file]
    assert absent and all("the server does not have it" in entry.remark for entry in absent)
    assert {entry.item for entry in absent} == {archives.items[0]["id"]}
    assert not any(entry.item == archives.items[0]["id"] for entry in entries if entry.file)
    assert len(find_scenes(tmp_path / "landsat")) == 2
    assert "the server does not have it" in caplog.text


def test_many_failures_in_a_row_end_the_job(acquire, server, tmp_path):
    """A server that answers nothing ends the job clearly; what was fetched stays, the next call goes on."""
    server.fault = lambda path: 503 if "modis" in path else None
    with pytest.raises(AcquireError, match=r"files in a row.*\n.*the same call goes on"):
        acquire(tmp_path)
    server.fault = lambda path: None
    acquire(tmp_path)
    assert len(find_scenes(tmp_path / "landsat")) == 3


def test_no_token_anywhere(acquire, server, tmp_path, caplog):
    """With signed addresses, and after refusals too, no file, plan, journal or message holds the token."""
    caplog.set_level("INFO")
    server.needs_token = True
    server.fault = some_faults(0.2, seed=3)
    write_entries(acquire(tmp_path), tmp_path / "manifest.csv")
    assert any(TOKEN in request for request in server.requests)
    secret = TOKEN.partition("=")[2].encode()
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert holding == [] and secret.decode() not in caplog.text
    assert not any("?" in entry.href for entry in read_entries(tmp_path / "manifest.csv"))


def test_of_two_deliveries_the_newest_counts():
    """Of one acquisition processed twice the later is taken, and tier 1 before tier 2."""

    def wanted(name: str) -> list[Wanted]:
        return [Wanted("part", "collection", name, "red", "", f"landsat/{name}/{name}_SR_B4.TIF")]

    old, new = "LC08_L2SP_125035_20130526_20170504_02_T1", "LC08_L2SP_125035_20130526_20200913_02_T1"
    second = "LC08_L2SP_125035_20130526_20210913_02_T2"
    modis = [f"MOD13Q1.A2013001.h27v05.061.{made}_250m.tif" for made in ("2015226101010", "2021226101010")]
    kept = newest([wanted(old), wanted(new), wanted(second)])
    assert [files[0].item for files in kept] == [new]
    both = [[replace(wanted("x")[0], file=f"modis/{name}", item=name)] for name in modis]
    assert [files[0].item for files in newest(both)] == [modis[1]]


def test_a_line_that_was_cut_off_does_not_count(acquire, server, tmp_path):
    """A journal whose last line is cut off loses that file alone, which is fetched again."""
    before = acquire(tmp_path)
    journal = tmp_path / JOURNALS / f"{PART}.csv"
    journal.write_text(journal.read_text()[:-20])
    server.requests.clear()
    assert acquire(tmp_path) == before
    assert len({request.partition("?")[0] for request in server.requests} - {"/token/landsat-c2-l2"}) == 1


def test_a_killed_job_goes_on(acquire, request_all, archives, client, server, tmp_path):
    """A job that is killed leaves no file under its final name that is not whole; the next call finishes."""
    acquire(tmp_path / "calm")
    folder = tmp_path / "killed"
    wanted, _ = search(request_all, client, folder)
    asked = []

    def kill(path: str) -> None:
        asked.append(path)
        if len(asked) == 12:
            os.kill(job.pid, signal.SIGKILL)

    code = (
        "import sys; from pathlib import Path; from nppdrivers.acquire.area import Area\n"
        "from nppdrivers.acquire.fetch import Job, fetch_part\n"
        "from nppdrivers.acquire.plan import read_plan\n"
        "from nppdrivers.acquire.network.web import Client\n"
        "folder = Path(sys.argv[1]); sys.stdin.readline()\n"
        f"job = Job('{PART}', folder, Area.load(folder / 'area.json'), 5)\n"
        "fetch_part(job, read_plan(folder / 'plan.csv'), Client())\n"
    )
    folder.mkdir(exist_ok=True)
    archives.area.save(folder / "area.json")
    write_plan(wanted, folder / "plan.csv")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    job = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, env=environment)
    server.fault = kill
    job.communicate(b"\n")
    assert job.returncode == -signal.SIGKILL
    server.fault = lambda path: None
    calm = files_of(tmp_path / "calm")
    left = {name: digest for name, digest in files_of(folder).items() if name.startswith("landsat/")}
    whole = {name: digest for name, digest in left.items() if not re.search(r"/\.[^/]*\.part$", name)}
    assert 0 < len(whole) < sum(name.startswith("landsat/") for name in calm)
    assert all(calm[name] == digest for name, digest in whole.items())
    fetch_part(Job(PART, folder, archives.area, 5), wanted, client)
    done = {name: digest for name, digest in files_of(folder).items() if name.startswith("landsat/")}
    assert done == {name: digest for name, digest in calm.items() if name.startswith("landsat/")}
