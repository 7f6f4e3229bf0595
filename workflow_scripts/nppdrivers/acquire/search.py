"""The search: what the archives have for an area and a period, before anything is fetched."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from nppdrivers.acquire.archives.catalogue import (
    Catalogue,
    Filters,
    wanted_of_area,
    wanted_of_year,
    window_bytes,
)
from nppdrivers.acquire.archives.soil import wanted_soil
from nppdrivers.acquire.archives.sources import FINE, Source, all_sources
from nppdrivers.acquire.archives.stations import (
    nearest_stations,
    read_ghcn_lists,
    read_gsod_list,
    wanted_ghcn,
    wanted_gsod,
)
from nppdrivers.acquire.archives.terraclimate import wanted_climate
from nppdrivers.acquire.area import Area
from nppdrivers.acquire.network.web import Client
from nppdrivers.acquire.network.windows import unfinished
from nppdrivers.acquire.plan import Wanted
from nppdrivers.inputs.problems import InputError, Problem

_LISTS = "acquire/lists"
_GHCN_LISTS = ("pub/data/ghcn/daily/ghcnd-stations.txt", "pub/data/ghcn/daily/ghcnd-inventory.txt")
_GSOD_LIST = "pub/data/noaa/isd-history.csv"
_GHCN_DATA = "data/global-historical-climatology-network-daily/access/"
_GSOD_DATA = "data/global-summary-of-the-day/access/"


@dataclass(frozen=True)
class Request:
    """What is searched for.

    Attributes
    ----------
    area : Area
    years : list of int
    sources : list of Source
    catalogue : str
        Address of the STAC API.
    addresses : mapping of str to str
        Of sources that are taken from another server than their own.
    filters : Filters
        Of fine images.
    stations : int
        Most weather stations.
    bands : bool
        Whether red and near infrared of the composites are needed.
    """

    area: Area
    years: list[int]
    sources: list[Source]
    catalogue: str
    addresses: Mapping[str, str]
    filters: Filters
    stations: int
    bands: bool

    @classmethod
    def from_settings(
        cls, area: Area, years: list[int], names: Sequence[str], settings: Mapping[str, Any]
    ) -> Self:
        """Request of the settings of a site."""
        scenes = settings["scenes"]
        filters = Filters(tuple(scenes["platforms"]), tuple(scenes["tiers"]), scenes["max_cloud_percent"])
        return cls(
            area,
            years,
            [all_sources()[name] for name in names],
            settings["catalogue"],
            settings["addresses"],
            filters,
            settings["stations"],
            settings["bands"],
        )

    def address(self, source: Source) -> str:
        """Server of a source that no catalogue has."""
        return self.addresses.get(source.source, source.address)


def search(request: Request, client: Client, folder: Path) -> tuple[list[Wanted], pd.DataFrame]:
    """Find the files of all sources, and the weather stations.

    Parameters
    ----------
    request : Request
    client : Client
    folder : Path
        Of the raw data; lists of stations are kept in it.

    Returns
    -------
    (list of Wanted, DataFrame)
        Stations as from `stations.nearest_stations`; empty without a service of stations.

    Raises
    ------
    AcquireError
        When a server does not answer.
    InputError
        When the run would lack what it cannot do without; every reason.
    """
    wanted: list[Wanted] = []
    stations = pd.DataFrame(columns=["station", "name", "distance_km"])
    catalogue = None
    for source in request.sources:
        years = [year for year in request.years if source.covers(year)]
        if source.collection:
            catalogue = catalogue or Catalogue(client, request.catalogue)
            if source.yearly:
                for year in years:
                    wanted += wanted_of_year(
                        catalogue, source, request.area, year, request.filters, bands=request.bands
                    )
            else:
                wanted += wanted_of_area(catalogue, source, request.area, request.years)
        elif source.source in ("ghcn", "gsod"):
            stations = _stations(source, request, client, folder)
            wanted += _weather(source, stations, request)
        elif source.source == "terraclimate":
            for year in years:
                wanted += wanted_climate(request.address(source), request.area, year)
        else:
            wanted += wanted_soil(request.address(source), window_bytes(source, request.area))
    if problems := _problems(request, wanted, catalogue.left_out if catalogue else {}):
        raise InputError(problems)
    return _each_file_once(wanted), stations


def _each_file_once(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Files without those of an item that would overwrite a file of another item."""
    first: dict[str, Wanted] = {}
    twice = {row.item: row.file for row in wanted if first.setdefault(row.file, row).item != row.item}
    for item, file in twice.items():
        logging.warning("%s: is left out: another item has the file %s too", item, file)
    return [row for row in wanted if row.item not in twice]


def _stations(source: Source, request: Request, client: Client, folder: Path) -> pd.DataFrame:
    """Stations of a service, from its lists."""
    names = _GHCN_LISTS if source.source == "ghcn" else (_GSOD_LIST,)
    paths = []
    for name in names:
        path = folder / _LISTS / name.rpartition("/")[2]
        if not path.exists():
            content = client.get(request.address(source) + name).content
            with unfinished(path) as target:
                target.write_bytes(content)
        paths.append(path)
    table = read_ghcn_lists(*paths) if source.source == "ghcn" else read_gsod_list(*paths)
    return nearest_stations(table, request.area, request.years, request.stations)


def _weather(source: Source, stations: pd.DataFrame, request: Request) -> list[Wanted]:
    if source.source == "ghcn":
        return wanted_ghcn(request.address(source) + _GHCN_DATA, stations)
    return [
        row
        for year in request.years
        for row in wanted_gsod(request.address(source) + _GSOD_DATA, stations, year)
    ]


def _problems(
    request: Request, wanted: Sequence[Wanted], left_out: Mapping[str, Sequence[str]]
) -> list[Problem]:
    """What the run cannot do without and no archive has; left_out: items by collection, with the reason."""
    west, south, east, north = request.area.lonlat
    place = f"longitude {west:.3f} to {east:.3f}, latitude {south:.3f} to {north:.3f}"
    period = f"{request.years[0]} to {request.years[-1]}"
    words = {source.source: source for source in request.sources}
    found = {row.part.rpartition("_")[0] or row.part for row in wanted} | {row.part for row in wanted}
    have = {source.source for source in request.sources if source.name in found}
    lacking = {"dem", "modis", "land_cover"} - have
    lacking |= set(FINE) if have.isdisjoint(FINE) else set()
    if reasons := [
        (source, reason)
        for source in request.sources
        if source.source in lacking
        for reason in left_out.get(source.collection, ())
    ]:
        source, first = reasons[0]
        fault = f"{len(reasons)} items are there, and none can be fetched, the first: {first}"
        remedy = "take a catalogue whose items have these files at addresses of http or https"
        return [Problem("acquire.catalogue", source.collection, fault, remedy)]
    if "dem" in words and "dem" not in have:
        fault = f"{words['dem'].title} has no tile there ({place})"
        remedy = "the area seems to lie in the sea: are longitude and latitude swapped, or is the sign wrong?"
        return [Problem("acquire.area", "", fault, remedy)]
    problems = []
    fine = [word for word in FINE if word in words]
    if fine and have.isdisjoint(fine):
        filters = request.filters
        names = {"landsat": "Landsat scene", "hls": "image of HLS"}
        fault = f"no {' or '.join(names[word] for word in fine)} of {period} meets the area ({place})"
        remedy = (
            f"scenes are of {', '.join(filters.platforms)}, tier {', '.join(filters.tiers)} and at most "
            f"{filters.max_cloud_percent:g} % cloud: change acquire.scenes, or the period"
        )
        problems.append(Problem("acquire.sources", ", ".join(fine), fault, remedy))
    if "modis" in words and "modis" not in have:
        fault = f"no composite of {words['modis'].name} of {period} meets the area ({place})"
        problems.append(Problem("acquire.sources", "modis", fault, "it begins in 2000: change the period"))
    if "land_cover" in words and "land_cover" not in have:
        fault = f"no land cover of {words['land_cover'].name} meets the area ({place})"
        remedy = "give inputs.land_cover, or land_cover.everywhere"
        problems.append(Problem("acquire.sources", "land_cover", fault, remedy))
    return problems
