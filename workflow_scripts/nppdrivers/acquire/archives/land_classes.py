"""Classes of land cover products as classes of the project.

The standard library alone: the rules read this.
"""

from functools import cache

from nppdrivers.registers import register

# Codes of the raster that is made from any product; those of config/land_cover.csv, and one for bare land
CODES = {"forest": 1, "grassland": 2, "farmland": 3, "construction": 4, "water": 5, "bare": 6}


@cache
def code_table(source: str) -> tuple[int, ...]:
    """Our code of each code 0 to 255 of a product; 0 for codes that it does not have."""
    codes = [0] * 256
    for row in register(__file__):
        if row["source"] == source:
            for code in range(int(row["low"]), int(row["high"]) + 1):
                codes[code] = CODES[row["class"]]
    return tuple(codes)
