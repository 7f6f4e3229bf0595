"""The script that interpolates a climate variable: blocks of rows, years, errors of calendar months."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from climate.interpolate_climate import cell_points, interpolate_climate, station_matrix
from nppdrivers import rasters
from nppdrivers.climate.surfaces import interpolate_monthly
from nppdrivers.grid import Grid
from nppdrivers.period import months_of_year

YEARS = [2010, 2011]
FILES = {"grid": "grid.json", "elevation": "elevation.tif", "weather": "weather.csv"}
MONTHS = [month for year in YEARS for month in months_of_year(year)]


@pytest.fixture
def weather(tmp_path):
    """Two years of temperature at twenty stations, a grid of several blocks, and where results go."""
    rng = np.random.default_rng(1)
    grid = Grid.around((650_000, 3_920_000, 652_400, 3_921_500), "EPSG:32649", 30)
    grid.save(tmp_path / "grid.json")
    rasters.write(tmp_path / "elevation.tif", rng.uniform(300, 1500, grid.shape), grid, "elevation")
    places = pd.DataFrame(
        {"station": [f"s{i}" for i in range(20)], "elevation_m": rng.uniform(300, 1500, 20)}
    )
    places["longitude"], places["latitude"] = rng.uniform(112, 113.4, 20), rng.uniform(35, 36, 20)
    table = places.merge(pd.DataFrame({"month": MONTHS}), how="cross").assign(variable="temperature")
    season = -13 * np.cos(2 * np.pi * table["month"].str[5:].astype(int) / 12)
    table["value"] = 15 + season - 0.006 * table["elevation_m"] + rng.normal(0, 0.3, len(table))
    table.to_csv(tmp_path / "weather.csv", index=False)
    inputs = {name: str(tmp_path / file) for name, file in FILES.items()}
    output = {name: str(tmp_path / f"{name}.csv") for name in ("log_table", "residuals")}
    output["surfaces"] = [str(tmp_path / f"{year}.tif") for year in YEARS]
    return grid, SimpleNamespace(**inputs), SimpleNamespace(**output, error=str(tmp_path / "error.tif"))


def test_blocks_give_the_whole_surface(weather, monkeypatch):
    """Written by blocks of rows, each year has its months and the error is that of the calendar months."""
    grid, inputs, output = weather
    blocks = [slice(start, start + 7) for start in range(0, grid.height, 7)]
    monkeypatch.setattr(Grid, "row_blocks", lambda self, cells: iter(blocks))
    interpolate_climate(variable="temperature", years=YEARS, inputs=inputs, output=output)
    stations, values = station_matrix(pd.read_csv(inputs.weather), "temperature", MONTHS)
    surface = interpolate_monthly(stations, values, "temperature", months=np.array(MONTHS))
    points = cell_points(grid, slice(None), inputs.elevation)
    expected = surface.predict(points).reshape(2, 12, *grid.shape)
    for path, year, months in zip(output.surfaces, YEARS, expected, strict=True):
        assert rasters.band_names(path) == months_of_year(year)
        assert np.allclose(rasters.read(path, grid), months, atol=1e-5)
    errors = surface.standard_error(points).reshape(2, 12, *grid.shape)
    assert np.allclose(rasters.read(output.error, grid), np.sqrt((errors**2).mean(axis=0)), rtol=1e-5)
    assert len(pd.read_csv(output.log_table)) == 24 and len(pd.read_csv(output.residuals)) == 480


def test_a_variable_that_no_station_has_is_named(weather):
    """A variable that the weather table does not have is named, with what to do."""
    _, inputs, output = weather
    with pytest.raises(ValueError, match=r"no sunshine; take it out of climate\.variables"):
        interpolate_climate(variable="sunshine", years=YEARS, inputs=inputs, output=output)
