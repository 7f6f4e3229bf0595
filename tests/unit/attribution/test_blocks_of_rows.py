"""Points and area of applicability: the same by blocks of rows as from whole layers."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from attribution.map_applicability import map_applicability
from attribution.sample_points import sample_points
from nppdrivers import rasters
from nppdrivers.grid import Grid

GRID = Grid("EPSG:32649", Affine(30, 0, 650025, 0, -30, 3940005), 12, 10)
CATEGORIES = {"climate": ["MAT"], "soil": ["pH"]}


def written(folder, name, values, kind):
    """Path of a raster with these values."""
    rasters.write(folder / f"{name}.tif", values, GRID, kind)
    return str(folder / f"{name}.tif")


@pytest.fixture
def layers(tmp_path):
    """Rasters of a small area with gaps in NPP and a driver, and two classes of land cover."""
    rng = np.random.default_rng(3)
    npp, mat, ph = (rng.uniform(5, 9, GRID.shape).astype("float32") for _ in range(3))
    npp[:2], ph[5, 5] = np.nan, np.nan
    GRID.save(tmp_path / "grid.json")
    area = np.ones(GRID.shape, dtype="uint8")
    area[:, 0] = 0
    cover = np.where(np.arange(12)[:, None] < 6, 1, 2) * np.ones(GRID.shape, dtype="uint8")
    return SimpleNamespace(
        grid=str(tmp_path / "grid.json"),
        npp=written(tmp_path, "NPP", npp, "npp"),
        drivers=[written(tmp_path, "MAT", mat, "MAT"), written(tmp_path, "pH", ph, "pH")],
        study_area=written(tmp_path, "study_area", area, "study_area"),
        land_cover=written(tmp_path, "land_cover", cover.astype("uint8"), "land_cover"),
    )


@pytest.fixture(params=[1, 5])
def in_blocks(request, monkeypatch):
    """Blocks of one row, and of five, which leave a smaller one at the end."""
    step = request.param
    blocks = [slice(start, min(start + step, GRID.height)) for start in range(0, GRID.height, step)]
    return lambda: monkeypatch.setattr(Grid, "row_blocks", lambda grid, cells=0: iter(blocks))


@pytest.mark.parametrize("stratified", [False, True])
def test_points_do_not_depend_on_the_blocks(layers, tmp_path, in_blocks, stratified):
    """The same points with the same values; each has NPP and every driver and lies in the study area."""
    if not stratified:
        layers.land_cover = ""
    texts = []
    for _ in range(2):
        output = SimpleNamespace(points=tmp_path / "points.csv", drivers=tmp_path / "drivers.csv")
        sample_points(inputs=layers, output=output, categories=CATEGORIES, number=40, seed=1)
        texts.append((output.points.read_text(), output.drivers.read_text()))
        in_blocks()
    assert texts[0] == texts[1]
    points = pd.read_csv(tmp_path / "points.csv")
    assert len(points) == 40 and points.notna().all(axis=None)
    rows, columns = np.divmod(points["cell"], GRID.width)
    assert rows.min() >= 2 and columns.min() >= 1 and 55 not in set(points["cell"])
    assert np.array_equal(points["x"], GRID.xy()[0].ravel()[points["cell"]])
    ph = rasters.read(layers.drivers[1], GRID, bands=1).ravel()[points["cell"]]
    assert np.allclose(points["pH"], ph)


def test_applicability_does_not_depend_on_the_blocks(layers, tmp_path, in_blocks):
    """The same maps and shares; cells are counted in the study area and in each class."""
    output = SimpleNamespace(points=tmp_path / "points.csv", drivers=tmp_path / "drivers.csv")
    sample_points(inputs=layers, output=output, categories=CATEGORIES, number=30, seed=1)
    pd.DataFrame({"driver": ["MAT", "pH"], "share": [60.0, 40]}).to_csv(tmp_path / "i.csv", index=False)
    pd.DataFrame({"class": ["forest", "water", "bare"], "number": [1, 2, 3]}).to_csv(
        tmp_path / "p.csv", index=False
    )
    warmer = rasters.read(layers.drivers[0], GRID, bands=1)
    warmer[-1] = 30
    layers.drivers[0] = written(tmp_path, "warmer", warmer, "MAT")
    layers.points, layers.importance, layers.parameters = (
        tmp_path / n for n in ("points.csv", "i.csv", "p.csv")
    )
    results = []
    for _ in range(2):
        maps = SimpleNamespace(
            dissimilarity=tmp_path / "d.tif", applicability=tmp_path / "a.tif", shares=tmp_path / "s.csv"
        )
        map_applicability(inputs=layers, output=maps, drivers=["MAT", "pH"], folds=5, block_km=0.1, seed=1)
        results.append((rasters.read(maps.dissimilarity, GRID), rasters.read(maps.applicability, GRID)))
        table = pd.read_csv(maps.shares)
        in_blocks()
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])
    cells = table.set_index("zone")["cells"].to_dict()
    assert cells == {"study area": 107, "forest": 53, "water": 54}
    inside = (results[0][1] == 1).sum() / 107 * 100
    assert table["inside_percent"][0] == pytest.approx(inside) and 0 < inside < 100
