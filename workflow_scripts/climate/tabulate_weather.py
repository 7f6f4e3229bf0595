"""Bring the station records into one monthly table."""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import pandas as pd

from nppdrivers.climate.station_checks import check_elevations, differing_elevations
from nppdrivers.inputs.raster.door import sample
from nppdrivers.job import running
from nppdrivers.period import Period
from nppdrivers.quantities import quantity
from nppdrivers.weather import stations
from nppdrivers.weather.records import read_records
from nppdrivers.weather.table import Wanted


class WeatherFiles(NamedTuple):
    """Weather as the settings give it.

    Attributes
    ----------
    paths : mapping of str to path
        Of monthly_weather, or of weather and perhaps stations.
    form : str
        Of `records.read_records`.
    columns : mapping of str to mapping
        Of each table its column names: name here to name in the file.
    completeness : float
        Least share of the days of a month that must have a value [1].
    """

    paths: Mapping[str, str]
    form: str
    columns: Mapping[str, Mapping[str, str]]
    completeness: float

    def read(self, wanted: Wanted) -> tuple[pd.DataFrame, dict[str, str]]:
        """Monthly values of all stations, and their names where the weather is not one wide table."""
        if "monthly_weather" in self.paths:
            return stations.read_monthly_wide(self.values_path, self.columns["monthly_weather"]), {}
        records, places = read_records(
            self.values_path,
            wanted,
            stations_path=self.paths.get("stations"),
            form=self.form,
            columns=self.columns,
        )
        for station in places.loc[places["station"].str.contains("@"), "station"]:
            logging.warning("%s: this station moved in that month; its places count as two stations", station)
        table = stations.monthly(records, places, completeness=self.completeness)
        return table, places.set_index("station")["name"].to_dict()

    @property
    def values_path(self) -> str:
        """Path of the values."""
        return self.paths.get("monthly_weather") or self.paths["weather"]

    @property
    def places_path(self) -> str:
        """Path of the places of the stations."""
        return self.paths.get("stations", self.values_path)


class Outputs(Protocol):
    """Monthly values and stations."""

    weather: str
    stations: str


def describe_stations(
    table: pd.DataFrame, station_names: Mapping[str, str], places_path: str, dem: str | list[str]
) -> pd.DataFrame:
    """One row a station: its names, place, elevation, that of the elevation model there, and its months.

    Elevations in another unit than the elevation model end the job; for single ones that differ there is a
    warning.
    """
    places = table.drop_duplicates("station")[["station", "longitude", "latitude", "elevation_m"]]
    names = places["station"].map(lambda station: station_names.get(station, station))
    places.insert(1, "name", names)
    if dem:
        ground = sample(
            str(dem), places["longitude"].to_numpy(), places["latitude"].to_numpy(), quantity("elevation")
        )
        heights = places["elevation_m"].to_numpy()
        try:
            check_elevations(heights, ground)
        except ValueError as wrong:
            raise ValueError(f"{places_path} against {dem}: {wrong}") from wrong
        for station in differing_elevations(names.to_numpy(), heights, ground):
            logging.warning("check place and elevation of station %s", station)
        places = places.assign(ground_elevation_m=ground, difference_m=heights - ground)
    months = table[table["value"].notna()].groupby(["station", "variable"]).size().unstack(fill_value=0)
    return places.join(months.add_prefix("months_of_"), on="station")


def check_months(table: pd.DataFrame, variable: str, period: Period, path: str) -> None:
    """Raise ValueError naming the months in which no station has a value of the variable."""
    covered = table.loc[(table["variable"] == variable) & table["value"].notna(), "month"]
    if missing := sorted(set(period.months) - set(covered)):
        raise ValueError(
            f"{path}: no station has {variable} in "
            f"{', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''}; every month of "
            f"{period} needs one, or take {variable} out of climate.variables"
        )


def tabulate_weather(
    *,
    files: WeatherFiles,
    dem: str | list[str],
    period: Period,
    variables: Sequence[str],
    measured_too: Sequence[str],
    output: Outputs,
) -> None:
    """Write one row a station, month and variable of the years of the run, and one row a station.

    Of `variables` each month needs a value; `measured_too` are kept where there are any.
    """
    read = list(dict.fromkeys([*variables, *measured_too]))
    whole = period.whole_years()
    table, station_names = files.read(Wanted(read, whole))
    table = table[table["month"].isin(whole.months) & table["variable"].isin(read)]
    for variable in variables:
        check_months(table, variable, whole, files.values_path)
        count = table.loc[table["variable"] == variable, "station"].nunique()
        logging.info("%s: %d stations", variable, count)
    table.to_csv(output.weather, index=False)
    places = describe_stations(table, station_names, files.places_path, dem)
    places.to_csv(output.stations, index=False, float_format="%.6g")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        completeness = params.min_days_percent / 100
        tabulate_weather(
            files=WeatherFiles(params.paths, params.weather_format, params.columns, completeness),
            dem=snakemake.input.dem,
            period=Period(**params.period),
            variables=params.variables,
            measured_too=params.measured_too,
            output=snakemake.output,
        )
