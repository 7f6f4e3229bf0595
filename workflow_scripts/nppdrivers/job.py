"""How a script runs as a job of the workflow: its log, its threads, its way to refuse bad input."""

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits


@contextmanager
def running(log: str | Path, threads: int) -> Iterator[None]:
    """Send messages and warnings to the log file, keep to the threads given, end bad input with its message.

    A ValueError says what is wrong with an input: it ends the job with that message alone. Any other
    error is a fault of the software and keeps its traceback. Both go to the log and to standard error.
    """
    handlers = [logging.FileHandler(log, mode="w"), logging.StreamHandler(sys.stderr)]
    handlers[1].setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", handlers=handlers, force=True)
    logging.captureWarnings(True)
    warnings.simplefilter("default", UserWarning)
    _limit_numba(threads)
    os.environ.setdefault("GDAL_CACHEMAX", "256")  # MB; GDAL's own default grows with the machine
    try:
        with threadpool_limits(threads):
            yield
    except ValueError as error:
        logging.getLogger(__name__).info(traceback.format_exc())
        logging.getLogger(__name__).error("%s", error)
        sys.exit(1)
    except Exception:
        logging.getLogger(__name__).exception("This is a fault of nppdrivers, please report it with this log")
        raise


def _limit_numba(threads: int) -> None:
    if "numba" in sys.modules:
        import numba

        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
