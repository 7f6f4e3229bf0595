"""The page of results in a real browser: it asks for nothing, shows what the files have, and reacts."""

import time

import pytest

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.pages.results import layers


@pytest.fixture(scope="module")
def opened(shown, page):
    """The English page, opened at the width of a desk."""
    shown.size(1280, 900)
    shown.open(page)
    shown.run("document.documentElement.style.scrollBehavior = 'auto'")
    shown.run("document.getElementById('canvas').scrollIntoView()")
    return shown


def point_of(shown, column, row):
    """Point of the window that shows the middle of a cell; the whole grid fits into the canvas."""
    left, top, width, height = shown.run(
        "(box => [box.left, box.top, box.width, box.height])(canvas.getBoundingClientRect())"
    )
    scale = 0.96 * min(width / 80, height / 60)
    return left + width / 2 + (column + 0.5 - 40) * scale, top + height / 2 + (row + 0.5 - 30) * scale


def set_control(shown, name, value):
    """Give a control a value, as a reader does."""
    shown.run(
        f"(control => {{ control.value = '{value}'; control.dispatchEvent(new Event('input'));"
        f"control.dispatchEvent(new Event('change')); }})(document.getElementById('{name}'))"
    )


def read_at(shown, column, row):
    """Values that the page shows for a cell."""
    shown.run("document.getElementById('readout').replaceChildren()")
    shown.mouse("mouseMoved", *point_of(shown, column, row))
    shown.until("document.querySelector('#readout .value')")
    return shown.run("[...document.querySelectorAll('#readout .value')].map(value => value.textContent)")


def test_it_asks_for_nothing_and_has_no_error(opened, page):
    """The only address that the browser asks for is the file itself; the console is silent."""
    assert opened.requests == [page.as_uri()]
    assert opened.complaints == []


def test_names_are_text(opened):
    """A title and a mine with elements, quotes, 300 characters and Chinese letters are shown as they are."""
    assert opened.run("window.broken") is None
    assert opened.run("document.querySelector('h1').textContent").endswith("长河" + " and so on" * 25)
    names = opened.run(
        "[...document.querySelectorAll('#places-table tbody tr')].map(row => row.cells[1].textContent)"
    )
    assert names[0].startswith("</script><img src=x") and names[0].endswith("煤矿")


def test_hovering_shows_the_value_of_the_raster(opened, run):
    """Value and error under the pointer are those of the rasters to the shown digits; outside is none."""
    grid = Grid.load(run.folder / "grid.json")
    npp, sd = (
        rasters.read(run.folder / f"maps/npp/{name}.tif", grid, bands=1) for name in ("npp", "spread/sd")
    )
    set_control(opened, "left", "npp/npp")
    for column, row in ((40, 30), (20, 35), (61, 22)):
        (text,) = read_at(opened, column, row)
        assert text == f"{npp[row, column]:.0f} ± {sd[row, column]:.0f} gC m⁻² yr⁻¹"
    assert read_at(opened, 77, 57) == ["–"]


def test_classes_are_named(opened):
    """Letters of categories are written as words."""
    set_control(opened, "left", "attribution/dominant_category")
    cells = ((18, 30), (30, 30), (50, 30), (65, 30))
    words = ["climate", "soil", "climate, then soil", "not distinguishable from noise"]
    assert [read_at(opened, *cell)[0] for cell in cells] == words
    assert opened.run("document.querySelectorAll('#legend-left .swatch').length") == 4


def test_the_slider_changes_the_month(opened, run):
    """Each month of all years has its place on the slider, with its own values; a missing one is a dash."""
    grid = Grid.load(run.folder / "grid.json")
    set_control(opened, "left", "npp/monthly/{year}")
    for number, (year, band) in {0: (2013, 1), 3: (2013, 4), 18: (2014, 7)}.items():
        set_control(opened, "time", number)
        assert opened.run("document.getElementById('time-label').textContent") == f"{year}-{band:02}"
        month = rasters.read(run.folder / f"maps/npp/monthly/{year}.tif", grid, bands=band)
        digits = opened.run("JSON.parse(document.getElementById('data').textContent).layers"
                            ".find(layer => layer.id.startsWith('npp/monthly')).digits")  # fmt: skip
        assert read_at(opened, 50, 25)[0] == f"{month[25, 50]:.{digits}f} gC m⁻² month⁻¹"
    set_control(opened, "time", 3)
    assert read_at(opened, 40, 20) == ["–"]


def test_two_maps_are_compared(opened, run):
    """Swiping and side by side, values of both maps are shown for the same place."""
    set_control(opened, "left", "npp/npp")
    set_control(opened, "right", "climate/mean/MAT")
    set_control(opened, "mode", "swipe")
    assert read_at(opened, 30, 30)[1] == f"{5 + 30 / 40:.2f} °C"
    set_control(opened, "mode", "side")
    opened.until("document.querySelectorAll('.legend h4').length === 2")
    set_control(opened, "mode", "single")


def test_a_click_on_a_mine_shows_its_row_and_courses(opened):
    """The row of the mine under the pointer is marked, charts of cell, mine and area are drawn."""
    opened.click(*point_of(opened, 47, 37))
    opened.until("document.querySelector('#places-table tr.chosen')")
    assert opened.run("document.querySelector('#places-table tr.chosen').cells[1].textContent") == "Mine 2"
    opened.until("document.querySelectorAll('#details svg .line').length === 3")
    assert opened.run("document.querySelectorAll('#details svg rect').length") == 2  # contributions of two


def test_a_click_on_a_row_shows_the_mine(opened):
    """The map moves to the mine of the row, which is marked."""
    drawn = opened.run("Number(canvas.dataset.drawn)")
    opened.run("document.querySelector('#places-table tbody tr').click()")
    opened.until(f"Number(canvas.dataset.drawn) > {drawn}")
    assert opened.run("document.querySelector('#places-table tr.chosen').cells[1].textContent").endswith(
        "煤矿"
    )
    opened.run("document.getElementById('zoom-all').click()")


def test_a_heading_sorts(opened):
    """A click on a heading sorts upwards, a second one downwards; numbers by size."""
    column = "[...document.querySelectorAll('#places-table tbody tr')].map(row => row.cells[3].textContent)"
    heading = "document.querySelectorAll('#places-table th')[3].click()"
    opened.run(heading)
    assert opened.run(column) == ["130", "420"]
    opened.run(heading)
    assert opened.run(column) == ["420", "130"]


def test_colours_are_those_of_the_register(opened):
    """A pixel of a class has its colour."""
    set_control(opened, "mode", "single")
    set_control(opened, "left", "attribution/dominant_category")
    opened.until("document.querySelector('#legend-left .swatch')")
    time.sleep(0.3)
    x, y = point_of(opened, 30, 45)
    script = (
        "((box) => [...canvas.getContext('2d').getImageData("
        f"({x} - box.left) * canvas.width / box.width, "
        f"({y} - box.top) * canvas.height / box.height, 1, 1).data]"
        ")(canvas.getBoundingClientRect())"
    )
    assert opened.run(script)[:3] == [0xD5, 0x5E, 0x00]


def test_a_figure_is_enlarged(opened):
    """A click on a figure opens it over the page, another one closes it."""
    opened.run("document.querySelector('main figure img').click()")
    assert opened.run("document.getElementById('large').open")
    opened.run("document.getElementById('large').click()")
    assert not opened.run("document.getElementById('large').open")


def test_degrees_are_those_of_the_grid(opened, run):
    """Longitude and latitude under the pointer are those of the grid to the shown digits."""
    longitude, latitude = (part[0, 40] for part in Grid.load(run.folder / "grid.json").lonlat(slice(30, 31)))
    read_at(opened, 40, 30)
    shown = opened.run("document.querySelector('#readout .fine').textContent").split(" · ")[0]
    assert shown == f"{latitude:.4f}° N, {longitude:.4f}° E"


def test_a_thinned_map_shows_cells_of_the_raster(shown, write_page, run, monkeypatch):
    """Where not all cells fit, the value shown in a square is that of the cell in its middle."""
    monkeypatch.setattr(layers, "VALUES", 6000)
    path = write_page(name="thinned.html")
    shown.size(1280, 900)
    shown.open(path)
    shown.run("document.documentElement.style.scrollBehavior = 'auto'")
    shown.run("document.getElementById('canvas').scrollIntoView()")
    step = shown.run("JSON.parse(document.getElementById('data').textContent).layers[0].step")
    assert step == 2
    npp = rasters.read(run.folder / "maps/npp/npp.tif", Grid.load(run.folder / "grid.json"), bands=1)
    for column, row in ((40, 30), (41, 30), (23, 37)):
        (text,) = read_at(shown, column, row)
        assert text.startswith(f"{npp[row // 2 * 2 + 1, column // 2 * 2 + 1]:.0f} ± ")


def test_a_run_of_little_has_a_page(shown, write_page, run):
    """Without polygons, points, attribution, figures and tables the map is still there and reacts."""
    path = write_page(name="little.html", maps=run.maps[:1], vectors=[], figures={}, tables={})
    shown.size(1280, 900)
    shown.open(path)
    shown.run("document.getElementById('canvas').scrollIntoView({ behavior: 'instant' })")
    shown.click(*point_of(shown, 40, 30))
    shown.until("document.querySelector('#readout .value')")
    assert shown.complaints == []
    assert shown.run("document.getElementById('places')") is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_fits_a_telephone(shown, write_page, language):
    """400 pixels wide, nothing but tables in their boxes is wider than the window, in either language."""
    shown.size(400, 800)
    shown.open(write_page(language))
    assert shown.run("document.documentElement.scrollWidth") <= 400
    assert shown.complaints == []
    assert (
        shown.run("document.querySelector('nav a[href=\"#map\"]').textContent")
        == {"en": "Map", "zh": "地图"}[language]
    )


def test_it_can_load_nothing(shown, page):
    """A picture from elsewhere, as a name might bring one in, is refused by the page's own policy."""
    shown.open(page)
    found = shown.run(
        "new Promise(done => { const image = new Image(); image.onload = () => done('loaded');"
        "image.onerror = () => done('refused'); image.src = 'http://192.0.2.1/x.png'; })"
    )
    shown.picture(page.with_suffix(".png"))  # what the console has to report comes before its answer
    assert found == "refused"
    assert any("Content Security Policy" in text for text in shown.complaints)
