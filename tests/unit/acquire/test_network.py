"""Requests: what is tried again, what ends, and where credentials go."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import rasterio
import requests
from archive import TOKEN, FileServer, free_port

from nppdrivers.acquire.network.tokens import Tokens
from nppdrivers.acquire.network.web import AbsentError, Client, NoAnswerError, Patience, RefusedError, plain
from nppdrivers.acquire.network.windows import fetch_window
from nppdrivers.acquire.plan import file_name

VIRTUAL = """<VRTDataset rasterXSize="{source.width}" rasterYSize="{source.height}">
<SRS>{source.crs}</SRS><GeoTransform>{transform}</GeoTransform><VRTRasterBand dataType="Float32" band="1">
<SimpleSource><SourceFilename>{path}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
</VRTRasterBand></VRTDataset>"""


@pytest.fixture
def address(server) -> str:
    """A file of the server."""
    path = next(server.folder.rglob("*_SR_B4.TIF"))
    return server.url + str(path.relative_to(server.folder))


@pytest.mark.parametrize("fault", [429, 503, 504, "cut", "close", "html"])
def test_what_may_pass_is_tried_again(client, server, waits, address, fault):
    """A busy server, a cut answer and the page of a proxy are asked again, with waits that double."""
    faults = [fault, fault]
    server.fault = lambda path: faults.pop() if faults else None
    whole = (server.folder / address.removeprefix(server.url)).read_bytes()
    assert client.get(address).content == whole
    assert waits == [1, 2]


def test_a_refused_connection_is_tried_again(waits):
    """A server that is down is asked as often as patience allows, and its name is in the message."""
    client = Client(patience=Patience(4, 1), sleep=waits.append)
    with pytest.raises(NoAnswerError, match="no connection, 4 times in a row"):
        client.get(f"http://127.0.0.1:{free_port()}/x.tif")
    assert waits == [1, 2, 4]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_says_how_long_to_wait(client, server, waits, address, form):
    """Retry-After counts, in seconds or as a date, up to five minutes."""
    faults = [429]
    server.fault = lambda path: faults.pop() if faults else None
    moment = datetime.now(UTC) + timedelta(seconds=40)
    server.retry_after = "40" if form == "seconds" else format_datetime(moment, usegmt=True)
    client.get(address)
    assert len(waits) == 1 and 37 < waits[0] <= 40


def test_a_wait_has_a_limit(client, server, waits, address):
    """No server makes a job wait for hours."""
    faults = [503]
    server.fault = lambda path: faults.pop() if faults else None
    server.retry_after = "86400"
    client.get(address)
    assert waits == [300]


def test_an_absent_file_is_not_asked_again(client, waits, server):
    """Status 404 is an answer."""
    with pytest.raises(AbsentError):
        client.get(f"{server.url}nothing.tif")
    assert waits == []


def test_an_old_signature_is_renewed_once(client, server, address):
    """A refusal brings a new token; a second one ends, without the token in the message."""
    server.needs_token = True
    server.token = "sig=EXPIRED"
    collection = "landsat-c2-l2"
    with pytest.raises(RefusedError) as refused:
        client.get(address, collection=collection)
    assert "sig" not in str(refused.value) and "?" not in str(refused.value)
    assert sum(request.startswith("/token/") for request in server.requests) == 2
    server.token = TOKEN
    client.get(address, collection=collection)
    server.requests.clear()
    client.get(address, collection=collection)
    assert not any(request.startswith("/token/") for request in server.requests)


@pytest.mark.parametrize("answer", ['{"token": "a=b"}', '{"token": "a=b", "msft:expiry": "soon"}', "[]"])
def test_a_service_that_gives_no_token_is_named(answer):
    """An answer without a token, or without the time of its end, ends with the setting that is wrong."""
    client = Client(Tokens("http://127.0.0.1/{collection}", ["127.0.0.1"]))
    client.ask = lambda method, href: answer
    with pytest.raises(NoAnswerError, match=r"acquire\.tokens\.address gives no token"):
        client.get("http://127.0.0.1/x.tif", collection="c")


def test_odd_headers_bring_no_signature_into_a_log(client, server, address, caplog):
    """A warning of the library underneath about headers would show the whole address."""
    server.fault = lambda path: None if path.startswith("/token/") else "header"
    assert client.get(address, collection="landsat-c2-l2").content == b"content"
    assert any(TOKEN in request for request in server.requests)
    assert caplog.text == ""


def test_a_virtual_raster_in_place_of_an_image_is_refused(client, server, archives, tmp_path):
    """A server cannot have files of this machine read by a raster that names them."""
    own = archives.raw / "dem.tif"
    with rasterio.open(own) as source:
        vrt = VIRTUAL.format(
            source=source, transform=",".join(map(str, source.transform.to_gdal())), path=own
        )
    (server.folder / "virtual.tif").write_text(vrt)
    with pytest.raises(NoAnswerError, match="arrives damaged"):
        fetch_window(client, f"{server.url}virtual.tif", tmp_path / "x.tif", archives.area)
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    """A server that signs its own certificate is not asked again, and the message says why."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
    server = FileServer(tmp_path)
    server.encrypt(context)
    with pytest.raises(RefusedError, match="its certificate cannot be verified"):
        Client().get(f"https://127.0.0.1:{server.port}/x.tif")
    assert server.requests == []
    server.close()


def test_a_connection_lost_while_it_is_encrypted_is_tried_again(server, waits):
    """A server that does not complete the handshake may do so later."""
    client = Client(patience=Patience(2, 1), sleep=waits.append)
    with pytest.raises(NoAnswerError, match="no encrypted connection, 2 times in a row"):
        client.get(server.url.replace("http:", "https:"))
    assert waits == [1]


def test_tokens_go_to_their_hosts_alone(server, address):
    """An address of another host than the token is for is not signed."""
    client = Client(Tokens(f"{server.url}token/{{collection}}", ["blob.core.windows.net"]))
    client.get(address, collection="landsat-c2-l2")
    assert not any("sig=" in request or "/token/" in request for request in server.requests)
    tokens = Tokens("http://x/{collection}", ["blob.core.windows.net"])
    assert tokens.signs("https://modiseuwest.blob.core.windows.net/a.tif")
    assert not tokens.signs("https://blob.core.windows.net.example.org/a.tif")
    assert not tokens.signs("https://evilblob.core.windows.net.example.org/a.tif")


def test_a_redirect_to_another_host_takes_no_token_along(client, server, address, tmp_path):
    """The token that a server puts into the address of another host is taken out."""
    (tmp_path / "x.tif").write_bytes(b"content")
    other = FileServer(tmp_path)
    server.fault = lambda path: f"{other.url}x.tif"
    assert client.get(address, collection="landsat-c2-l2").content == b"content"
    assert any(TOKEN in request for request in server.requests)
    assert other.requests == ["/x.tif"]
    other.close()


def test_endless_redirects_end(client, server, address):
    """A server that redirects to itself is left."""
    server.fault = lambda path: address
    with pytest.raises(RefusedError, match="redirected more than"):
        client.get(address)


@pytest.mark.parametrize(
    "href",
    ["file:///etc/passwd", "ftp://host/x.tif", "/vsicurl/x", "s3://bucket/x.tif", "x.tif", "http:///x"],
)
def test_other_addresses_are_refused(client, href):
    """Only http and https are opened."""
    with pytest.raises(RefusedError, match="no address of http"):
        client.get(href)


def test_redirects_to_other_addresses_are_refused(client, server, address):
    """No server leads to a file of this machine."""
    server.fault = lambda path: "https:///etc/passwd"
    with pytest.raises(RefusedError, match="no address of http"):
        client.get(address)


def test_no_redirect_leads_from_https_to_http(monkeypatch):
    """A server of https cannot have its file, and a token with it, asked for in plain text."""
    client, moved = Client(Tokens("https://a.org/{collection}", ["a.org"])), requests.Response()
    moved.status_code, moved.headers["Location"] = 302, "http://a.org/x.tif"
    asked = []
    monkeypatch.setattr(client.tokens, "token", lambda *_, **__: TOKEN)
    monkeypatch.setattr(requests.Session, "request", lambda _, __, href, **___: asked.append(href) or moved)
    with pytest.raises(RefusedError, match="redirected from https to http"):
        client.get("https://a.org/x.tif", collection="c")
    assert asked == [f"https://a.org/x.tif?{TOKEN}"]


def test_credentials_in_an_address_are_refused_and_not_repeated(client):
    """A name and password in an address are refused, and the message has neither."""
    with pytest.raises(RefusedError) as refused:
        client.get("https://user:PASSWORD@example.org/x.tif?sig=SECRET")
    assert "PASSWORD" not in str(refused.value) and "SECRET" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e%2fx.tif", "a%2Fb.tif", "a%5Cb.tif", ".hidden", "", "a b.tif", "x.tif%00", "-rf"]
)
def test_file_names_with_paths_are_refused(name):
    """A name that leads out of its folder, hides, or is none is refused."""
    with pytest.raises(RefusedError, match="no plain file name"):
        file_name(f"https://example.org/folder/{name}")


def test_offline_asks_nothing(server, address):
    """With offline: true no server is asked."""
    with pytest.raises(RefusedError, match=r"acquire\.offline is true"):
        Client(offline=True).get(address)
    assert server.requests == []


def test_a_netrc_file_is_not_used(server, address, tmp_path, monkeypatch):
    """Names and passwords of a netrc file go to no archive."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password SECRET\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    Client().get(address)
    assert server.headers and not any("Authorization" in headers for headers in server.headers)


def test_addresses_are_shown_without_signature():
    """The plain form has neither query nor name and password."""
    assert plain("https://u:p@host/a/b.tif?sig=x#y") == "https://host/a/b.tif"
