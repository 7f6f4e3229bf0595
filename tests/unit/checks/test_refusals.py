"""Nothing that ends a later job is forgotten by the checks."""

import csv

from refusals import TABLE, refusing_functions


def test_every_refusal_is_known_before_or_said_why_not():
    """Each function that raises ValueError stands in the table with the check that finds its cause before."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    listed = {(row["file"], row["function"]) for row in rows}
    found = refusing_functions()
    assert found - listed == set(), "add rows: which check finds the cause before, or why none can?"
    assert listed - found == set(), "remove rows: these functions refuse nothing"
    assert all(row["known_before"] for row in rows)
