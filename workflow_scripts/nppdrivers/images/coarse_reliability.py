"""What the numbers of the layer "pixel reliability" mean in each family of coarse products.

The standard library alone, as in `coarse_products`.
"""

import csv
from collections.abc import Collection
from pathlib import Path


def numbers(family: str, uses: Collection[str]) -> tuple[int, ...]:
    """Numbers of a family with one of these uses: good, usable, never."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["family"] == family]
    return tuple(int(row["number"]) for row in rows if row["use"] in uses)
