"""What the check of an input finds: problems, warnings, and facts; how they are gathered and worded."""

import gzip
import logging
import lzma
import tarfile
import traceback
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rasterio.errors import RasterioError

from nppdrivers.inputs.problems import InputError, Problem

# A problem, a warning (a problem that may be true), or one fact about the content of an input.
Finding = Problem | str
Findings = Iterable[Finding]
_DAMAGED = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, tarfile.TarError)


@dataclass(frozen=True)
class Elsewhere(Problem):
    """The problem of an input that does not lie in the study area."""


def findings_of(check: Callable[[], Findings], file: str | Path) -> list[Finding]:
    """Run one check of one file.

    Whatever it raises becomes a problem after the findings so far: no file hides the problems of the others.
    """
    findings: list[Finding] = []
    try:
        for finding in check():
            findings.append(finding)
    except InputError as error:
        findings += error.problems
    except Exception as error:
        logging.getLogger(__name__).info("check of %s:\n%s", file, traceback.format_exc())
        findings.append(_problem_of(error, str(file)))
    return findings


def _problem_of(error: Exception, file: str) -> Problem:
    """Say what an error means for the file that was read, and what to do."""
    text = str(error).removeprefix(file).lstrip(":, ") or type(error).__name__
    if isinstance(error, MemoryError):
        message = "needs more memory than this job has"
        remedy = "close other programs, or give the job more: --set-resources validate_inputs:mem_mb=16000"
    elif isinstance(error, _DAMAGED):
        message, remedy = f"is cut off or damaged ({text})", "copy or download it again"
    elif isinstance(error, ValueError | OSError | RasterioError):
        message, remedy = text, "correct the file, or give another one"
    else:
        message = f"cannot be checked ({type(error).__name__}: {text})"
        remedy = "copy or download it again; the log of validate_inputs shows where reading it failed"
    return Problem(file, "", message, remedy)


def listed(names: Sequence[object], shown: int = 6) -> str:
    """List names, the first of many."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(map(str, names[:shown])) + more


def span(values: Sequence[float] | np.ndarray | pd.Series, unit: str = "") -> str:
    """Least and greatest value in words."""
    return f"{np.nanmin(values):.4g} to {np.nanmax(values):.4g} {unit}".strip()
