"""Bring the station records into one monthly table."""

import logging

from nppdrivers import stations
from nppdrivers.job import running


def read_months(*, stations_path, weather_path, monthly_path, monthly_columns, completeness):
    """Monthly values of all stations, from tidy records or from a wide monthly table."""
    if monthly_path:
        return stations.read_monthly_wide(monthly_path, monthly_columns)
    places = stations.read_stations(stations_path)
    return stations.monthly(stations.read_weather(weather_path, places), places, completeness=completeness)


def tabulate_weather(*, sources, years, variables, table_path):
    """Write one row a station, month and variable; only the years and the variables of the run."""
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
    table.to_csv(table_path, index=False)


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
            years=snakemake.params.years,
            variables=snakemake.params.variables,
            table_path=snakemake.output.weather,
        )
