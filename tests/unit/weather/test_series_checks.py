"""Series that are no days: values of months written as days, running totals."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.inputs.problems import InputError
from nppdrivers.weather.stations import read_weather

STATIONS = pd.DataFrame({"station": ["A", "B"], "longitude": 112.0, "latitude": 35.0, "elevation_m": 100.0})
DAYS = pd.date_range("2010-01-01", "2011-12-31")


def tidy(values, station="A", variable="precipitation", days=DAYS):
    """Rows of one station."""
    unit = {"precipitation": "mm", "temperature": "degC"}[variable]
    return pd.DataFrame(
        {"station": station, "date": days.astype(str), "variable": variable, "value": values, "unit": unit}
    )


def rain(seed=1):
    """Two years with rain on three days of ten."""
    rng = np.random.default_rng(seed)
    return np.round(np.where(rng.random(len(DAYS)) < 0.3, rng.gamma(0.7, 9, len(DAYS)), 0), 1)


def read(table, folder):
    """Read a table from a file."""
    table.to_csv(folder / "weather.csv", index=False)
    return read_weather(folder / "weather.csv", STATIONS)


def monthly_rain():
    """Sums of the months."""
    return pd.Series(rain(), DAYS).resample("MS").sum()


@pytest.mark.parametrize("day", ["first", "middle", "last"])
def test_months_dated_on_a_day(tmp_path, day):
    """One value a month on a day of it is no day; with the dates written as months the message is gone."""
    sums = monthly_rain()
    dates = {"first": sums.index, "middle": sums.index + pd.Timedelta("14D")}
    dates["last"] = sums.index + pd.offsets.MonthEnd()
    stamped = pd.concat([tidy(rain()), tidy(sums.to_numpy(), "B", days=dates[day])])
    with pytest.raises(
        InputError, match="station B, 2010, 2011: 24 values are alone in their month"
    ) as caught:
        read(stamped, tmp_path)
    assert "0.1 mm" not in str(caught.value)
    monthly = stamped["station"] == "B"
    mended = stamped.assign(date=stamped["date"].where(~monthly, stamped["date"].str[:7]))
    assert len(read(mended, tmp_path)) == len(mended)


def test_single_days_are_days(tmp_path):
    """A station that reports a few days a month, or one day of a single month, passes."""
    few = tidy(rain(), days=DAYS)
    few = few[DAYS.day.isin([1, 9, 20])]
    assert len(read(few, tmp_path)) == len(few)
    assert len(read(tidy([3.0], days=DAYS[:1]), tmp_path)) == 1


@pytest.mark.parametrize("freq", ["YS", "MS"])
def test_running_total(tmp_path, freq):
    """Rain that adds up over the year or the month is no unit mistake; its differences pass."""
    days = pd.Series(rain(), DAYS)
    total = days.groupby(DAYS.to_period(freq[0])).cumsum()
    with pytest.raises(InputError, match="a running total") as caught:
        read(tidy(total.to_numpy().round(1)), tmp_path)
    assert "0.1 mm" not in str(caught.value)
    first = DAYS.to_period(freq[0]).to_timestamp() == DAYS
    differences = total.diff().where(~first, total).round(1)
    assert len(read(tidy(differences.to_numpy()), tmp_path)) == len(DAYS)
