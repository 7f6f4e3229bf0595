"""Bring the station records into one monthly table."""

import logging

from nppdrivers import rasters
from nppdrivers.climate.station_checks import check_elevations, differing_elevations
from nppdrivers.job import running
from nppdrivers.period import Period
from nppdrivers.weather import stations
from nppdrivers.weather.records import read_records
from nppdrivers.weather.table import Wanted


def read_months(*, paths, form, columns, wanted, completeness):
    """Monthly values of all stations, and their names where the weather is not one wide monthly table."""
    if "monthly_weather" in paths:
        table = stations.read_monthly_wide(paths["monthly_weather"], columns["monthly_weather"])
        return table, {}
    records, places = read_records(
        paths["weather"], wanted, stations_path=paths.get("stations"), form=form, columns=columns
    )
    for station in places.loc[places["station"].str.contains("@"), "station"]:
        logging.warning("%s: this station moved in that month; its places count as two stations", station)
    table = stations.monthly(records, places, completeness=completeness)
    return table, places.set_index("station")["name"].to_dict()


def describe_stations(table, names_of, source, dem):
    """One row a station: its names, place, elevation, that of the elevation model there, and its months.

    Elevations in another unit than the elevation model end the job; single ones that differ are warned of.
    """
    places = table.drop_duplicates("station")[["station", "longitude", "latitude", "elevation_m"]]
    names = places["station"].map(lambda station: names_of.get(station, station))
    places.insert(1, "name", names)
    if dem:
        ground = rasters.sample(dem, places["longitude"], places["latitude"])
        heights = places["elevation_m"].to_numpy()
        try:
            check_elevations(heights, ground)
        except ValueError as wrong:
            raise ValueError(f"{source} against {dem}: {wrong}") from wrong
        for station in differing_elevations(names.to_numpy(), heights, ground):
            logging.warning("check place and elevation of station %s", station)
        places = places.assign(ground_elevation_m=ground, difference_m=heights - ground)
    months = table[table["value"].notna()].groupby(["station", "variable"]).size().unstack(fill_value=0)
    return places.join(months.add_prefix("months_of_"), on="station")


def tabulate_weather(*, paths, form, columns, completeness, dem, period, variables, measured_too, output):
    """Write one row a station, month and variable of the years of the run, and one row a station.

    Of `variables` each month needs a value; `measured_too` are kept where there are any.
    """
    read = list(dict.fromkeys([*variables, *measured_too]))
    whole = period.whole_years()
    wanted = Wanted(read, whole)
    table, names_of = read_months(
        paths=paths, form=form, columns=columns, wanted=wanted, completeness=completeness
    )
    source = paths.get("monthly_weather") or paths["weather"]
    table = table[table["month"].isin(whole.months) & table["variable"].isin(read)]
    for variable in variables:
        covered = table.loc[(table["variable"] == variable) & table["value"].notna(), "month"]
        if missing := sorted(set(whole.months) - set(covered)):
            raise ValueError(
                f"{source}: no station has {variable} in "
                f"{', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''}; every month of "
                f"{whole} needs one, or take {variable} out of climate.variables"
            )
        logging.info(
            "%s: %d stations", variable, table.loc[table["variable"] == variable, "station"].nunique()
        )
    table.to_csv(output.weather, index=False)
    places = describe_stations(table, names_of, paths.get("stations", source), dem)
    places.to_csv(output.stations, index=False, float_format="%.6g")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_weather(
            paths=snakemake.params.paths,
            form=snakemake.params.weather_format,
            columns=snakemake.params.columns,
            completeness=snakemake.params.min_days_percent / 100,
            dem=snakemake.input.dem,
            period=Period(**snakemake.params.period),
            variables=snakemake.params.variables,
            measured_too=snakemake.params.measured_too,
            output=snakemake.output,
        )
