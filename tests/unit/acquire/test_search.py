"""The search: what an area and a period have, and what is refused before anything is fetched."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
from archive import catalogue
from shapely.geometry import box

from nppdrivers.acquire.archives.catalogue import Catalogue, Filters, item_date, passes
from nppdrivers.acquire.archives.sources import chosen_sources, parts
from nppdrivers.acquire.area import Area
from nppdrivers.acquire.network.web import AcquireError, Client
from nppdrivers.acquire.plan import read_plan, write_plan
from nppdrivers.acquire.search import search
from nppdrivers.inputs.problems import InputError

# Facts of a public item of each collection: stactools-landsat and stactools-modis, their examples
LANDSAT = {
    "id": "LE07_L2SP_021030_20100109_02_T1",
    "properties": {
        "datetime": "2010-01-09T16:13:46.040058Z",
        "platform": "landsat-7",
        "eo:cloud_cover": 8.0,
        "landsat:collection_category": "T1",
    },
}
AQUA = {
    "id": "MYD13Q1.A2022041.h09v05.061.2022059190716",
    "properties": {
        "datetime": None,
        "start_datetime": "2022-02-10T00:00:00Z",
        "end_datetime": "2022-02-25T23:59:59Z",
        "platform": "aqua",
    },
}

URL = "http://127.0.0.1/stac/"
LANDING = {
    "type": "Catalog",
    "id": "catalogue",
    "description": "",
    "stac_version": "1.0.0",
    "conformsTo": ["https://api.stacspec.org/v1.0.0/item-search"],
    "links": [{"rel": "search", "href": f"{URL}search", "method": "POST"}],
}


def area_of(folder: Path, west: float, south: float, east: float, north: float) -> Area:
    """Area of a box in longitude and latitude."""
    path = folder / "area.gpkg"
    gpd.GeoDataFrame(geometry=[box(west, south, east, north)], crs="EPSG:4326").to_file(path)
    return Area.from_file(path)


def test_everything_is_found_and_the_plan_can_be_read(request_all, client, server, tmp_path):
    """All files of all sources are listed without a signature; the table gives them back; no data moves."""
    wanted, _ = search(request_all, client, tmp_path)
    by_part = {part: sum(row.part == part for row in wanted) for part in parts(request_all.sources, [2010])}
    assert by_part == {
        "landsat_2010": 15,
        "MOD13Q1_2010": 12,
        "MOD17A3HGF_2010": 2,
        "COP-DEM-GLO-30": 1,
        "ESA-CCI-LC": 1,
    }
    write_plan(wanted, tmp_path / "plan.csv")
    assert read_plan(tmp_path / "plan.csv") == wanted
    assert server.bytes_sent == 0


def test_filters_are_applied_on_our_side(request_all, client, tmp_path):
    """A catalogue that knows no queries gives all scenes; those that are not wanted are left out here."""
    scenes = {
        row.item: float(row.cloud_percent)
        for row in search(request_all, client, tmp_path)[0]
        if row.cloud_percent
    }
    limit = sorted(scenes.values())[1]
    filters = Filters(request_all.filters.platforms, ("T1",), limit)
    kept = search(replace(request_all, filters=filters), client, tmp_path)[0]
    assert {row.item for row in kept if row.cloud_percent} == {
        item for item, cloud in scenes.items() if cloud <= limit
    }


@pytest.mark.parametrize(
    ("platforms", "tiers", "cloud", "wanted"),
    [
        (("landsat-7",), ("T1",), 8, True),
        (("landsat-7",), ("T1",), 7.9, False),
        (("landsat-8",), ("T1",), 100, False),
        (("landsat-7",), ("T2",), 100, False),
    ],
)
def test_a_public_landsat_item_is_judged(platforms, tiers, cloud, wanted):
    """Satellite, tier and cloud cover are read where the items have them."""
    assert passes(LANDSAT, Filters(platforms, tiers, cloud)) is wanted
    assert item_date(LANDSAT) == "2010-01-09"


def test_a_composite_is_dated_by_its_start():
    """Items of composites have no day of their own."""
    assert item_date(AQUA) == "2022-02-10"


def test_terra_and_aqua_are_told_apart_by_product(archives, request_all, client, tmp_path):
    """Both lie in one collection; only the product that is wanted is taken, of the year it begins in."""
    item = next(item for item in archives.items if item["collection"] == "modis-13Q1-061")
    aqua = {**item, "id": item["id"].replace("MOD13Q1", "MYD13Q1")}
    last = {**item, "id": item["id"].replace("A2010001", "A2009353")}
    request = replace(request_all, sources=chosen_sources(["modis"], ["MOD13Q1"], [2010]))
    with catalogue(tmp_path / "items", [item, aqua, last]) as url:
        wanted, _ = search(replace(request, catalogue=url), client, tmp_path)
        assert {row.item for row in wanted} == {item["id"]}


def test_an_area_in_the_sea_is_refused(request_all, client, tmp_path):
    """Where no tile of elevation is, one message says that it seems to be the sea."""
    request = replace(request_all, area=area_of(tmp_path, -40.1, 30.0, -40.0, 30.1))
    with pytest.raises(InputError) as refused:
        search(request, client, tmp_path)
    assert len(refused.value.problems) == 1
    assert "in the sea" in str(refused.value)


def test_a_period_without_scenes_is_refused(request_all, client, server, tmp_path):
    """No scene and no composite: a message each, with what to change, before any byte."""
    sources = chosen_sources(["landsat", "modis"], ["MOD13Q1"], [1995])
    with pytest.raises(InputError) as refused:
        search(replace(request_all, years=[1995], sources=sources), client, tmp_path)
    assert "no Landsat scene of 1995" in str(refused.value)
    assert "no composite of MOD13Q1" in str(refused.value)
    assert server.bytes_sent == 0


def test_an_area_in_two_zones_and_on_a_border_of_tiles_is_remarked(tmp_path):
    """The grid's zone, and both tiles, are named."""
    area = area_of(tmp_path, 113.98, 29.9, 114.02, 30.1)
    zones, tiles = area.remarks
    assert "UTM zones 49 to 50" in zones and area.crs in zones
    assert "MODIS tiles" in tiles and area.modis_tiles == ["h27v05", "h27v06"]


@pytest.mark.parametrize(
    ("box_deg", "crs", "message"),
    [
        ((179.5, 65, 180.5, 66), "auto", "longitude 179.48 to -179.48: across the date line"),
        ((-180, -80, 180, 80), "auto", "around the world"),
        ((100, 0, 130, 30), "auto", "up to 1500 km"),
        ((10, 84, 11, 85), "auto", "reaches latitude 85.00, where there are no UTM zones"),
        ((112, 35, 112.1, 35.1), "EPSG:4326", "grid.crs: EPSG:4326: its coordinates are degrees"),
        ((112, 35, 112.1, 35.1), "EPSG:999999", "grid.crs: EPSG:999999 is no coordinate system"),
        ((112, 35, 112.1, 35.1), "EPSG:3413", "times those on the ground"),
    ],
)
def test_a_place_that_no_grid_can_have_is_refused(tmp_path, box_deg, crs, message):
    """Across the date line, too large, near a pole, or a system that does not suit: one message each."""
    path = tmp_path / "area.gpkg"
    gpd.GeoDataFrame(geometry=[box(*box_deg)], crs="EPSG:4326").to_file(path)
    with pytest.raises(InputError) as refused:
        Area.from_file(path, crs)
    assert message in str(refused.value)


def test_a_box_across_the_date_line_is_refused(tmp_path):
    """Also where each part of the polygon lies on one side, and on a polar grid."""
    path = tmp_path / "area.gpkg"
    parts = [box(179.5, 75, 180, 76), box(-180, 75, -179.5, 76)]
    gpd.GeoDataFrame(geometry=parts, crs="EPSG:4326").to_file(path)
    for crs in ("auto", "EPSG:3413"):
        with pytest.raises(InputError, match="across the date line"):
            Area.from_file(path, crs)


def test_a_polygon_without_a_system_is_refused(tmp_path):
    """One clear message, before any server is asked."""
    path = tmp_path / "area.shp"
    gpd.GeoDataFrame(geometry=[box(112, 35, 112.1, 35.1)], crs="EPSG:4326").to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match=r"no coordinate system\n.*look like degrees"):
        Area.from_file(path)


def test_offline_the_search_refuses(request_all, server, tmp_path):
    """With offline: true no catalogue is asked."""
    with pytest.raises(ValueError, match=r"acquire\.offline is true"):
        search(request_all, Client(offline=True), tmp_path)


def stac(monkeypatch, *pages: object, landing: object = LANDING) -> Catalogue:
    """A catalogue that answers a search with these pages, the last of them again and again."""
    left = list(pages)
    client = Client()

    def ask(method: str, href: str, **_: object) -> str:
        return json.dumps(landing if href == URL else left.pop(0) if len(left) > 1 else left[0])

    monkeypatch.setattr(client, "ask", ask)
    return Catalogue(client, URL)


def page(*items: dict) -> dict:
    """A page of items with a link to the next."""
    link = {"rel": "next", "href": f"{URL}next", "method": "GET"}
    return {"type": "FeatureCollection", "features": list(items), "links": [link]}


def test_pages_are_followed_to_their_end(archives, monkeypatch):
    """Items of all pages come once; a catalogue that sends the same page for ever is left."""
    one, two = ({"id": name, "collection": "c", "properties": {}, "assets": {}} for name in "ab")
    found = stac(monkeypatch, page(one), page(one, two), page()).items("c", archives.area)
    assert found == [one, two]
    with pytest.raises(AcquireError, match="one page of items again and again"):
        stac(monkeypatch, page(one), page(two)).items("c", archives.area)


@pytest.mark.parametrize("broken", [{}, {"properties": {}}, {"properties": {}, "assets": {"red": None}}])
def test_an_item_that_is_not_whole_is_left_out(archives, monkeypatch, caplog, broken):
    """An item without properties, files or addresses of them costs itself alone."""
    whole = {"id": "a", "properties": {}, "assets": {"red": {"href": f"{URL}a.tif"}}}
    found = stac(monkeypatch, page(whole, {"id": "b"} | broken), page()).items("c", archives.area)
    assert found == [whole] and "b: is left out: is no whole item" in caplog.text


@pytest.mark.parametrize("landing", [{}, [], {"type": "Collection"}])
def test_an_address_without_a_catalogue_is_named(monkeypatch, landing):
    """What is no STAC API is named with the setting that is wrong."""
    with pytest.raises(AcquireError, match=r"is no STAC API; correct acquire\.catalogue"):
        stac(monkeypatch, page(), landing=landing)


def test_no_file_overwrites_that_of_another_item(archives, request_all, client, tmp_path, caplog):
    """Of two items with a file of one name the second is left out, with a warning."""
    tile = next(item for item in archives.items if item["collection"] == "cop-dem-glo-30")
    request = replace(request_all, sources=chosen_sources(["dem"], [], [2010]))
    with catalogue(tmp_path / "items", [tile, {**tile, "id": "again"}]) as url:
        wanted, _ = search(replace(request, catalogue=url), client, tmp_path)
    assert len(wanted) == 1 and "another item has the file dem/" in caplog.text


def test_an_item_with_an_address_that_is_refused_is_left_out(archives, request_all, client, tmp_path, caplog):
    """A file outside http, or a name with a path in it, leaves out its item alone, with a warning."""
    good, bad, worse = (dict(item) for item in archives.items[:3])
    bad = {**bad, "assets": {**bad["assets"], "red": {"href": "file:///etc/passwd"}}}
    href = worse["assets"]["red"]["href"]
    worse = {**worse, "assets": {**worse["assets"], "red": {"href": f"{href}/..%2F..%2Fx_SR_B4.TIF"}}}
    request = replace(request_all, sources=chosen_sources(["landsat"], [], [2010]))
    with catalogue(tmp_path / "items", [good, bad, worse]) as url:
        wanted, _ = search(replace(request, catalogue=url), client, tmp_path)
    assert {row.item for row in wanted} == {good["id"]}
    assert "is left out" in caplog.text


def test_a_catalogue_of_addresses_that_are_not_asked_is_named(archives, request_all, client, tmp_path):
    """Where all items are left out, their number and the first reason are there, not the filters."""
    items = [item for item in archives.items if item["collection"] == "landsat-c2-l2"]
    bad = [{**item, "assets": {**item["assets"], "red": {"href": "s3://bucket/red.TIF"}}} for item in items]
    request = replace(request_all, sources=chosen_sources(["landsat"], [], [2010]))
    with catalogue(tmp_path / "items", bad) as url, pytest.raises(InputError) as refused:
        search(replace(request, catalogue=url), client, tmp_path)
    (problem,) = refused.value.problems
    assert problem.problem.startswith("3 items are there, and none can be fetched, the first: ")
    assert "s3://bucket/red.TIF" in problem.problem
