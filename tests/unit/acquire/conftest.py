"""Archives on this machine, made from a tiny virtual basin of one year and three clear scenes."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from archive import TOKEN, Archive, FileServer, catalogue
from input_mistakes import write_basin

from nppdrivers.acquire.archives.catalogue import Filters
from nppdrivers.acquire.archives.sources import chosen_sources, parts
from nppdrivers.acquire.area import Area
from nppdrivers.acquire.fetch import Job, fetch_part
from nppdrivers.acquire.network.tokens import Tokens
from nppdrivers.acquire.network.web import Client, Patience
from nppdrivers.acquire.search import Request, search

YEAR = 2010
WORDS = ["landsat", "modis", "mod17", "dem", "land_cover"]
CCI = {1: 50, 2: 110, 3: 10, 4: 190, 5: 210}
FILTERS = Filters(("landsat-5", "landsat-7", "landsat-8"), ("T1",), 100)


@pytest.fixture(scope="session")
def archives(tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A catalogue and a file server that run, the raw files they are made from, and the area."""
    folder = tmp_path_factory.mktemp("archives")
    raw = write_basin(folder)
    server = FileServer(folder / "served")
    archive = Archive(raw, folder / "served", server.url)
    archive.add_landsat()
    archive.add_modis(3)
    archive.add_annual_npp()
    archive.add_dem()
    archive.add_land_cover(YEAR, CCI)
    area = Area.from_file(raw / "study_area.gpkg")
    with catalogue(folder / "items", archive.items) as url:
        yield SimpleNamespace(raw=raw, server=server, items=archive.items, catalogue=url, area=area)
    server.close()


@pytest.fixture
def server(archives) -> Iterator[FileServer]:
    """The file server without faults."""
    file_server = archives.server
    file_server.bytes_sent = 0
    file_server.requests.clear()
    file_server.headers.clear()
    yield file_server
    file_server.fault = lambda path: None
    file_server.needs_token, file_server.token, file_server.retry_after = False, TOKEN, ""


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the client waited, without waiting."""
    return []


@pytest.fixture
def client(server, waits) -> Client:
    """A client with a token of the file server that does not wait."""
    tokens = Tokens(f"{server.url}token/{{collection}}", ["127.0.0.1"])
    return Client(tokens, patience=Patience(8, 1), sleep=waits.append)


@pytest.fixture
def request_all(archives) -> Request:
    """Everything that the archives have for the area."""
    sources = chosen_sources(WORDS, ["MOD13Q1"], [YEAR])
    return Request(archives.area, [YEAR], sources, archives.catalogue, {}, FILTERS, 8, False)


@pytest.fixture
def acquire(request_all, client):
    """Search and fetch everything into a folder; the entries of all files."""

    def run(folder: Path, other: Client | None = None) -> list:
        wanted, _ = search(request_all, other or client, folder)
        entries = []
        for part in parts(request_all.sources, [YEAR]):
            job = Job(part, folder, request_all.area, 5)
            entries += fetch_part(job, wanted, other or client)
        return entries

    return run
