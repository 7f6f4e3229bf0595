"""A job of the acquisition: the files of one source and year, those that are missing alone."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from nppdrivers.acquire.archives.sources import source_of_part
from nppdrivers.acquire.area import Area
from nppdrivers.acquire.derived import derive
from nppdrivers.acquire.manifest import Entry, Journal, is_whole, sha256
from nppdrivers.acquire.network.mosaics import fetch_mosaic
from nppdrivers.acquire.network.web import AbsentError, AcquireError, Client
from nppdrivers.acquire.network.windows import OutsideError, fetch_window, unfinished
from nppdrivers.acquire.plan import MOSAIC, WHOLE, WINDOW, Wanted

JOURNALS = "acquire/journal"


@dataclass(frozen=True)
class Job:
    """What a job needs to know.

    Attributes
    ----------
    part : str
    folder : Path
        Of the raw data.
    area : Area
    max_failures : int
        Files in a row that fail before the job gives up.
    """

    part: str
    folder: Path
    area: Area
    max_failures: int


def fetch_part(
    job: Job, wanted: Sequence[Wanted], client: Client, say: Callable[[str], None] = logging.info
) -> list[Entry]:
    """Fetch the files of a job that are not there yet, and make from them what the run reads.

    Parameters
    ----------
    job : Job
    wanted : sequence of Wanted
        Rows of the plan; those of other jobs are left alone.
    client : Client
    say : callable
        Takes a line about the progress.

    Returns
    -------
    list of Entry
        Of all files of the job, and of what the archive does not have.

    Raises
    ------
    AcquireError
        When files could not be fetched; what was fetched stays.
    """
    own = [row for row in wanted if row.part == job.part]
    run = _Run(job, client, say, own)
    entries = []
    for _, files in groupby(own, key=lambda row: row.item):
        entries += run.item(list(files))
    if run.failures:
        raise AcquireError(
            f"{job.part}: {len(run.failures)} of {len(own)} files could not be fetched, the first: "
            f"{run.failures[0]}\nAll others are kept; the same call goes on"
        )
    fetched = [entry for entry in entries if entry.file]
    entries += [_entry(row, job.folder / row.file) for row in derive(job.part, fetched, job.folder)]
    return entries


class _Run:
    """A job under way: what is there already, what failed, how fast it goes."""

    def __init__(self, job: Job, client: Client, say: Callable[[str], None], own: Sequence[Wanted]) -> None:
        self._job, self._client, self._say = job, client, say
        self._journal = Journal(job.folder / JOURNALS / f"{job.part}.csv")
        self._known = self._journal.entries()
        self._left = [row for row in own if not self._has(row)]
        self._done, self._started, self._said = 0, time.monotonic(), time.monotonic()
        self.failures: list[str] = []
        self._in_a_row = 0

    def _has(self, row: Wanted) -> bool:
        entry = self._known.get(row.file)
        if entry is None or entry.href != row.href or entry.area != self._area_of(row):
            return False
        return is_whole(entry, self._job.folder)

    def _area_of(self, row: Wanted) -> str:
        """What the entry of a file says of the area."""
        return "" if row.way == WHOLE else self._job.area.key

    def item(self, files: list[Wanted]) -> list[Entry]:
        """Entries of an item; of one that lacks a required file the reason alone, and no file stays."""
        entries = []
        missing = set(self._left)
        for row in files:
            if row not in missing:
                entries.append(self._known[row.file])
                continue
            try:
                entries.append(self._fetch(row))
                self._in_a_row = 0
            except (AbsentError, OutsideError) as error:
                logging.warning("%s", error)
                nothing = _nothing(row, str(error))
                if row.required:
                    for entry in entries:
                        (self._job.folder / entry.file).unlink(missing_ok=True)
                    return [nothing]
                entries.append(nothing)
            except AcquireError as error:
                self._failed(str(error))
            self._progress()
        return entries

    def _failed(self, reason: str) -> None:
        """Remember a failure; give up after too many in a row."""
        self.failures.append(reason)
        self._in_a_row += 1
        if self._in_a_row >= self._job.max_failures:
            raise AcquireError(
                f"{self._job.part}: {self._in_a_row} files in a row could not be fetched, "
                f"the last: {reason}\nAll that was fetched is kept; the same call goes on"
            )

    def _fetch(self, row: Wanted) -> Entry:
        path = self._job.folder / row.file
        if row.way == WINDOW:
            fetch_window(self._client, row.href, path, self._job.area, row.collection)
        elif row.way == MOSAIC:
            fetch_mosaic(self._client, row.href, path, self._job.area)
        else:
            content = self._client.get(row.href, collection=row.collection).content
            with unfinished(path) as target:
                target.write_bytes(content)
        entry = replace(_entry(row, path), area=self._area_of(row))
        self._journal.add(entry)
        return entry

    def _progress(self) -> None:
        """Say how far the job is, every ten seconds and at the end."""
        self._done += 1
        now = time.monotonic()
        if now - self._said < 10 and self._done < len(self._left):
            return
        self._said = now
        minutes = (now - self._started) / self._done * (len(self._left) - self._done) / 60
        self._say(
            f"{self._job.part}: {self._done} of {len(self._left)} files, "
            f"{self._client.bytes_received / 1e6:.1f} MB, about {minutes:.0f} min left"
        )


def _entry(row: Wanted, path: Path) -> Entry:
    """Entry of a file that is complete."""
    return replace(_nothing(row, ""), file=row.file, bytes=path.stat().st_size, sha256=sha256(path))


def _nothing(row: Wanted, reason: str) -> Entry:
    """Entry of what could not be had."""
    return Entry(
        part=row.part,
        collection=row.collection,
        item=row.item,
        asset=row.asset,
        href=row.href,
        date=row.date,
        cloud_percent=row.cloud_percent,
        file="",
        bytes=0,
        sha256="",
        licence=source_of_part(row.part).licence,
        remark=reason,
    )
