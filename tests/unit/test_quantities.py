"""The register of quantities: what users may bring, what surfaces may hold and what is written agree."""

import math

import numpy as np
import pandas as pd
import pytest

from nppdrivers import rasters
from nppdrivers.casa.parameters import check_units
from nppdrivers.climate.station_checks import check_values
from nppdrivers.grid import Grid
from nppdrivers.inputs.ready_rasters import refuse_other_months
from nppdrivers.quantities import SOIL, WEATHER, quantity
from nppdrivers.weather.value_checks import value_problems

MONTHS = [f"{year}-{month:02d}" for year in range(2001, 2011) for month in range(1, 13)]
LENGTHS = np.array([pd.Period(month, "M").days_in_month for month in MONTHS])
LONGEST = 6  # July 2001
PLACES = pd.DataFrame({"station": ["A"], "latitude": [35.5]})
EXTREMES = [(name, end) for name in WEATHER for end in ("minimum", "maximum")]
BEYOND = [
    ("temperature", "minimum", -91.0), ("temperature", "maximum", 61.0), ("precipitation", "minimum", -1.0),
    ("precipitation", "maximum", 10_100.0), ("sunshine", "minimum", -1.0), ("sunshine", "maximum", 745.0),
    ("relative_humidity", "minimum", -1.0), ("relative_humidity", "maximum", 101.0),
    ("wind_speed", "minimum", -0.1), ("wind_speed", "maximum", 41.0),
    ("solar_radiation", "minimum", -1.0), ("solar_radiation", "maximum", 1510.0),
]  # fmt: skip


def usual_months(name):
    """Ten years of usual monthly values."""
    low, high = WEATHER[name].typical
    value = low + 0.4 * (high - low)
    return value * LENGTHS if WEATHER[name].is_monthly_sum else np.full(len(MONTHS), value)


def records(name, values):
    """Monthly values as a table of records."""
    return pd.DataFrame({"station": "A", "month": MONTHS, "day": 0, "variable": name, "value": values})


@pytest.mark.parametrize(("name", "end"), EXTREMES)
def test_what_passes_the_checks_can_be_written(tmp_path, name, end):
    """The most extreme month that the checks of tables, rasters and surfaces accept passes the writer."""
    extreme = getattr(quantity(name), end)
    values = usual_months(name)
    values[LONGEST] = extreme
    assert value_problems(records(name, values), PLACES, "weather.csv") == []
    check_values(values[:, None], np.array(["A"]), np.array(MONTHS), quantity(name))
    year = np.broadcast_to(values[:12, None, None], (12, 5, 5)).copy()
    year[LONGEST] = usual_months(name)[LONGEST]
    year[LONGEST, 2, 2] = extreme
    refuse_other_months(year, quantity(name), LENGTHS[:12], "ready.tif")
    grid = Grid.around((0, 0, 150, 150), "EPSG:32649", 30)
    rasters.write(tmp_path / "a.tif", year.astype("float32"), grid, name, bands=MONTHS[:12])


@pytest.mark.parametrize(("name", "end", "value"), BEYOND)
def test_what_cannot_be_written_passes_no_check(name, end, value):
    """A month beyond the register is refused in a table of months, a ready raster and a surface."""
    values = usual_months(name)
    values[LONGEST] = value
    (problem,) = value_problems(records(name, values), PLACES, "weather.csv")
    assert "outside" in problem.problem and problem.place.startswith(f"variable {name}")
    with pytest.raises(ValueError, match="outside"):
        check_values(values[:, None], np.array(["A"]), np.array(MONTHS), quantity(name))
    with pytest.raises(ValueError, match=r"ready\.tif"):
        refuse_other_months(values[:12, None, None], quantity(name), LENGTHS[:12], "ready.tif")
    with pytest.raises(ValueError, match="outside"):
        quantity(name).check(values, "a.tif")


@pytest.mark.parametrize(
    ("name", "day", "month"),
    [("precipitation", 330, "10230"), ("wind_speed", 45, "45"), ("solar_radiation", 49, "1519")],
)
def test_months_of_possible_days_are_checked_too(name, day, month):
    """Days that are possible one by one, but not as a month, are refused with the month; single ones pass."""
    entry = quantity(name)
    assert entry.maximum / 31 < day < entry.daily_maximum
    dates = pd.date_range("2001-01-01", "2010-12-31")
    table = pd.DataFrame({"station": "A", "month": dates.strftime("%Y-%m"), "day": dates.day})
    usual = usual_months(name)[0] / (31 if entry.is_monthly_sum else 1)
    table = table.assign(variable=name, value=usual)
    table.loc[200, "value"] = day
    assert value_problems(table, PLACES, "weather.csv") == []
    july = table["month"] == "2001-07"
    table.loc[july, "value"] = day
    (problem,) = value_problems(table, PLACES, "weather.csv")
    assert problem.place == f"variable {name}, whole month, line 183"
    assert problem.problem.startswith(f"{month} outside")
    incomplete = table.drop(index=table.index[july][:10])
    assert value_problems(incomplete, PLACES, "weather.csv") == []


def test_casa_takes_what_surfaces_hold():
    """CASA accepts the most extreme climate of the register, and nothing beyond it."""
    names = ("temperature", "precipitation", "solar_radiation")
    for end, step in (("minimum", -1.0), ("maximum", 1.0)):
        extreme = [np.full(12, getattr(quantity(name), end)) for name in names]
        check_units(np.full(12, 0.5), *extreme)
        for position, name in enumerate(names):
            beyond = [values + step * (row == position) for row, values in enumerate(extreme)]
            with pytest.raises(ValueError, match=name):
                check_units(np.full(12, 0.5), *beyond)


def test_means_of_possible_months_are_possible():
    """Mean annual drivers have the range of the months that they are means of, terms of CASA theirs."""
    assert (quantity("MAT").minimum, quantity("MAT").maximum) == (-90, 60)
    assert quantity("apar").maximum >= 0.5 * quantity("solar_radiation").maximum
    assert quantity("MAP").maximum >= quantity("precipitation").maximum
    for name in ("npp", "forest_prediction"):
        assert quantity(name).maximum == quantity("npp_year").maximum


def test_entries_are_whole():
    """Ranges are ordered, usual values lie in them, and what users bring has usual values."""
    for entry in (WEATHER | SOIL | {"npp_year": quantity("npp_year")}).values():
        low, high = entry.typical
        assert entry.minimum <= low < high <= entry.daily.maximum, entry
    for entry in WEATHER.values():
        longest = 31 if entry.is_monthly_sum else 1
        assert entry.maximum <= longest * entry.daily_maximum, entry
    assert all(math.isfinite(entry.maximum) for entry in (WEATHER | SOIL).values())


def test_days_have_the_unit_of_station_records():
    """Of a sum over a month, the unit of a day is without the month; means keep theirs."""
    assert (quantity("precipitation").unit, quantity("precipitation").daily.unit) == ("mm month-1", "mm")
    assert quantity("temperature").daily == quantity("temperature")


def test_unknown_quantity_is_named():
    """A quantity that is not registered is refused with the known ones named."""
    with pytest.raises(KeyError, match="ndvi"):
        quantity("nvdi")


def test_standard_deviation_of_a_quantity():
    """The standard deviation of a quantity has its unit and cannot be negative."""
    spread = quantity("pH_sd")
    assert (spread.unit, spread.minimum, spread.maximum) == ("1", 0, 10)
