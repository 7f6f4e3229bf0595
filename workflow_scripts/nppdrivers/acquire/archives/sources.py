"""The sources, a row each: collection, files, years, licence.

The standard library alone: the rules read this.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from nppdrivers.registers import register

FINE = ("landsat", "hls")  # words of the sources of fine images


class Source(NamedTuple):
    """A data set.

    Attributes
    ----------
    name : str
        Names its jobs, and its rows in plan and manifest.
    source : str
        Word of the setting acquire.sources.
    folder : str
        Below the folder of the raw data.
    collection : str
        Of a catalogue; empty for data that no catalogue of items has.
    assets, band_assets : tuple of str
        Files of an item, and those needed only where red and near infrared are fused.
    pixel_m, pixel_bytes : float
        Edge of a pixel [m] and the size of its number, for the estimate of what is moved.
    yearly : bool
        A job for each year.
    first_year, last_year : int or None
        That it covers.
    title, licence, citation : str
    address : str
        Of the server, for data that no catalogue of items has.
    """

    name: str
    source: str
    folder: str
    collection: str
    assets: tuple[str, ...]
    band_assets: tuple[str, ...]
    pixel_m: float
    pixel_bytes: float
    yearly: bool
    first_year: int | None
    last_year: int | None
    title: str
    licence: str
    citation: str
    address: str

    def covers(self, year: int) -> bool:
        """Whether it has that year."""
        return (self.first_year or year) <= year <= (self.last_year or year)


@cache
def all_sources() -> dict[str, Source]:
    """Rows of the table by name."""
    return {row["name"]: _source(row) for row in register(__file__)}


def _source(row: dict[str, str]) -> Source:
    return Source(
        name=row["name"],
        source=row["source"],
        folder=row["folder"],
        collection=row["collection"],
        assets=tuple(row["assets"].split()),
        band_assets=tuple(row["band_assets"].split()),
        pixel_m=float(row["pixel_m"] or 0),
        pixel_bytes=float(row["pixel_bytes"] or 0),
        yearly=row["yearly"] == "yes",
        first_year=int(row["first_year"]) if row["first_year"] else None,
        last_year=int(row["last_year"]) if row["last_year"] else None,
        title=row["title"],
        licence=row["licence"],
        citation=row["citation"],
        address=row["address"],
    )


def chosen_sources(words: Iterable[str], products: Iterable[str], years: list[int]) -> list[Source]:
    """Rows that the words of acquire.sources stand for.

    Of MODIS these are the products asked for; of HLS, next to Landsat, the images of Sentinel-2 alone; of
    land cover the one data set with the year nearest to the middle of the years, the newer of two.
    """
    chosen, words = [], list(words)
    for word in words:
        rows = [row for row in all_sources().values() if row.source == word]
        if word == "modis":
            rows = [row for row in rows if row.name in set(products)]
        elif word == "hls" and "landsat" in words:
            rows = [row for row in rows if row.name == "HLSS30"]
        elif word == "land_cover":
            rows = [min(reversed(rows), key=lambda row: abs(nearest_year(row, years) - middle_year(years)))]
        chosen += rows
    return chosen


def middle_year(years: list[int]) -> int:
    """Year in the middle of a period."""
    return years[len(years) // 2]


def nearest_year(source: Source, years: list[int]) -> int:
    """Year of a source that is nearest to the middle of the period."""
    middle = middle_year(years)
    return min(max(middle, source.first_year or middle), source.last_year or middle)


def parts(sources: Iterable[Source], years: list[int]) -> list[str]:
    """Names of the jobs: a source, or a source and a year that it has."""
    return [
        name
        for source in sources
        for name in (
            [f"{source.name}_{year}" for year in years if source.covers(year)]
            if source.yearly
            else [source.name]
        )
    ]


def source_of_part(part: str) -> Source:
    """Source of a job."""
    name, _, year = part.rpartition("_")
    return all_sources()[name if year.isdigit() and name in all_sources() else part]


def year_of_part(part: str) -> int | None:
    """Year of a job, None for a source that has no years."""
    year = part.rpartition("_")[2]
    return int(year) if year.isdigit() else None
