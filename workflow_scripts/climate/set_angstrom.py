"""Set the coefficients between sunshine and radiation: given ones, or calibrated at the stations."""

import logging
from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd

from nppdrivers.climate.angstrom import calibrate
from nppdrivers.job import running


def set_angstrom(
    *, given: Mapping[str, float] | str, weather: str | list[str], coefficients_path: str
) -> None:
    """Write one row: a, b, and for calibrated coefficients their errors, r2 and the station-months used."""
    if isinstance(given, str):
        row = {"source": given, **asdict(calibrate(pd.read_csv(str(weather), dtype={"station": str})))}
    else:
        row = {"source": "given", **given}
    logging.info("%s", row)
    pd.DataFrame([row]).to_csv(coefficients_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        set_angstrom(
            given=snakemake.params.given,
            weather=snakemake.input.weather,
            coefficients_path=snakemake.output.coefficients,
        )
