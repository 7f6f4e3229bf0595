"""What the numbers of the layer "pixel reliability" mean in each family of coarse products.

The standard library alone, as in `coarse_products`.
"""

from collections.abc import Collection

from nppdrivers.registers import register


def numbers(family: str, uses: Collection[str]) -> tuple[int, ...]:
    """Numbers of a family with one of these uses: good, usable, never."""
    return tuple(
        int(row["number"]) for row in register(__file__) if row["family"] == family and row["use"] in uses
    )
