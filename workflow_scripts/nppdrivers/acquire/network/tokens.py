"""Short-lived tokens that sign addresses: kept in memory alone, and sent to the hosts they are for alone."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

_SPARE = timedelta(minutes=5)  # a token that ends sooner is asked for again


class Asks(Protocol):
    """What asks a service."""

    def ask(self, method: str, href: str) -> str:
        """Text that a service answers with."""


class Tokens:
    """Tokens by collection.

    Parameters
    ----------
    endpoint : str
        Address that gives the token of a collection, with {collection} in it; empty: nothing is signed.
    hosts : iterable of str
        Hosts, or ends of their names after a dot, whose addresses are signed.
    """

    def __init__(self, endpoint: str = "", hosts: Iterable[str] = ()) -> None:
        self._endpoint = endpoint
        self._hosts = tuple(hosts)
        self._known: dict[str, tuple[str, datetime]] = {}

    def signs(self, href: str) -> bool:
        """Whether the addresses of this host are signed."""
        host = urlsplit(href).hostname or ""
        return bool(self._endpoint) and any(
            host == name or host.endswith(f".{name.lstrip('.')}") for name in self._hosts
        )

    def token(self, href: str, collection: str, client: Asks, *, anew: bool = False) -> str:
        """Token of a collection, for an address that is signed; empty for any other.

        Raises
        ------
        LookupError
            When the service gives none.
        """
        if not collection or not self.signs(href):
            return ""
        known = self._known.get(collection)
        if known is None or anew or known[1] - _SPARE < datetime.now(UTC):
            known = _read(client.ask("GET", self._endpoint.replace("{collection}", collection)))
            self._known[collection] = known
        return known[0]

    @staticmethod
    def signed(href: str, token: str) -> str:
        """Address with the token as its query."""
        if not token:
            return href
        return f"{href}{'&' if urlsplit(href).query else '?'}{token}"


def _read(answer: str) -> tuple[str, datetime]:
    """Token, and when it ends, in an answer of the service."""
    try:
        content = json.loads(answer)
        ends = datetime.fromisoformat(content["msft:expiry"])
        return str(content["token"]), ends if ends.tzinfo else ends.replace(tzinfo=UTC)
    except (KeyError, TypeError, ValueError):
        raise LookupError("no token with the time at which it ends") from None
