"""Weather as files of a service, without a table of stations, through the workflow."""

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.workflow

SETTINGS = """
site: files
inputs:
  study_area: results/tiny/raw/study_area.gpkg
  dem: results/tiny/raw/dem.tif
  land_cover: results/tiny/raw/land_cover.tif
  landsat: results/tiny/raw/landsat
  coarse: results/tiny/raw/coarse
  weather: ghcn
  climate_rasters: {solar_radiation: "results/tiny/climate/solar_radiation/{year}.tif"}
climate: {variables: [temperature, precipitation, solar_radiation]}
"""


def days_of(weather):
    """Spread monthly values evenly over their days."""
    monthly = weather["date"].str.len() == 7
    spread = weather[monthly].assign(
        date=[pd.date_range(m, periods=pd.Period(m).days_in_month) for m in weather.loc[monthly, "date"]]
    )
    is_sum = spread["variable"] == "precipitation"
    spread["value"] = spread["value"] / spread["date"].str.len().where(is_sum, 1)
    spread = spread.explode("date")
    spread["date"] = spread["date"].astype(str).str[:10]
    return pd.concat([weather[~monthly], spread])


def write_ghcn(raw, folder):
    """Write the tidy table of the virtual basin as GHCN-Daily files."""
    weather, stations = (pd.read_csv(raw / f"{name}.csv") for name in ("weather", "stations"))
    folder.mkdir()
    elements = {"temperature": "TAVG", "precipitation": "PRCP"}
    weather = weather[weather["variable"].isin(elements)].dropna(subset="value")
    weather = days_of(weather)
    weather = weather.assign(
        date=weather["date"].str.replace("-", ""),
        element=weather["variable"].map(elements),
        tenths=np.rint(weather["value"] * 10).astype(int),
        none="",
        station="VB" + weather["station"].str.zfill(9),
    )
    columns = ["station", "date", "element", "tenths", "none", "none", "none", "none"]
    weather[columns].to_csv(folder / "all.csv", header=False, index=False)
    lines = [
        f"VB{s.station:0>9s} {s.latitude:8.4f} {s.longitude:9.4f} {s.elevation_m:6.1f}    {s.name:30s}"
        for s in stations.rename(columns={"name": "called"}).assign(name="").itertuples(index=False)
    ]
    (folder / "ghcnd-stations.txt").write_text("\n".join(lines) + "\n")


def test_files_of_a_service_give_the_months_of_the_tidy_table(finished):
    """From GHCN-Daily files alone the months and places are those of the tidy table, within the rounding."""
    write_ghcn(finished.results / "raw", finished.folder / "ghcn")
    (finished.folder / "files.yaml").write_text(SETTINGS)
    settings = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "files.yaml"]
    done = finished.snakemake("--", "results/files/climate/monthly_weather.csv", settings=settings)
    assert done.returncode == 0, done.stdout[-4000:]
    keys = ["station", "month", "variable"]
    tidy = pd.read_csv(finished.results / "climate" / "monthly_weather.csv")
    tidy = tidy[tidy["variable"].isin(["temperature", "precipitation"])]
    tidy["station"] = "VB" + tidy["station"].str.zfill(9)
    found = pd.read_csv(finished.folder / "results" / "files" / "climate" / "monthly_weather.csv")
    both = tidy.merge(found, on=keys, suffixes=("", "_found"))
    assert len(both) == len(tidy) == len(found)
    np.testing.assert_allclose(both["longitude_found"], both["longitude"], atol=1e-4)
    assert (both["value_found"].isna() == both["value"].isna()).all()
    # files hold tenths: half of one a day
    rounding = both["variable"].map({"temperature": 0.051, "precipitation": 0.051 * 31})
    assert not ((both["value_found"] - both["value"]).abs() > rounding).any()
