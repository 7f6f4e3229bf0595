"""A remote file read in parts, and opened by rasterio without being downloaded."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import rasterio

from nppdrivers.acquire.network.web import AcquireError, Client

_HEAD = 16384  # bytes asked for at first: the header of a cloud-optimised GeoTIFF
_SMALL = 4096  # shorter reads are parts of headers: a whole chunk is asked for and kept
_NAME = "remote.tif"


class RemoteFile:
    """Bytes of a file on a server; `error` is what went wrong last, since GDAL cannot pass it on.

    Parameters
    ----------
    client : Client
    href : str
    collection : str
        For the signature.
    """

    def __init__(self, client: Client, href: str, collection: str = "") -> None:
        self._client, self._href, self._collection = client, href, collection
        self.error: AcquireError | None = None
        self._chunks: dict[int, bytes] = {}
        head = client.get(href, part=(0, _HEAD - 1), collection=collection)
        self._chunks[0] = head.content
        self.size = len(head.content) if head.total is None else head.total

    def read(self, start: int, length: int) -> bytes:
        """Bytes from a position on; fewer at the end of the file, none after an error."""
        stop = min(start + length, self.size)
        if stop <= start or self.error:
            return b""
        try:
            if stop - start >= _SMALL and stop > _HEAD:
                return self._ask(start, stop)
            first, last = start // _HEAD, (stop - 1) // _HEAD
            content = b"".join(self._chunk(number) for number in range(first, last + 1))
        except AcquireError as error:
            self.error = error
            return b""
        return content[start - first * _HEAD : stop - first * _HEAD]

    def _chunk(self, number: int) -> bytes:
        if number not in self._chunks:
            self._chunks[number] = self._ask(number * _HEAD, min((number + 1) * _HEAD, self.size))
        return self._chunks[number]

    def _ask(self, start: int, stop: int) -> bytes:
        answer = self._client.get(self._href, part=(start, stop - 1), collection=self._collection)
        if answer.total not in (None, self.size):
            raise AcquireError("the file changed while it was read; call again")
        return answer.content


class _Handle(io.RawIOBase):
    """A position in a remote file, as GDAL wants it; a new one for each time that it opens the file."""

    def __init__(self, remote: RemoteFile) -> None:
        self._remote, self._position = remote, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._remote.size}[whence]
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, size: int = -1) -> bytes:
        content = self._remote.read(self._position, self._remote.size if size < 0 else size)
        self._position += len(content)
        return content

    def __enter__(self) -> Self:
        return self


@contextmanager
def open_remote(remote: RemoteFile) -> Iterator[rasterio.DatasetReader]:
    """Open a remote raster; ends with what the network did where that is the cause of a failure.

    Raises
    ------
    AcquireError
        Of the network.
    rasterio.errors.RasterioError
        Where the file itself is damaged.
    """

    def opener(path: str, mode: str = "rb") -> _Handle:
        if path.rpartition("/")[2] != _NAME:
            raise FileNotFoundError(path)  # files next to it, which GDAL looks for
        return _Handle(remote)

    try:
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO"),
            # no other format: a virtual raster could name files of this machine
            rasterio.open(_NAME, driver="GTiff", opener=opener) as source,
        ):
            yield source
    except rasterio.errors.RasterioError:
        if remote.error:
            raise remote.error from None
        raise
    if remote.error:
        raise remote.error
