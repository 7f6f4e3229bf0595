"""Requests over a network as it is: with patience, with limits, and without a trace of credentials."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests

from nppdrivers.acquire.network.tokens import Tokens

_AGENT = {"User-Agent": "nppdrivers"}
_TIMEOUT_S = (15, 60)  # to connect, and between two parts of an answer
_LONGEST_WAIT_S = 300.0
_REDIRECTS = 5
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_MOVED = {301, 302, 303, 307, 308}
_ABSENT = {404, 410}
# it warns of odd headers with the whole address, signature included
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class AcquireError(ValueError):
    """Something cannot be fetched; the message has no signature of an address."""


class AbsentError(AcquireError):
    """The server does not have it."""


class NoAnswerError(AcquireError):
    """The server gave no usable answer, however often it was asked."""


class RefusedError(AcquireError):
    """The server does not allow it, or an address is not one that is asked."""


class Answer(NamedTuple):
    """Content of an answer, and the size of the whole file where only a part was asked for."""

    content: bytes
    total: int | None


@dataclass(frozen=True)
class Patience:
    """How often a request is tried, and the first wait between two tries [s], doubled each time."""

    tries: int = 6
    wait_s: float = 1.0


def plain(href: str) -> str:
    """Address without its query, which may hold a signature, and without a name and password."""
    parts = urlsplit(href)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def check_address(href: str) -> None:
    """Refuse an address outside http and https, and one with a name and password in it."""
    parts = urlsplit(href)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RefusedError(f"{plain(href)}: is no address of http or https; it is not opened")
    if "@" in parts.netloc:
        raise RefusedError(f"{plain(href)}: holds a name and password; take them out of the address")


class Client:
    """Asks servers: waits and tries again where that may help, signs addresses, counts bytes.

    Parameters
    ----------
    tokens : Tokens
        Signs addresses shortly before they are asked.
    offline : bool
        Refuse every request.
    patience : Patience
    sleep : callable
        Waits for some seconds.
    """

    def __init__(
        self,
        tokens: Tokens | None = None,
        *,
        offline: bool = False,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.tokens = tokens or Tokens()
        self.offline = offline
        self.patience = patience or Patience()
        self.bytes_received = 0
        self._sleep = sleep
        self._session = requests.Session()
        self._session.headers.update(_AGENT)
        self._session.auth = _no_netrc

    def get(self, href: str, *, part: tuple[int, int] | None = None, collection: str = "") -> Answer:
        """Content of a file, or its bytes from a first to a last one.

        Parameters
        ----------
        href : str
        part : (first, last), optional
            Both included.
        collection : str
            Collection of a catalogue, for the signature.

        Raises
        ------
        AcquireError
        """
        headers = {"Accept-Encoding": "identity"}
        if part:
            headers["Range"] = f"bytes={part[0]}-{part[1]}"
        return self._request("GET", href, collection, part, headers=headers)

    def ask(
        self,
        method: str,
        href: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> str:
        """JSON that a service answers with, as text."""
        options = {"json": body, "params": params}
        return self._request(method, href, "", None, is_json=True, **options).content.decode("utf-8")

    def _request(
        self,
        method: str,
        href: str,
        collection: str,
        part: tuple[int, int] | None,
        *,
        is_json: bool = False,
        **options: Any,
    ) -> Answer:
        """Answer to a request, tried as often as patience allows; signed anew once where it is refused."""
        check_address(href)
        if self.offline:
            fault = "acquire.offline is true, so no server is asked"
            raise RefusedError(f"{plain(href)}: {fault}; set it to false to fetch what is missing")
        reason, signed_anew = "", False
        for number in range(self.patience.tries):
            if number:
                self._sleep(self._wait(number, reason))
            try:
                response = self._send(method, href, collection, signed_anew, options)
                reason = self._why_not(response, href, part)
                if is_json and not reason and not _is_json(response.content):
                    reason = "an answer that is no JSON"
            except requests.exceptions.RequestException as error:
                if "CERTIFICATE_VERIFY_FAILED" in str(error):
                    raise RefusedError(f"{plain(href)}: its certificate cannot be verified") from None
                reason = _in_words(error)
                continue
            if not reason:
                self.bytes_received += len(response.content)
                return Answer(response.content, _total(response))
            if response.status_code in (401, 403):
                if signed_anew or not self.tokens.signs(href):
                    raise RefusedError(f"{plain(href)}: {reason}")
                signed_anew = True
            self._retry_after = _retry_after(response)
        fault = f"{reason}, {self.patience.tries} times in a row"
        raise NoAnswerError(f"{plain(href)}: {fault}; check the connection, or call again later")

    _retry_after: float | None = None

    def _wait(self, number: int, reason: str) -> float:
        """Seconds before another try: as the server asks, else twice those of the last."""
        asked, self._retry_after = self._retry_after, None
        seconds = self.patience.wait_s * 2 ** (number - 1) if asked is None else asked
        seconds = min(seconds, _LONGEST_WAIT_S)
        logging.getLogger(__name__).info("%s: next try in %.1f s", reason, seconds)
        return seconds

    def _send(
        self, method: str, href: str, collection: str, signed_anew: bool, options: Mapping[str, Any]
    ) -> requests.Response:
        """One request, with the signature of the address, following redirects step by step."""
        try:
            token = self.tokens.token(href, collection, self, anew=signed_anew)
        except LookupError as error:
            fault = f"acquire.tokens.address gives {error}"
            raise NoAnswerError(f"{plain(href)}: {fault}; correct it, or call again later") from None
        address = self.tokens.signed(href, token)
        for _ in range(_REDIRECTS):
            response = self._session.request(
                method, address, timeout=_TIMEOUT_S, allow_redirects=False, verify=True, **options
            )
            if response.status_code not in _MOVED or "Location" not in response.headers:
                return response
            address = _next_address(address, response.headers["Location"], token)
            if response.status_code == 303:
                method = "GET"
        raise RefusedError(f"{plain(href)}: is redirected more than {_REDIRECTS} times")

    def _why_not(self, response: requests.Response, href: str, part: tuple[int, int] | None) -> str:
        """Reason to ask again; empty where the answer can be used."""
        code = response.status_code
        if code in _ABSENT:
            raise AbsentError(f"{plain(href)}: the server does not have it (status {code})")
        if code in _BUSY or code in (401, 403):
            return f"status {code}"
        if code not in (200, 206):
            raise RefusedError(f"{plain(href)}: status {code}")
        # the pages of proxies and portals come with status 200 too
        if "html" in response.headers.get("Content-Type", ""):
            return "a page in place of data"
        if part is None:
            return ""
        if code == 200:
            raise RefusedError(f"{plain(href)}: the server sends whole files only, no parts of them")
        total = _total(response)
        expected = min(part[1] + 1, total) - part[0] if total is not None else 0
        stated = response.headers.get("Content-Range", "").partition("-")[0]
        if len(response.content) != expected or stated != f"bytes {part[0]}":
            return "a part of the file of another size or place"
        return ""


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send requests as they are: without this the name and password of a netrc file would be added."""
    return request


def _is_json(content: bytes) -> bool:
    """Whether an answer is whole JSON."""
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def _next_address(address: str, location: str, token: str) -> str:
    """Address of a redirect; the token goes to no other host, and https never becomes http."""
    target = urljoin(address, location)
    check_address(target)
    before, after = urlsplit(address), urlsplit(target)
    if before.scheme == "https" and after.scheme == "http":
        raise RefusedError(f"{plain(address)}: is redirected from https to http; this is not followed")
    if token and before.netloc != after.netloc:
        kept = [pair for pair in after.query.split("&") if pair and pair not in token.split("&")]
        target = urlunsplit(after._replace(query="&".join(kept)))
    return target


def _in_words(error: requests.exceptions.RequestException) -> str:
    """What went wrong, without the address that the text of the error holds."""
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "an answer that was cut off"
    if isinstance(error, requests.exceptions.SSLError):
        return "no encrypted connection"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection"
    return f"a request that failed ({type(error).__name__})"


def _total(response: requests.Response) -> int | None:
    """Size of the whole file that an answer with a part states."""
    stated = response.headers.get("Content-Range", "").rpartition("/")[2]
    return int(stated) if stated.isdigit() else None


def _retry_after(response: requests.Response) -> float | None:
    """Seconds that a server asks to wait, given as a number or a date; None where it does not."""
    stated = response.headers.get("Retry-After", "")
    if stated.isdigit():
        return float(stated)
    try:
        seconds = (parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return max(0.0, seconds)
