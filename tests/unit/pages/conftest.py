"""A small run with maps, mines, figures and tables, and its page."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import browser
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from PIL import Image
from shapely import box

from nppdrivers import rasters
from nppdrivers.grid import Grid
from pages.write_index import write_index

GRID = Grid("EPSG:32649", Affine(30, 0, 600_000, 0, -30, 3_900_000), 60, 80)
TITLE = "Mine <script>window.broken = 1</script> \"Nr. 1\" 'x' 长河" + " and so on" * 25
MINE = '</script><img src=x onerror="window.broken = 1"> 煤矿'
MONTHS = [f"{year}-{month:02}" for year in (2013, 2014) for month in range(1, 13)]
CITATION = Path(__file__).parents[3] / "CITATION.cff"


def write_maps(folder: Path) -> list[dict]:
    """Write the maps of a run into its folder and list them as the rules do."""
    rng = np.random.default_rng(5)
    row, column = np.mgrid[: GRID.height, : GRID.width]
    inside = (row - 30) ** 2 + (column - 40) ** 2 < 28**2
    rasters.write(folder / "grid/study_area.tif", inside.astype("uint8"), GRID, "study_area")
    maps = []

    def add(name, values, kind, group, **row):
        about = {key: row.pop(key) for key in ("bands", "legend") if key in row}
        missing = 0 if values.dtype == np.uint8 else np.nan
        values = np.where(inside, values, missing).astype(values.dtype)
        rasters.write(folder / "maps" / f"{name}.tif", values, GRID, kind, **about)
        empty = {"error": "", "series": "", "title": "", "words": {}}
        maps.append(empty | {"map": name, "group": group} | row)

    smooth = 300 + 200 * np.sin(column / 15) + rng.normal(0, 20, GRID.shape)
    add("npp/npp", smooth.astype("f4"), "npp", "NPP", title="Mean annual NPP", error="npp/spread/sd")
    sd = rng.uniform(20, 40, GRID.shape).astype("f4")
    add("npp/spread/sd", sd, "npp_sd", "NPP")
    for year in (2013, 2014):
        months = [month for month in MONTHS if month.startswith(str(year))]
        season = np.sin(np.pi * np.arange(12) / 11)[:, None, None] + (year - 2013) * 0.1
        named = {"group": "NPP of each month", "bands": months, "words": {"year": str(year)}}
        values = (season * smooth / 5).astype("f4").clip(0)
        values[3, 20, 40] = np.nan
        add(f"npp/monthly/{year}", values, "npp_month", series="npp/monthly/{year}", **named)
    legend = {1: "C", 2: "S", 4: "CS", 10: "not distinguishable from noise"}
    codes = np.choose(column // 20, [1, 2, 4, 10]).astype("uint8")
    add("attribution/dominant_category", codes, "dominant_category", "Attribution", legend=legend)
    parts = np.stack([smooth - 300, 300 - smooth]).astype("f4")
    named = {"bands": ["climate", "soil"], "title": "Actual contribution of each category"}
    add("attribution/actual_contribution", parts, "actual_contribution", "Attribution", **named)
    add("climate/mean/MAT", (5 + column / 40).astype("f4"), "MAT", "Drivers")
    return maps


def write_vectors(folder: Path) -> None:
    """Write two mines, a station, and the courses of the months."""
    west, _, _, north = GRID.bounds
    squares = [
        box(west + x, north - y - 450, west + x + 450, north - y) for x, y in ((450, 600), (1200, 900))
    ]
    mines = {"kind": "mine", "name": [MINE, "Mine 2"], "area_km2": 0.2, "npp_mean_gC_m2_yr": [420.0, 130.0]}
    mines |= {"leading_driver": ["C", None], "climate_contribution_gC_m2_yr": [30.0, np.nan]}
    layer = gpd.GeoDataFrame(mines, geometry=squares, crs=GRID.crs)
    layer.to_file(folder / "vectors.gpkg", layer="polygons")
    station = gpd.GeoDataFrame({"name": ["007"]}, geometry=[squares[0].centroid], crs=GRID.crs)
    station.to_file(folder / "vectors.gpkg", layer="stations")
    rows = [
        {"kind": kind, "zone": zone, "name": name, "month": month, "npp": float(number)}
        for kind, zone, name in (("area", 1, "study area"), ("mine", 1, MINE), ("mine", 2, "Mine 2"))
        for number, month in enumerate(MONTHS)
    ]
    pd.DataFrame(rows).to_csv(folder / "months.csv", index=False)


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> SimpleNamespace:
    """Folder of a small run and the maps of its page."""
    folder = tmp_path_factory.mktemp("run")
    GRID.save(folder / "grid.json")
    maps = write_maps(folder)
    write_vectors(folder)
    (folder / "figures").mkdir()
    colours = np.random.default_rng(0).integers(0, 255, (6, 48, 3), dtype=np.uint8)
    Image.fromarray(colours).resize((2400, 300)).save(folder / "figures" / "map.png")
    table = {"name": ["forest", "<b>"], "npp [gC m-2 yr-1]": [429.38123, np.nan], "cells": [12, 1234567]}
    for stage in ("change", "climate", "soil"):
        (folder / "tables" / stage).mkdir(parents=True)
    pd.DataFrame(table).to_csv(folder / "tables/change/years.csv", index=False)
    (folder / "tables/climate/stations.csv").write_text("station,name,elevation_m\n007,NA,12.3\n008,,\n")
    pd.DataFrame({"n": range(250)}).to_csv(folder / "tables/soil/outliers.csv", index=False)
    stages = [["grid", "done", ""], ["mining", "left out", "no survey <given>"]]
    pd.DataFrame(stages, columns=["stage", "status", "reason"]).to_csv(folder / "stages.csv", index=False)
    (folder / "settings.yaml").write_text("site: small\n")
    (folder / "files.csv").write_text("input,file,bytes,sha256\nlandsat,a.tif,5,aa\nlandsat,b.tif,6,bb\n")
    (folder / "summary.json").write_text(json.dumps({"sections": {"Where": ["soil > mining, 3 %"]}}))
    classes = pd.DataFrame({"number": [1], "class": ["forest"], "colour": ["#004d2b"]})
    classes.to_csv(folder / "parameters.csv", index=False)
    return SimpleNamespace(folder=folder, maps=maps)


@pytest.fixture(scope="session")
def write_page(run):
    """Function that writes the page of the small run in a language and gives its path."""

    def write(language: str = "en", name: str = "", vectors: object = None, **changed) -> Path:
        folder = run.folder
        inputs = SimpleNamespace(
            grid=folder / "grid.json", study_area=folder / "grid/study_area.tif", area=[], river=[],
            stages=folder / "stages.csv", settings=folder / "settings.yaml", files=folder / "files.csv",
            citation=CITATION, summaries=[folder / "summary.json"], parameters=folder / "parameters.csv",
            months=folder / "months.csv", maps=[],
            vectors=folder / "vectors.gpkg" if vectors is None else vectors,
            project=folder / "project.qgz", cubes=[folder / "cubes/npp.nc"],
            animations=[], package=folder / "datapackage.json",
        )  # fmt: skip
        settings = {
            "title": TITLE, "note": "", "language": language, "maps": run.maps,
            "figures": {"map": ["NPP", "A map"]}, "formats": ["pdf"],
            "tables": {"change/years": ["NPP", "A table"], "soil/outliers": ["Soil", "A long table"],
                       "climate/stations": ["Climate", "Stations"]},
        }  # fmt: skip
        path = folder / (name or f"page_{language}.html")
        write_index(inputs=inputs, settings=SimpleNamespace(**settings | changed), page_path=path)
        return path

    return write


@pytest.fixture(scope="session")
def page(write_page) -> Path:
    """Page of the small run in English."""
    return write_page()


@pytest.fixture(scope="session")
def shown():
    """An empty page in a headless Chromium."""
    if browser.CHROMIUM is None or shutil.which("bash") is None:
        pytest.skip("there is no Chromium on this machine")
    with browser.browser() as shown:
        yield shown
