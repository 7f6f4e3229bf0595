"""Inputs from the future: Snakemake takes what is made from them for outdated, and ends its job."""

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

TOLERATED_S = 60  # clocks of a file server and of this machine differ a little
_SHOWN = 5


def refuse_inputs_from_the_future(paths: Iterable[str | Path], now_s: float | None = None) -> None:
    """End here where files were changed later than now: a clock was wrong where they come from.

    Parameters
    ----------
    paths : iterable of path
        Those that do not exist are passed over.
    now_s : float, optional
        Seconds since 1970; the clock of this machine by default.

    Raises
    ------
    ValueError
        With the first files and their times.
    """
    now_s = time.time() if now_s is None else now_s
    times = {path: path.stat().st_mtime for path in map(Path, paths) if path.exists()}
    late = {path: changed for path, changed in times.items() if changed > now_s + TOLERATED_S}
    if not late:
        return
    shown = [
        f"{path}: {datetime.fromtimestamp(changed):%Y-%m-%d %H:%M}"
        for path, changed in sorted(late.items())[:_SHOWN]
    ]
    further = [f"and {len(late) - _SHOWN} more"] if len(late) > _SHOWN else []
    raise ValueError(
        "Inputs were last changed in the future; nothing made from them would count as up to date:\n  - "
        + "\n  - ".join([*shown, *further])
        + "\nGive them the time of now (touch), or put the clock of this machine right."
    )
