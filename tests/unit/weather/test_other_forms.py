"""Weather in other forms that people have: a column an element or a variable, and forms that are named."""

import pandas as pd
import pytest

from nppdrivers.inputs.problems import InputError
from nppdrivers.period import Period
from nppdrivers.weather.records import read_records
from nppdrivers.weather.stations import read_monthly_wide
from nppdrivers.weather.table import Wanted

WANTED = Wanted(("temperature", "precipitation"), Period("2010-01", "2010-12"))
ACCESS = (
    '"STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","PRCP","PRCP_ATTRIBUTES","SNOW",'
    '"SNOW_ATTRIBUTES","TMAX","TMAX_ATTRIBUTES","TMIN","TMIN_ATTRIBUTES","TAVG","TAVG_ATTRIBUTES"\n'
)
PLACE = '"35.5","112.8","659.0","TOWN, CH"'


def access_file(folder, lines):
    """Write a file with a column for each element."""
    folder.mkdir(exist_ok=True)
    rows = [f'"CHM00053975","{day}",{PLACE},{rest}' for day, rest in lines.items()]
    (folder / "CHM00053975.csv").write_text(ACCESS + "\n".join(rows) + "\n")
    return folder


def test_column_an_element(tmp_path):
    """Values are in tenths, a failed check has none, extremes give the mean; the file has the place."""
    folder = access_file(
        tmp_path / "access",
        {
            "2010-05-01": '"  123",",,S","",""," 250",",,S"," 100",",,S","",""',
            "2010-05-02": '"    0","T,,S","",""," 999",",X,S"," 100",",,S"," 150","H,,S"',
            "2010-05-03": '"","","","","","","","","",""',
            "2009-05-03": '"   10",",,S","","","","","","","",""',
        },
    )
    records, places = read_records(folder, WANTED)
    values = records.set_index(["variable", "day"])["value"].to_dict()
    assert values == pytest.approx(
        {
            ("temperature", 1): 17.5,
            ("temperature", 2): 15,
            ("precipitation", 1): 12.3,
            ("precipitation", 2): 0,
        }
    )
    assert places[["station", "name"]].iloc[0].tolist() == ["CHM00053975", "TOWN, CH"]
    assert places[["longitude", "latitude", "elevation_m"]].iloc[0].tolist() == [112.8, 35.5, 659.0]


def test_column_an_element_in_other_units(tmp_path):
    """Values with decimals are not those of GHCN-Daily: refused with the column."""
    folder = access_file(tmp_path / "access", {"2010-05-01": '"12.3",",,S","","","25.1","","10","","",""'})
    with pytest.raises(InputError, match="values of TMAX are no whole numbers"):
        read_records(folder, WANTED)


FOREIGN = {
    "GSODR": ("a.csv", "STNID,NAME,LATITUDE,YEARMODA,TEMP,PRCP\n1,A,35,20100101,5,0\n", "of GSODR"),
    "Meteostat": ("53975.csv", "time,tavg,tmin,tmax,prcp,snow,wdir,wspd\n2010-01-01,5,1,9,0,,,7\n", "km/h"),
    "Meteostat without header": ("53975.csv", "2010-01-01,5.1,1,9,0,,,7.2,,1010.1,\n", "tsun in minutes"),
    "Climate Data Online": ("1.csv", "STATION,NAME,DATE,PRCP,TMAX\n1,A,2010-01-01,0.1,60\n", "of the order"),
    "CMA": ("day.csv", "Station_Id_C,Year,Mon,Day,TEM_Avg\n53975,2010,1,1,5\n", "columns.weather"),
    "monthly CMA": ("SURF_CLI_CHN_MUL_MON-TEM-201001.TXT", "53975 3530 11250 2010 1 52\n", "values of CMA"),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("alone", [True, False])
def test_forms_that_are_named(tmp_path, name, alone):
    """A table in a form that is not read is named with what to do, as a file and in a folder."""
    file, content, message = FOREIGN[name]
    (tmp_path / "weather").mkdir()
    (tmp_path / "weather" / file).write_text(content)
    (tmp_path / "s.csv").write_text("station,longitude,latitude\n53975,112.8,35.5\n")
    path = tmp_path / "weather" / file if alone else tmp_path / "weather"
    with pytest.raises(InputError) as caught:
        read_records(path, WANTED, stations_path=tmp_path / "s.csv")
    (problem,) = caught.value.problems
    assert message in str(problem)
    assert problem.file.endswith(file)


def test_column_a_variable(tmp_path):
    """A table with a row a day and station is read by the names of its columns, the date from its parts."""
    cma = "Station_Id_C;Year;Mon;Day;TEM_Avg;PRE_Time_2020\n53975;2010;1;1;5,2;0\n53975;2010;1;2;;1,3\n"
    (tmp_path / "day.csv").write_text(cma)
    (tmp_path / "s.csv").write_text("station,longitude,latitude\n53975,112.8,35.5\n")
    names = {"station": "Station_Id_C", "year": "Year", "month": "Mon", "day": "Day"}
    names |= {"temperature": "TEM_Avg", "precipitation": "PRE_Time_2020"}
    records, _ = read_records(
        tmp_path / "day.csv", WANTED, stations_path=tmp_path / "s.csv", columns={"weather": names}
    )
    assert records[["month", "day", "variable", "value"]].to_numpy().tolist() == [
        ["2010-01", 1, "temperature", 5.2],
        ["2010-01", 1, "precipitation", 0.0],
        ["2010-01", 2, "precipitation", 1.3],
    ]


@pytest.mark.parametrize("written", ["201001", "2010/1", "2010-01", "2010年1月"])
def test_months_of_a_wide_table(tmp_path, written):
    """Months of a wide table are read in the ways people write them."""
    table = pd.DataFrame(
        {"station": ["A"], "longitude": 112.8, "latitude": 35.5, "month": written, "temperature": 5.2}
    )
    table.to_csv(tmp_path / "m.csv", index=False)
    assert read_monthly_wide(tmp_path / "m.csv", {})["month"].tolist() == ["2010-01"]
