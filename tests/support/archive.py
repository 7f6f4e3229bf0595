"""Archives on this machine for tests of the acquisition: a catalogue, a file server with parts, and faults.

Items have the collection ids, names of assets and properties of the default catalogue; their files are made
from the raw data of a virtual basin.
"""

import json
import random
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import rasterio
from affine import Affine
from RangeHTTPServer import RangeRequestHandler
from rasterio.warp import transform_geom
from shapely.geometry import box, mapping

from nppdrivers.images import coarse_files

LANDSAT_ASSETS = {
    "TM": {"red": "SR_B3", "nir08": "SR_B4"},
    "ETM": {"red": "SR_B3", "nir08": "SR_B4"},
    "OLI": {"red": "SR_B4", "nir08": "SR_B5"},
}
SENSOR = {"LT05": "TM", "LE07": "ETM", "LC08": "OLI"}
MODIS_LAYERS = {
    "NDVI": "int16",
    "VI Quality": "uint16",
    "pixel reliability": "int8",
    "composite day of the year": "int16",
}
TOKEN = "sig=PLANTED-SECRET"
CHUNK = 1024  # bytes of an answer that are sent at a time


class FileServer:
    """Serves a folder with parts of files, counts bytes, and misbehaves on demand.

    Attributes
    ----------
    fault : callable
        Takes the path of a request and gives what to do with it: None, a status, "cut", "close", "html",
        "header" (one that is none), or an address to redirect to.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.bytes_sent = 0
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.fault: Callable[[str], int | str | None] = lambda path: None
        self.needs_token = False
        self.token = TOKEN
        self.retry_after = ""
        self.pause_s = 0.0  # after each CHUNK of an answer, so that it takes time as in a network
        self.broken = 0  # answers that a loss of the server cut off
        self._start(port)
        self.url = f"http://127.0.0.1:{self.port}/"

    def _start(self, port: int) -> None:
        """Serve at a port; 0 takes a free one."""
        self._server = _Server(("127.0.0.1", port), partial(_Handler, self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak https from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def lose(self, seconds: float) -> None:
        """End as a server that is killed: connections close in the midst of answers, new ones are refused."""
        self._server.cut_off()
        self.close()
        self._server.cut_off()  # what came in between
        time.sleep(seconds)
        self._start(self.port)


class _Server(ThreadingHTTPServer):
    """Knows its open connections."""

    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: callers are killed and connections are cut off on purpose."""

    def cut_off(self) -> None:
        """Close all connections, whatever is under way."""
        for connection in list(self._open):
            with suppress(OSError):  # it may have ended by itself
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(RangeRequestHandler):
    """Answers one request."""

    disable_nagle_algorithm = True

    def __init__(self, outer: "FileServer", *arguments: object) -> None:
        self.outer = outer
        super().__init__(*arguments, directory=str(outer.folder))

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.outer.requests.append(self.path)
        self.outer.headers.append(dict(self.headers))
        path = urlsplit(self.path).path
        if path.startswith("/token/"):
            self._json({"token": self.outer.token, "msft:expiry": "2099-01-01T00:00:00Z"})
            return
        if path.startswith("/terraclimate/"):  # a service that cuts the year out
            asked = parse_qs(urlsplit(self.path).query)
            path = self.path = f"/terraclimate/{asked['var'][0]}_{asked['time_start'][0][:4]}.nc"
        fault = self.outer.fault(path)
        if fault is None and self.outer.needs_token and TOKEN not in urlsplit(self.path).query:
            fault = 403
        if isinstance(fault, int):
            self._status(fault)
        elif fault == "close":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "html":
            self._html()
        elif fault == "header":
            self.wfile.write(b"HTTP/1.0 200 OK\r\nno header\r\n\r\ncontent")
        elif fault and fault.startswith("http"):
            self._redirect(fault)
        else:
            self.cut = fault == "cut"
            super().do_GET()

    def _status(self, code: int) -> None:
        self.send_response(code)
        if self.outer.retry_after:
            self.send_header("Retry-After", self.outer.retry_after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _redirect(self, target: str) -> None:
        query = urlsplit(self.path).query
        self.send_response(302)
        self.send_header("Location", f"{target}?{query}" if query else target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _html(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"<html>")

    def copyfile(self, source: object, outputfile: object) -> None:
        if self.range:
            source.seek(self.range[0])  # type: ignore[attr-defined]
            last = self.range[1]
            content = source.read() if last is None else source.read(last - self.range[0] + 1)  # type: ignore[attr-defined]
        else:
            content = source.read()  # type: ignore[attr-defined]
        content = content[: len(content) // 2] if self.cut else content
        self.outer.bytes_sent += len(content)
        try:
            for start in range(0, len(content), CHUNK):
                self.wfile.write(content[start : start + CHUNK])
                time.sleep(self.outer.pause_s)
        except OSError:
            self.outer.broken += 1
            self.close_connection = True
        if self.cut:
            self.close_connection = True


def some_faults(share: float, seed: int = 1) -> Callable[[str], int | str | None]:
    """Faults at that share of the requests, of all kinds."""
    chance = random.Random(seed)
    kinds = (429, 503, "cut", "close", "html")
    return lambda path: chance.choice(kinds) if chance.random() < share else None


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def catalogue(folder: Path, items: list[dict]) -> Iterator[str]:
    """Serve items by a real STAC server in memory; its address."""
    collections = sorted({item["collection"] for item in items})
    paths = []
    for name in collections:
        paths.append(str(_write(folder / f"{name}.json", _collection(name))))
    paths.append(str(_write(folder / "items.json", {"type": "FeatureCollection", "features": items})))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("rustac")), "serve", "--addr", f"127.0.0.1:{port}", *paths]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                time.sleep(0.05)
        yield url
    finally:
        server.kill()
        server.wait()


def _write(path: Path, content: dict) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def _collection(name: str) -> dict:
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": name,
        "description": name,
        "license": "proprietary",
        "links": [],
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["1970-01-01T00:00:00Z", None]]},
        },
    }


class Archive:
    """COGs and items made from raw files of a virtual basin.

    Parameters
    ----------
    raw : Path
        Folder of the virtual basin's raw files.
    served : Path
        Folder that the file server serves.
    url : str
        Of that server.
    margin : int
        Pixels around the basin that full files have: they are larger than the area, as real ones are.
    """

    def __init__(self, raw: Path, served: Path, url: str, margin: int = 200) -> None:
        self.raw, self.served, self.url, self.margin = raw, served, url, margin
        self.items: list[dict] = []

    def add_landsat(self, scenes: int | None = None) -> None:
        """Add the scenes, or the first of them."""
        for folder in sorted((self.raw / "landsat").glob("L*"))[:scenes]:
            product = folder.name
            assets, about = {}, {}
            names = LANDSAT_ASSETS[SENSOR[product[:4]]] | {"qa_pixel": "QA_PIXEL", "qa_radsat": "QA_RADSAT"}
            for asset, band in names.items():
                path = folder / f"{product}_{band}.TIF"
                about = self._cog(path, f"landsat-c2/{product}/{path.name}")
                assets[asset] = self._asset(f"landsat-c2/{product}/{path.name}")
            metadata = f"landsat-c2/{product}/{product}_MTL.json"
            (self.served / metadata).write_text(json.dumps({"LANDSAT_METADATA_FILE": {}}))
            assets["mtl.json"] = {"href": f"{self.url}{metadata}", "type": "application/json"}
            text = (folder / f"{product}_MTL.txt").read_text()
            day = f"{product[17:21]}-{product[21:23]}-{product[23:25]}"
            parts = product.split("_")
            self._item(
                "landsat-c2-l2",
                "_".join([*parts[:4], *parts[5:]]),
                about,
                assets,
                {
                    "datetime": f"{day}T03:00:00Z",
                    "platform": f"landsat-{int(product[2:4])}",
                    "eo:cloud_cover": float(re.search(r"CLOUD_COVER = ([\d.]+)", text)[1]),
                    "landsat:collection_category": parts[-1],
                    "landsat:wrs_path": product[10:13],
                    "landsat:wrs_row": product[13:16],
                },
            )

    def add_hls(self, product: str, layers: tuple[str, ...], year: int) -> None:
        """Add the places and days of the scenes as images of HLS of a year, without a cloud."""
        for folder in sorted((self.raw / "landsat").glob("L*")):
            day = date(year, int(folder.name[21:23]), int(folder.name[23:25]))
            name = f"HLS.{product}.T49SFV.{day:%Y%j}T030000.v2.0"
            with rasterio.open(next(folder.glob("*_SR_B3.TIF"))) as source:
                missing, place = source.read(1) == 0, (source.crs, source.transform)
            assets, about = {}, {}
            for layer in layers:
                values = np.where(missing, -9999, 2000).astype("int16")
                nodata = -9999
                if layer == "Fmask":
                    values, nodata = np.where(missing, 255, 0).astype("uint8"), 255
                about = self._write_cog(values, *place, nodata, f"hls2/{name}.{layer}.tif")
                assets[layer] = self._asset(f"hls2/{name}.{layer}.tif")
            properties = {"datetime": f"{day}T03:00:00Z", "platform": "landsat-8", "eo:cloud_cover": 10}
            self._item(f"hls2-{product.lower()}", name, about, assets, properties)

    def add_modis(self, composites: int | None = None) -> None:
        """Add the composites, or the first of them; items have a start and an end, and no day."""
        for path in sorted((self.raw / "coarse").glob("M*.hdf"))[:composites]:
            assets, about = {}, {}
            for layer, kind in MODIS_LAYERS.items():
                name = f"250m_16_days_{layer.replace(' ', '_')}"
                about = self._layer(path, layer, kind, f"modis-061-cogs/{path.stem}_{name}.tif")
                assets[name] = self._asset(f"modis-061-cogs/{path.stem}_{name}.tif")
            start = date(int(path.name[9:13]), 1, 1) + timedelta(int(path.name[13:16]) - 1)
            self._item("modis-13Q1-061", path.stem, about, assets, _span(start, 16) | {"platform": "terra"})

    def add_annual_npp(self) -> None:
        """Add MOD17A3HGF."""
        for path in sorted((self.raw / "mod17").glob("M*.hdf")):
            assets, about = {}, {}
            for layer, kind in {"Npp_500m": "int16", "Npp_QC_500m": "uint8"}.items():
                about = self._layer(path, layer, kind, f"modis-061-cogs/{path.stem}_{layer}.tif")
                assets[layer] = self._asset(f"modis-061-cogs/{path.stem}_{layer}.tif")
            start = date(int(re.search(r"A(\d{4})", path.name)[1]), 1, 1)
            self._item(
                "modis-17A3HGF-061", path.stem, about, assets, _span(start, 365) | {"platform": "terra"}
            )

    def add_dem(self) -> None:
        """Add the elevation model as one tile."""
        name = "Copernicus_DSM_COG_10_N35_00_E112_00_DEM"
        about = self._cog(self.raw / "dem.tif", f"copernicus-dem/{name}.tif")
        assets = {"data": self._asset(f"copernicus-dem/{name}.tif")}
        self._item("cop-dem-glo-30", name, about, assets, {"datetime": "2021-04-22T00:00:00Z"})

    def add_land_cover(self, year: int, codes: dict[int, int]) -> None:
        """Add land cover of a year, our codes replaced by those of the product."""
        with rasterio.open(self.raw / "land_cover.tif") as source:
            table = np.zeros(256, "uint8")
            table[list(codes)] = list(codes.values())
            values, profile = table[source.read(1)], source.profile
        path = self.served / "land_cover_codes.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        with rasterio.open(path, "w", **profile) as target:
            target.write(values, 1)
        name = f"C3S-LC-L4-LCCS-Map-300m-P1Y-{year}-v2.1.1-N45E90"
        about = self._cog(path, f"esa-cci-lc/{name}-lccs_class.tif")
        assets = {"lccs_class": self._asset(f"esa-cci-lc/{name}-lccs_class.tif")}
        self._item("esa-cci-lc", name, about, assets, _span(date(year, 1, 1), 365))

    def _cog(self, path: Path, name: str) -> dict:
        """Write a raster as a cloud-optimised GeoTIFF with a margin around it."""
        with rasterio.open(path) as source:
            return self._write_cog(source.read(1), source.crs, source.transform, source.nodata, name)

    def _layer(self, path: Path, layer: str, kind: str, name: str) -> dict:
        found = coarse_files.read_layer(path, layer)
        return self._write_cog(found.values.astype(kind), found.crs, found.transform, found.fills[0], name)

    def _write_cog(
        self, values: np.ndarray, crs: object, transform: Affine, nodata: float | None, name: str
    ) -> dict:
        margin = self.margin
        padded = np.pad(values, margin, mode="wrap")
        moved = transform @ Affine.translation(-margin, -margin)
        path = self.served / name
        path.parent.mkdir(parents=True, exist_ok=True)
        profile = {
            "driver": "COG",
            "count": 1,
            "height": padded.shape[0],
            "width": padded.shape[1],
            "dtype": padded.dtype.name,
            "crs": crs,
            "transform": moved,
            "nodata": nodata,
            "compress": "deflate",
            "blocksize": 128,
            "overviews": "none",
        }
        with rasterio.open(path, "w", **profile) as target:
            target.write(padded, 1)
        bounds = rasterio.transform.array_bounds(*padded.shape, moved)
        footprint = transform_geom(crs, "EPSG:4326", mapping(box(*bounds)))
        points = np.array(footprint["coordinates"][0])
        return {
            "geometry": footprint,
            "bbox": [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()],
        }

    def _asset(self, name: str) -> dict:
        kind = "image/tiff; application=geotiff; profile=cloud-optimized"
        return {"href": f"{self.url}{name}", "type": kind, "roles": ["data"]}

    def _item(self, collection: str, name: str, about: dict, assets: dict, properties: dict) -> None:
        self.items.append(
            {
                "type": "Feature",
                "stac_version": "1.0.0",
                "id": name,
                "collection": collection,
                "links": [],
                "properties": {"datetime": None, **properties},
                "assets": assets,
                **about,
            }
        )


def _span(start: date, days: int) -> dict:
    """Start and end of a period, as the items of composites have them."""
    end = start + timedelta(days - 1)
    return {"start_datetime": f"{start}T00:00:00Z", "end_datetime": f"{end}T23:59:59Z"}
