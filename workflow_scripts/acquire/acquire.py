"""List all raw data that were fetched, what could not be had, and what the stations say about the area."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.manifest import Entry, read_entries, unnamed, write_entries
from nppdrivers.acquire.station_report import mean_elevation, station_report
from nppdrivers.inputs.problems import InputError
from nppdrivers.job import running
from nppdrivers.period import Period


def acquire(
    *,
    table_paths: Sequence[str],
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    folder: str | Path,
    period: Mapping[str, str],
    completeness: float,
) -> None:
    """Write the manifest from the tables of all jobs, and the report of the stations."""
    entries = [entry for path in table_paths for entry in read_entries(Path(path))]
    absent = [entry for entry in entries if not entry.file]
    size_mb = sum(entry.bytes for entry in entries) / 1e6
    logging.info("%d files, %.1f MB", len(entries) - len(absent), size_mb)
    for entry in absent:
        logging.warning("%s: %s: %s", entry.part, entry.item, entry.remark)
    if others := unnamed(entries, Path(folder)):
        logging.warning(
            "%s: %d files that the settings do not ask for, as %s; the run reads them too: move them away "
            "unless you put them there",
            folder,
            len(others),
            others[0],
        )
    report = _stations(entries, inputs, Path(folder), Period(**period), completeness)
    if not report.empty:
        logging.info("stations:\n%s", report.to_string(index=False))
    report.to_csv(outputs["stations"], index=False)
    write_entries(entries, Path(outputs["manifest"]))


def _stations(
    entries: Sequence[Entry], inputs: Mapping[str, str], folder: Path, period: Period, completeness: float
) -> pd.DataFrame:
    """Report of the stations whose files were fetched; that of none is empty."""
    fetched = {entry.item for entry in entries if entry.file.startswith("weather/")}
    chosen = pd.read_csv(inputs["stations"], dtype={"station": str})
    chosen = chosen[chosen["station"].isin(fetched)].reset_index(drop=True)
    if chosen.empty:
        return pd.DataFrame(columns=["station", "name"])
    elevation_m = mean_elevation(folder / "dem.tif", Area.load(inputs["area"]))
    try:
        return station_report(chosen, folder / "weather", period, completeness, elevation_m)
    except InputError as error:  # the checks of the run name it with all else that is wrong
        logging.warning("no report of the stations: %s", error)
        return chosen


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        acquire(
            table_paths=snakemake.input.tables,
            inputs={"stations": snakemake.input.stations, "area": snakemake.input.area},
            outputs=dict(snakemake.output.items()),
            folder=snakemake.params.folder,
            period=snakemake.params.period,
            completeness=snakemake.params.completeness,
        )
