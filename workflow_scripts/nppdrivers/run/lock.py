"""One run at a time on the results of a site, also after a run was killed.

The kernel frees a lock when its process dies, however it died; Snakemake's own lock is a file that stays.
"""

import fcntl
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

# Variable of the environment that names the lock file of the jobs of a run.
JOBS_VARIABLE = "NPPDRIVERS_JOBS_LOCK"


class RunLock:
    """The locks of one site in a working directory: that of the run itself, and that of its jobs.

    Parameters
    ----------
    folder : path
        Where Snakemake keeps its records (``.snakemake``).
    site : str
        Name of the site, whose results lie in ``results/<site>``.
    raw : str
        Folder of its raw data where they are fetched; else empty.
    """

    def __init__(self, folder: str | Path, site: str, raw: str = "") -> None:
        self.folder, self.site = Path(folder), site
        self._own = tuple(f"{place}/" for place in (f"results/{site}", raw) if place)
        home = self.folder / "nppdrivers"
        self.run_path, self.jobs_path = home / f"{site}.lock", home / f"{site}.jobs.lock"

    def remove_stale_locks(self) -> None:
        """Remove Snakemake's lock files of this site where no run of it lives; name a run that does."""
        try:
            with _locked(self.run_path):
                for path in (self.folder / "locks").glob("*.lock"):
                    if any(line.startswith(self._own) for line in path.read_text().splitlines()):
                        path.unlink(missing_ok=True)
        except BlockingIOError:
            logging.getLogger(__name__).error(self._refusal())
        except OSError:  # a file system without kernel locks: Snakemake's own lock has to do
            pass

    def acquire(self) -> None:
        """Keep the run's lock until the process ends.

        Raises
        ------
        BlockingIOError
            Where another run of the site lives.
        """
        self.run_path.parent.mkdir(parents=True, exist_ok=True)
        kept = os.open(self.run_path, os.O_RDWR | os.O_CREAT)  # never closed: freed by the end of the process
        try:
            fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BlockingIOError(self._refusal()) from error
        except OSError:
            return
        started = datetime.now().astimezone().isoformat(timespec="seconds")
        self.run_path.write_text(f"process {os.getpid()} on {socket.gethostname()}, since {started}")

    def wait_for_jobs(self) -> None:
        """Wait for jobs that a killed run left at work."""
        with _open(self.jobs_path) as jobs:
            try:
                fcntl.flock(jobs, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                logging.getLogger(__name__).warning(
                    "Jobs of a run that was killed still work on results/%s; waiting for them to end",
                    self.site,
                )
                fcntl.flock(jobs, fcntl.LOCK_EX)
            except OSError:  # no kernel locks on this file system
                logging.getLogger(__name__).debug("no lock on %s", self.jobs_path)

    def _refusal(self) -> str:
        holder = self.run_path.read_text().strip() or "unknown"
        return (
            f"Another run works on results/{self.site} ({holder}). Wait for it or end it, then call again; "
            "there is nothing to unlock."
        )


@contextmanager
def job_lock() -> Iterator[None]:
    """Show that a job is working, so that no other run starts at the same time; nothing outside a run."""
    path = os.environ.get(JOBS_VARIABLE)
    if path is None:
        yield
        return
    with _open(Path(path)) as jobs:
        try:
            fcntl.flock(jobs, fcntl.LOCK_SH)
        except OSError:  # no kernel locks on this file system
            logging.getLogger(__name__).debug("no lock on %s", path)
        yield


def _open(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock; BlockingIOError where another process has it."""
    with _open(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
