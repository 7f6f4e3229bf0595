"""List what would be fetched, as text and as a page, before anything is."""

import logging
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.plan import read_plan
from nppdrivers.acquire.summary import by_year, remarks, scenes
from nppdrivers.job import running
from nppdrivers.pages.plan import plan_page
from nppdrivers.period import Period


def acquire_plan(
    *,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    title: str,
    period: Mapping[str, str],
    min_base_percent: float,
) -> None:
    """Write and show the list of what would be fetched."""
    wanted, stations = read_plan(inputs["plan"]), pd.read_csv(inputs["stations"], dtype={"station": str})
    counts, found = by_year(wanted), scenes(wanted)
    notes = [
        f"{len(wanted)} files, about {sum(row.expected_bytes for row in wanted) / 1e6:.1f} MB",
        *Area.load(inputs["area"]).remarks,
        *remarks(found, period["first_month"], period["last_month"], min_base_percent),
    ]
    near = stations.rename(columns={"distance_km": "distance [km]", "elevation_m": "elevation [m]"})
    text = "\n\n".join(
        [
            "\n".join(notes),
            *(rows.to_string(index=False) for rows in (counts, near) if not rows.empty),
        ]
    )
    Path(outputs["text"]).write_text(f"{text}\n", encoding="utf-8")
    places = near.drop(columns=["longitude", "latitude"], errors="ignore")
    tables = {"Files": counts, "Weather stations": places}
    years = Period(**period).years
    page = plan_page(f"{title}: raw data to fetch", notes, tables, found, years)
    Path(outputs["page"]).write_text(page, encoding="utf-8")
    logging.info(text)
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        acquire_plan(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            title=snakemake.params.title,
            period=snakemake.params.period,
            min_base_percent=snakemake.params.min_base_percent,
        )
