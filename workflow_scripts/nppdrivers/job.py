"""How a script runs as a job of the workflow: its log, its threads, its way to refuse bad input."""

import errno
import gc
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from threadpoolctl import threadpool_limits

from nppdrivers.run.lock import job_lock

# What the machine refuses, whatever the input: no space, no permission, a read-only file system
_REFUSED_BY_SYSTEM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


@contextmanager
def running(log: str | Path, threads: int) -> Iterator[None]:
    """Send messages to the log file, keep to the threads given, end bad input with its message.

    A ValueError says what is wrong with an input, an OSError of a full disk or a missing permission which
    path the system refused: they end the job with that message alone. Any other error is a fault of the
    software and keeps its traceback. All go to the log and to standard error; the traceback of a refusal goes
    to a file next to the log, so that Snakemake, which prints the log, shows the message alone.
    """
    refused_at = Path(f"{log}.traceback")
    refused_at.unlink(missing_ok=True)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    handlers: list[logging.Handler] = [logging.FileHandler(log, mode="w"), terminal]
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", handlers=handlers, force=True)
    logging.captureWarnings(True)
    warnings.simplefilter("default", UserWarning)
    _limit_numba(threads)
    os.environ.setdefault("GDAL_CACHEMAX", "256")  # MB; GDAL's own default grows with the machine
    try:
        with job_lock(), threadpool_limits(threads):
            yield
        gc.freeze()  # else the end looks for garbage in all that is loaded: up to .25 CPU s a job
    except ValueError as error:
        _end(str(error), refused_at)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _REFUSED_BY_SYSTEM:
            refused = error.filename or "a file of this job"
            _end(f"{refused}: {error.strerror}; free space or mend the permissions", refused_at)
        logging.getLogger(__name__).exception("This is a fault of nppdrivers, please report it with this log")
        raise


def _end(message: str, refused_at: Path) -> NoReturn:
    """End the job with one message; the traceback goes to a file of its own, where there is room for it."""
    with suppress(OSError):
        refused_at.write_text(traceback.format_exc(), encoding="utf-8")
    logging.getLogger(__name__).error("%s", message)
    sys.exit(1)


def _limit_numba(threads: int) -> None:
    """Keep numba, where it is in use, to the threads given."""
    if "numba" in sys.modules:
        import numba

        most: int = vars(numba.config)["NUMBA_NUM_THREADS"]  # numba sets it while it is imported
        numba.set_num_threads(min(threads, most))
