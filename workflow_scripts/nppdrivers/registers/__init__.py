"""The registers: tables of facts that come with the package, each read by the module whose name it has.

The standard library alone: the rules read some of them, outside the environments of the jobs.
"""

import csv
from pathlib import Path


def register(module: str) -> list[dict[str, str]]:
    """Rows of the register of a module, ``name.csv`` next to ``name.py``.

    Parameters
    ----------
    module : str
        ``__file__`` of the module.
    """
    with Path(module).with_suffix(".csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
