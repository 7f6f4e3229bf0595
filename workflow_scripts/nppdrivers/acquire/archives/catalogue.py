"""Items of a STAC catalogue: searched by place and time, everything else decided on this side.

Servers without the extension for queries answer them with nothing, or with everything, and no error.
"""

import logging
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pystac_client import Client as StacClient
from pystac_client.errors import ClientTypeError
from pystac_client.exceptions import APIError
from pystac_client.stac_api_io import StacApiIO

from nppdrivers.acquire.archives.sources import Source, nearest_year
from nppdrivers.acquire.area import Area
from nppdrivers.acquire.network.web import AcquireError, Client, RefusedError, check_address, plain
from nppdrivers.acquire.network.windows import MARGIN_PIXELS
from nppdrivers.acquire.plan import WHOLE, WINDOW, Wanted, file_name
from nppdrivers.images.landsat_files import match_product, scene_of

_PAGE = 100  # items of an answer
_HEADER_BYTES = 20_000  # of a file that is read in parts
_PACKED = 0.75  # size of a compressed window as a share of its numbers
# MOD13Q1.A2013001.h27v05.061.2021180040040: product, day, tile, version, time of processing
_MODIS = re.compile(r"(?P<product>M\w{6,9})\.A(?P<day>\d{7})\.(?P<tile>h\d\dv\d\d)\.\d{3}\.(?P<made>\d{13})")
# What pystac-client raises for a server that is no STAC API
_NO_CATALOGUE = (ClientTypeError, AttributeError, KeyError, TypeError)
_OPTIONAL = ("mtl.json", "Npp_QC_500m")


@dataclass(frozen=True)
class Filters:
    """What fine images must be: of Landsat satellites and tiers, and greatest cloud cover of all [%]."""

    platforms: tuple[str, ...]
    tiers: tuple[str, ...]
    max_cloud_percent: float


class _CatalogueIO(StacApiIO):
    """Lets the catalogue be asked by our own client, with its patience and its limits."""

    def __init__(self, client: Client) -> None:
        super().__init__(max_retries=None)
        self._client = client

    def request(
        self,
        href: str,
        method: str | None = None,
        headers: dict[str, str] | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> str:
        """Text of an answer; headers that a catalogue asks for are not sent."""
        method = (method or "GET").upper()
        asked = {"body": parameters} if method == "POST" else {"params": parameters}
        return self._client.ask(method, href, **asked)


class Catalogue:
    """A STAC API.

    Parameters
    ----------
    client : Client
    url : str
        Of its landing page.

    Attributes
    ----------
    left_out : dict of str to list of str
        By collection, items that are not fetched, with the reason.
    """

    def __init__(self, client: Client, url: str) -> None:
        check_address(url)
        self._url = url
        self.left_out: dict[str, list[str]] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it lacks is not used
            try:
                self._stac = StacClient.open(url, stac_io=_CatalogueIO(client))
            except _NO_CATALOGUE:
                raise AcquireError(f"{plain(url)}: is no STAC API; correct acquire.catalogue") from None

    def items(
        self, collection: str, area: Area, days: tuple[date, date] | None = None
    ) -> list[dict[str, Any]]:
        """Items of a collection that meet the area, and the days if there are any.

        Raises
        ------
        AcquireError
            When the catalogue does not answer, or has no such collection.
        """
        period = f"{days[0]}T00:00:00Z/{days[1]}T23:59:59Z" if days else None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search = self._stac.search(
                    collections=[collection], bbox=area.lonlat, datetime=period, limit=_PAGE
                )
                found = self._of_pages(search.pages_as_dicts())
        except (APIError, *_NO_CATALOGUE) as error:
            raise AcquireError(f"{plain(self._url)}: cannot be searched ({type(error).__name__})") from None
        return [
            item
            for item in found
            if item.get("collection", collection) == collection
            and area.touches(item.get("geometry"), item.get("bbox"))
            and self._takes(item, collection)
        ]

    def _takes(self, item: Mapping[str, Any], collection: str) -> bool:
        """Whether an item has properties, and files with addresses."""
        about, assets = item.get("properties"), item.get("assets")
        if (
            isinstance(about, dict)
            and isinstance(assets, dict)
            and all(
                isinstance(asset, dict) and isinstance(asset.get("href"), str) for asset in assets.values()
            )
        ):
            return True
        self.leave_out(item, collection, "is no whole item")
        return False

    def leave_out(self, item: Mapping[str, Any], collection: str, reason: str) -> None:
        """Note an item that is not fetched."""
        logging.warning("%s: is left out: %s", item["id"], reason)
        self.left_out.setdefault(collection, []).append(f"{item['id']}: {reason}")

    def _of_pages(self, pages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Items of all pages, each once."""
        found: dict[str, dict[str, Any]] = {}
        for page in pages:
            before = len(found)
            found |= {item["id"]: item for item in page["features"]}
            if len(found) == before:
                raise AcquireError(f"{plain(self._url)}: sends one page of items again and again")
        return list(found.values())


def wanted_of_year(
    catalogue: Catalogue, source: Source, area: Area, year: int, filters: Filters, *, bands: bool
) -> list[Wanted]:
    """Files of a year of a source with years: fine images, or composites that begin in the year."""
    items = catalogue.items(source.collection, area, (date(year, 1, 1), date(year, 12, 31)))
    assets = source.assets + (source.band_assets if bands else ())
    kept = []
    for item in items:
        if source.source == "landsat":
            is_wanted = passes(item, filters)
        elif source.source == "hls":
            is_wanted = clear_enough(item, filters)
        else:
            is_wanted = _is_composite(item["id"], source.name, year, area.modis_tiles)
        if is_wanted:
            kept.append(item)
    wanted = _of_items(catalogue, kept, source, assets, part=f"{source.name}_{year}", area=area)
    return [file for files in newest(wanted) for file in files]


def wanted_of_area(catalogue: Catalogue, source: Source, area: Area, years: list[int]) -> list[Wanted]:
    """Files of a source of one state: elevation, or land cover of the year nearest to the middle."""
    days = None
    if source.first_year:
        year = nearest_year(source, years)
        days = date(year, 1, 1), date(year, 12, 31)
    items = catalogue.items(source.collection, area, days)
    if source.first_year:
        items = [item for item in items if item_date(item)[:4] == str(year)]
    wanted = _of_items(catalogue, items, source, source.assets, part=source.name, area=area)
    return [file for files in wanted for file in files]


def _of_items(
    catalogue: Catalogue,
    items: Iterable[Mapping[str, Any]],
    source: Source,
    assets: Sequence[str],
    *,
    part: str,
    area: Area,
) -> list[list[Wanted]]:
    """Files of each item that can be fetched."""
    wanted = []
    for item in items:
        try:
            wanted.append(_files(item, source, assets, part, area))
        except RefusedError as error:
            catalogue.leave_out(item, source.collection, str(error))
    return wanted


def passes(item: Mapping[str, Any], filters: Filters) -> bool:
    """Whether a Landsat scene is of a satellite, tier and cloud cover that is wanted."""
    about = item["properties"]
    tier = about.get("landsat:collection_category") or item["id"].rpartition("_")[2]
    platform = str(about.get("platform", "")).lower().replace("_", "-")
    return platform in filters.platforms and tier in filters.tiers and clear_enough(item, filters)


def clear_enough(item: Mapping[str, Any], filters: Filters) -> bool:
    """Whether the cloud cover of an image is small enough, or not known."""
    cloud = item["properties"].get("eo:cloud_cover")
    return cloud is None or bool(cloud <= filters.max_cloud_percent)


def item_date(item: Mapping[str, Any]) -> str:
    """Day of an item, or the first day of the period that it stands for (MODIS items have no other)."""
    about = item["properties"]
    return str(about.get("start_datetime") or about.get("datetime") or "")[:10]


def newest(items: Iterable[Sequence[Wanted]]) -> list[Sequence[Wanted]]:
    """Of each acquisition the delivery that counts: the best tier, then the latest processing."""
    best: dict[Any, tuple[Any, Sequence[Wanted]]] = {}
    for files in items:
        key, rank = _delivery(Path(files[0].file).name)
        if key not in best or rank > best[key][0]:
            best[key] = rank, files
    return [files for _, files in best.values()]


def _delivery(name: str) -> tuple[Any, Any]:
    """What was seen, and the rank of this delivery of it."""
    if match := match_product(name):
        scene = scene_of(match, Path())
        return (name[:4].upper(), scene.path, scene.row, scene.date), scene.rank
    if modis := _MODIS.match(name):
        return (modis["product"], modis["day"], modis["tile"]), modis["made"]
    return name, ""


def _is_composite(item: str, product: str, year: int, tiles: Sequence[str]) -> bool:
    match = _MODIS.match(item)
    return bool(
        match and match["product"] == product and match["day"][:4] == str(year) and match["tile"] in tiles
    )


def _files(
    item: Mapping[str, Any], source: Source, assets: Sequence[str], part: str, area: Area
) -> list[Wanted]:
    """Files of an item; one that lacks a required file, or has an address that is not asked, is refused."""
    files = []
    about = item["properties"]
    for asset in assets:
        required = asset not in _OPTIONAL
        href = item["assets"].get(asset, {}).get("href")
        if href is None:
            if required:
                raise RefusedError(f"has no {asset}")
            continue
        check_address(href)
        name = file_name(href)
        product = match_product(name) if source.source == "landsat" else None
        folder = f"{source.folder}/{product['id']}" if product else source.folder
        files.append(
            Wanted(
                part=part,
                collection=source.collection,
                item=str(item["id"]),
                asset=asset,
                href=plain(href),
                file=f"{folder}/{name}",
                date=item_date(item),
                cloud_percent=str(about.get("eo:cloud_cover", "")),
                platform=str(about.get("platform", "")),
                way=WINDOW if name.lower().endswith((".tif", ".tiff")) else WHOLE,
                required=required,
                expected_bytes=window_bytes(source, area),
            )
        )
    return files


def window_bytes(source: Source, area: Area) -> int:
    """Estimate of the size of a window."""
    west, south, east, north = area.bounds
    rows, columns = ((side / source.pixel_m + 2 * MARGIN_PIXELS) for side in (north - south, east - west))
    return int(rows * columns * source.pixel_bytes * _PACKED) + _HEADER_BYTES
