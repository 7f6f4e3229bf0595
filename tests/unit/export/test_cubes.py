"""NetCDF cubes: what they hold, where and when it lies."""

from datetime import date

import numpy as np
import pytest
import rasterio
import xarray as xr
from affine import Affine

from nppdrivers import rasters
from nppdrivers.export.cubes import Place, Variable, cf_unit, period_of_band, write_cube
from nppdrivers.grid import Grid
from nppdrivers.period import Period

GRID = Grid("EPSG:32649", Affine(30, 0, 600_000, 0, -30, 3_900_000), 40, 50)
PERIOD = Period("2011-03", "2012-12")
YEARS = (2011, 2012)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Monthly and annual NPP of two years, the first of them from March; and the cube made of them."""
    folder = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(1)
    inside = np.arange(GRID.width) >= 20
    area = np.broadcast_to(inside, GRID.shape).astype("uint8")
    rasters.write(folder / "area.tif", area, GRID, "study_area")
    for year in YEARS:
        months = rng.uniform(0, 90, (12, *GRID.shape)).astype("float32")
        months[3, 5, 30] = np.nan
        names = [f"{year}-{month:02d}" for month in range(1, 13)]
        rasters.write(folder / f"month_{year}.tif", months, GRID, "npp_month", bands=names)
        rasters.write(folder / f"{year}.tif", months.sum(axis=0), GRID, "npp_year", bands=[str(year)])
    variables = [
        Variable("npp", [str(folder / f"month_{year}.tif") for year in YEARS], "sum"),
        Variable("npp_year", [str(folder / f"{year}.tif") for year in YEARS], "sum"),
    ]
    place = Place(GRID, str(folder / "area.tif"))
    write_cube(folder / "npp.nc", variables, place, PERIOD, {"title": 'Mine <script> "1" 长河'})
    return folder


@pytest.mark.parametrize(("variable", "file"), [("npp", "month_{}"), ("npp_year", "{}")])
def test_values_are_those_of_the_rasters_inside_the_study_area(run, variable, file):
    """Every value is that of the raster; outside the study area all are missing."""
    expected = [rasters.read(run / f"{file.format(year)}.tif", GRID) for year in YEARS]
    expected = np.concatenate([each.reshape(-1, *GRID.shape) for each in expected])
    expected[..., :20] = np.nan
    with xr.open_dataset(run / "npp.nc") as cube:
        np.testing.assert_array_equal(cube[variable].values, expected)


def test_times_lie_within_their_bounds(run):
    """Months end where the next begins; a year partly in the period is bounded by the period."""
    with xr.open_dataset(run / "npp.nc") as cube:
        months = cube["time_bounds"].values.astype("datetime64[D]")
        assert months[0].tolist() == [date(2011, 1, 1), date(2011, 2, 1)]
        np.testing.assert_array_equal(months[1:, 0], months[:-1, 1])
        np.testing.assert_array_equal(
            cube["time"].values.astype("datetime64[M]"), months[:, 0].astype("datetime64[M]")
        )
        years = cube["year_bounds"].values.astype("datetime64[D]").tolist()
        assert years == [[date(2011, 3, 1), date(2012, 1, 1)], [date(2012, 1, 1), date(2013, 1, 1)]]
        assert cube.sel(time="2012-02")["npp"].sizes["time"] == 1


def test_place_unit_and_text_are_read_by_other_programs(run):
    """GDAL finds coordinate system and cells, xarray their centres, unit, cell method and title."""
    with rasterio.open(f"netcdf:{run / 'npp.nc'}:npp") as opened:
        assert opened.crs == rasterio.crs.CRS.from_epsg(32649)
        assert opened.transform.almost_equals(GRID.transform)
    with xr.open_dataset(run / "npp.nc") as cube:
        x, y = GRID.xy()
        np.testing.assert_array_equal(cube["x"], x[0])
        np.testing.assert_array_equal(cube["y"], y[:, 0])
        assert cube["npp"].attrs["units"] == "g m-2 month-1"
        assert cube["npp"].attrs["long_name"].endswith(", as carbon")
        assert cube["npp"].attrs["cell_methods"] == "time: sum"
        assert cube["npp_year"].attrs["cell_methods"] == "year: sum"
        assert cube.attrs["title"] == 'Mine <script> "1" 长河'
        assert cube.attrs["Conventions"] == "CF-1.11"


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("gC m-2 yr-1", "g m-2 yr-1"), ("kgC", "kg"), ("degC", "degC"), ("1", "1"), ("tC", "tC")],
)
def test_unit_for_udunits(unit, expected):
    """Grams of carbon become grams; degrees Celsius stay."""
    assert cf_unit(unit) == expected


def test_band_of_no_time_is_refused():
    """A band called otherwise is named."""
    with pytest.raises(ValueError, match="'red' is neither a month"):
        period_of_band("red", PERIOD)
