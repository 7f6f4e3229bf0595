"""What a plan amounts to: files and megabytes by source and year, scenes by day, months without any."""

from collections.abc import Sequence

import pandas as pd

from nppdrivers.acquire.archives.sources import FINE, source_of_part, year_of_part
from nppdrivers.acquire.plan import Wanted


def by_year(wanted: Sequence[Wanted]) -> pd.DataFrame:
    """Count what a plan would fetch.

    Parameters
    ----------
    wanted : sequence of Wanted

    Returns
    -------
    DataFrame
        A row for each source and year (no year: empty text), in the order of the plan: source, year, items,
        files, size [MB] as estimated, to 0.1 MB.
    """
    rows = pd.DataFrame(
        [
            (source_of_part(row.part).title, year_of_part(row.part) or "", row.item, row.expected_bytes)
            for row in wanted
        ],
        columns=["source", "year", "item", "bytes"],
    )
    table = rows.groupby(["source", "year"], sort=False).agg(
        items=("item", "nunique"), files=("item", "size"), bytes=("bytes", "sum")
    )
    table["size [MB]"] = (table.pop("bytes") / 1e6).round(1)
    return table.reset_index()


def scenes(wanted: Sequence[Wanted]) -> pd.DataFrame:
    """Fine images of a plan.

    Parameters
    ----------
    wanted : sequence of Wanted

    Returns
    -------
    DataFrame
        A row a scene, by day: item, platform, date, cloud [%] of the whole scene, NaN where it is not stated.
    """
    rows = {
        row.item: (row.item, row.platform, row.date, row.cloud_percent)
        for row in wanted
        if source_of_part(row.part).source in FINE
    }
    table = pd.DataFrame(list(rows.values()), columns=["item", "platform", "date", "cloud [%]"])
    table["cloud [%]"] = pd.to_numeric(table["cloud [%]"])
    return table.sort_values(["date", "item"], ignore_index=True)


def months_without(days: Sequence[str], first_month: str, last_month: str) -> list[str]:
    """Months of a period, YYYY-MM, in which no day of the list (ISO 8601) lies."""
    months = pd.period_range(first_month, last_month, freq="M").astype(str)
    there = {day[:7] for day in days}
    return [month for month in months if month not in there]


def remarks(found: pd.DataFrame, first_month: str, last_month: str, min_base_percent: float) -> list[str]:
    """What the scenes make possible, a sentence each; nothing without scenes.

    Parameters
    ----------
    found : DataFrame
        As from `scenes`.
    first_month, last_month : str
        Period, YYYY-MM.
    min_base_percent : float
        Clear share that makes an image a base image [%]; that of the area is not known before it is fetched.
    """
    if found.empty:
        return []
    clear = int((found["cloud [%]"] <= 100 - min_base_percent).sum())
    lines = [
        f"{len(found)} fine images, {clear} of them with at most {100 - min_base_percent:g} % cloud over "
        "the whole scene: expect about as many base images; the clouds over the area show once it is fetched"
    ]
    if empty := months_without(list(found["date"]), first_month, last_month):
        lines.append(f"months without a scene: {', '.join(empty)}")
    return lines
