"""The coarse products that can be read, a row each: satellite, width of a pixel, calendar and layers.

A further product in a known file format is a row here and a name in config/schema.yaml. The rules read this
table as well, outside the environments of the jobs: it needs nothing but the standard library.
"""

from collections.abc import Sequence
from typing import NamedTuple

FIRST_YEAR = 2001  # the first whole year with images of MODIS


class StoredLayer(NamedTuple):
    """A layer of numbers that stand for a physical quantity.

    Attributes
    ----------
    name : str
        End of the layer's name: "NDVI" for "250m 16 days NDVI".
    valid_range : (low, high)
        Physical values [1].
    scale, fill : float
        Physical value = stored x scale, and the stored number of missing pixels; of integers in copies
        of the product that state neither.
    """

    name: str
    valid_range: tuple[float, float]
    scale: float
    fill: float


class Layers(NamedTuple):
    """Layers of a product: vegetation indices by their names in `vegetation_index`, bands, flags, days.

    `quality_rule` names the rule of `quality.COARSE_RULES` that reads the flags.
    """

    indices: dict[str, StoredLayer]
    red: StoredLayer
    nir: StoredLayer
    day_of_year: str
    reliability: str
    vi_quality: str
    quality_rule: str

    @property
    def physical(self) -> list[StoredLayer]:
        """Layers of physical values."""
        return [*self.indices.values(), self.red, self.nir]


class CoarseProduct(NamedTuple):
    """A product.

    Attributes
    ----------
    name : str
        As the names of its files begin.
    satellite : str
        A run takes at most one product of each satellite.
    pixel_m : float
        Width of a pixel [m].
    first_day, step_days : int
        Day of the year on which the first composite begins, and the days from one to the next [d].
    layers : Layers
    """

    name: str
    satellite: str
    pixel_m: float
    first_day: int
    step_days: int
    layers: Layers


# MODIS Vegetation Index User Guide (MOD13 Series), Collection 6.1, Didan and Barreto Munoz (2019)
_MOD13 = Layers(
    indices={"ndvi": StoredLayer("NDVI", (-0.2, 1.0), 1e-4, -3000)},
    red=StoredLayer("red reflectance", (0.0, 1.0), 1e-4, -1000),
    nir=StoredLayer("NIR reflectance", (0.0, 1.0), 1e-4, -1000),
    day_of_year="composite day of the year",
    reliability="pixel reliability",
    vi_quality="VI Quality",
    quality_rule="mod13",
)
# Aqua's composites lie half a period after Terra's. Pixels are parts of tiles of 1111950.52 m.
_ROWS = (
    CoarseProduct("MOD13Q1", "Terra", 231.656358, 1, 16, _MOD13),
    CoarseProduct("MYD13Q1", "Aqua", 231.656358, 9, 16, _MOD13),
    CoarseProduct("MOD13A1", "Terra", 463.312717, 1, 16, _MOD13),
    CoarseProduct("MYD13A1", "Aqua", 463.312717, 9, 16, _MOD13),
    CoarseProduct("MOD13A2", "Terra", 926.625433, 1, 16, _MOD13),
    CoarseProduct("MYD13A2", "Aqua", 926.625433, 9, 16, _MOD13),
)
PRODUCTS = {row.name: row for row in _ROWS}


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
    return next((row for row in _ROWS if name.upper().startswith(row.name)), None)


def disagreements(names: Sequence[str]) -> list[str]:
    """Reasons why products cannot form a series: two of a satellite, or pixels of different width.

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
        reasons.append("two of one satellite; take one of Terra (MOD...), one of Aqua (MYD...), or both")
    if len({product.pixel_m for product in products}) > 1:
        widths = " and ".join(f"{product.name} ({product.pixel_m:.0f} m)" for product in products)
        reasons.append(f"pixels of different width, {widths}; take products of equal width")
    return reasons


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
