"""The tables of trends, from rasters of a small area, and their entries in the register of columns."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from change.tabulate_change import tabulate_change
from nppdrivers import rasters
from nppdrivers.export.columns import column_of
from nppdrivers.grid import Grid

YEARS = list(range(2010, 2016))
SHAPE = (4, 5)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Paths of the tables of an area of one class whose NPP rises by 2 a year, half of it called rising."""
    folder = tmp_path_factory.mktemp("change")
    grid = Grid("EPSG:32649", Affine.translation(600_000, 3_900_000) @ Affine.scale(30, -30), *SHAPE)
    grid.save(folder / "grid.json")

    def layer(name, value, quantity, **about):
        rasters.write(folder / f"{name}.tif", np.full(SHAPE, value, np.float32), grid, quantity, **about)
        return str(folder / f"{name}.tif")

    half = np.full(SHAPE, 3, np.uint8)
    half[:2] = 1
    legend = {1: "rising", 2: "falling", 3: "no trend"}
    rasters.write(folder / "trend.tif", half, grid, "trend_class", legend=legend)
    ones = ("study_area", "land_cover", "held_class", "regression_class")
    for name in ones:
        quantity = "cause_class" if name.endswith("class") else name
        rasters.write(
            folder / f"{name}.tif", np.ones(SHAPE, np.uint8), grid, quantity, legend={1: "both helped"}
        )
    (folder / "parameters.csv").write_text("number,class\n1,forest\n2,water\n")
    paths = {name: str(folder / f"{name}.tif") for name in (*ones, "trend")}
    inputs = SimpleNamespace(
        grid=folder / "grid.json",
        parameters=folder / "parameters.csv",
        npp=[layer(f"npp_{year}", 300 + 2 * (year - 2010), "npp_year") for year in YEARS],
        held=[layer(f"held_{year}", 300, "npp_year") for year in YEARS],
        p=layer("p", 0.01, "trend_p"),
        ndvi_trend=paths["trend"],
        **paths,
    )
    output = SimpleNamespace(**{name: folder / f"{name}.csv" for name in ("trends", "causes", "years")})
    tabulate_change(inputs=inputs, output=output, years=YEARS)
    return {name: pd.read_csv(path) for name, path in vars(output).items()}


def test_trends_are_those_of_the_area(written):
    """The slope of the means, and the half of the cells that rises; a class without cells has no row."""
    trends = written["trends"].set_index("zone")
    assert list(trends.index) == ["study area", "forest"]
    assert trends["slope [gC m-2 yr-2]"].tolist() == pytest.approx([2, 2])
    assert trends["rising [%]"].tolist() == [50, 50] and trends["falling [%]"].tolist() == [0, 0]
    years = written["years"]
    assert (years["npp [gC m-2 yr-1]"] - years["held_weather [gC m-2 yr-1]"]).tolist() == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize("table", ["trends", "causes", "years"])
def test_columns_are_registered(written, table):
    """Each column has an entry, with the unit that its name has."""
    for name in written[table]:
        unit = column_of(f"change/{table}", name).unit
        assert "[" not in name or name.endswith(f"[{unit}]")
