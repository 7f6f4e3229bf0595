"""The coarse products that can be read: satellite, width of a pixel, calendar, family of layers.

A further product of a known family is a row of the table and a name in config/schema.yaml. The rules read
the table as well, outside the environments of the jobs: it needs nothing but the standard library.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from nppdrivers.images.coarse_layers import Layers, layers_of
from nppdrivers.registers import register

BOTH = "both"  # in place of the month of a change: MODIS and VIIRS take turns


class CoarseProduct(NamedTuple):
    """A product.

    Attributes
    ----------
    name : str
        As the names of its files begin.
    satellite : str
        A run takes at most one product of each satellite.
    sensor : str
        Products of one sensor form a series as they are; another sensor needs a passage (`images.passage`).
    family : str
        Products of a family have the same layers and flags.
    pixel_m : float
        Width of a pixel [m].
    first_day, step_days : int
        Day of the year on which the first composite begins, and the days from one to the next [d].
    begins : date
        First day of the first composite.
    """

    name: str
    satellite: str
    sensor: str
    family: str
    pixel_m: float
    first_day: int
    step_days: int
    begins: date

    @property
    def layers(self) -> Layers:
        """Layers of its family."""
        return layers_of(self.family)


def _product(row: dict[str, str]) -> CoarseProduct:
    return CoarseProduct(
        row["name"],
        row["satellite"],
        row["sensor"],
        row["family"],
        float(row["pixel_m"]),
        int(row["first_day"]),
        int(row["step_days"]),
        date.fromisoformat(row["begins"]),
    )


PRODUCTS = {row["name"]: _product(row) for row in register(__file__)}


def coarse_product(name: str) -> CoarseProduct:
    """Row of a product.

    Raises
    ------
    ValueError
        When no product has that name; lists the products that can be read.
    """
    if name not in PRODUCTS:
        raise ValueError(f"{name!r} is no coarse product that can be read; choose from {', '.join(PRODUCTS)}")
    return PRODUCTS[name]


def product_of_file(name: str) -> CoarseProduct | None:
    """Product whose name a file's name begins with; None for a file of another product."""
    return next((row for row in PRODUCTS.values() if name.upper().startswith(row.name)), None)


def disagreements(names: Sequence[str]) -> list[str]:
    """Reasons why products form no series: two of a satellite or of the same days, pixels of unequal width.

    Pixels must be alike because a series whose footprint changes from date to date shows changes that the
    land did not undergo.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    list of str
        Empty where they can.
    """
    products = [coarse_product(name) for name in names]
    reasons = []
    if len({product.satellite for product in products}) < len(products):
        reasons.append(
            "two of one satellite; take one of each: Terra (MOD), Aqua (MYD), Suomi NPP (VNP), NOAA-20 (VJ1)"
        )
    calendars = [(product.sensor, product.first_day, product.step_days) for product in products]
    if not reasons and len(set(calendars)) < len(calendars):
        reasons.append("two with composites of the same days; take one of them")
    if len({product.pixel_m for product in products}) > 1:
        widths = " and ".join(f"{product.name} ({product.pixel_m:.0f} m)" for product in products)
        reasons.append(f"pixels of different width, {widths}; take products of equal width")
    return reasons


def have_passage(names: Sequence[str]) -> bool:
    """Whether products are of two sensors, whose difference must be found and removed (`images.passage`)."""
    return len({coarse_product(name).sensor for name in names}) > 1


def pixel_width_m(names: Sequence[str]) -> float:
    """Width of a pixel of these products [m], the same for all of them.

    Raises
    ------
    ValueError
        When they cannot form a series (`disagreements`).
    """
    if reasons := disagreements(names):
        raise ValueError(f"coarse products {', '.join(names)}: {'; '.join(reasons)}")
    return coarse_product(names[0]).pixel_m
