"""Bring the station records into one monthly table."""

import logging

from nppdrivers import rasters, stations
from nppdrivers.job import running
from nppdrivers.station_checks import check_elevations, differing_elevations


def read_months(*, stations_path, weather_path, monthly_path, monthly_columns, completeness):
    """Monthly values of all stations, from tidy records or from a wide monthly table."""
    if monthly_path:
        return stations.read_monthly_wide(monthly_path, monthly_columns)
    places = stations.read_stations(stations_path)
    return stations.monthly(stations.read_weather(weather_path, places), places, completeness=completeness)


def describe_stations(table, stations_path, dem):
    """One row a station: its names, place, elevation, that of the elevation model there, and its months.

    Elevations in another unit than the elevation model end the job; single ones that differ are warned of.
    """
    places = table.drop_duplicates("station")[["station", "longitude", "latitude", "elevation_m"]]
    names = places["station"]
    if stations_path:
        names = names.map(stations.read_stations(stations_path).set_index("station")["name"])
    places.insert(1, "name", names)
    if dem:
        ground = rasters.sample(dem, places["longitude"], places["latitude"])
        heights = places["elevation_m"].to_numpy()
        try:
            check_elevations(heights, ground)
        except ValueError as wrong:
            raise ValueError(f"{stations_path or 'inputs.monthly_weather'} against {dem}: {wrong}") from wrong
        for station in differing_elevations(names.to_numpy(), heights, ground):
            logging.warning("check place and elevation of station %s", station)
        places = places.assign(ground_elevation_m=ground, difference_m=heights - ground)
    months = table[table["value"].notna()].groupby(["station", "variable"]).size().unstack(fill_value=0)
    return places.join(months.add_prefix("months_of_"), on="station")


def tabulate_weather(*, sources, dem, years, variables, output):
    """Write one row a station, month and variable of the run, and one row a station."""
    table = read_months(**sources)
    months = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    table = table[table["month"].isin(months) & table["variable"].isin(variables)]
    for variable in variables:
        covered = table.loc[(table["variable"] == variable) & table["value"].notna(), "month"]
        if missing := sorted(set(months) - set(covered)):
            raise ValueError(
                f"{sources['weather_path'] or sources['monthly_path']}: no station has {variable} in "
                f"{', '.join(missing[:5])}{' and more' if len(missing) > 5 else ''}; every month of "
                f"{years[0]} to {years[-1]} needs one, or take {variable} out of climate.variables"
            )
        logging.info(
            "%s: %d stations", variable, table.loc[table["variable"] == variable, "station"].nunique()
        )
    table.to_csv(output.weather, index=False)
    places = describe_stations(table, sources["stations_path"], dem)
    places.to_csv(output.stations, index=False, float_format="%.6g")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_weather(
            sources={
                "stations_path": snakemake.input.stations,
                "weather_path": snakemake.input.weather,
                "monthly_path": snakemake.input.monthly_weather,
                "monthly_columns": snakemake.params.monthly_columns,
                "completeness": snakemake.params.min_days_percent / 100,
            },
            dem=snakemake.input.dem,
            years=snakemake.params.years,
            variables=snakemake.params.variables,
            output=snakemake.output,
        )
