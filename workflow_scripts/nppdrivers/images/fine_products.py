"""The fine products that can be read, a row for each sensor: bands, quality layer, scale, offset, fill."""

from typing import NamedTuple

from nppdrivers.registers import register


class FineProduct(NamedTuple):
    """A product.

    Attributes
    ----------
    sensor, product : str
    red, nir, quality : str
        Names of its layers.
    scale, offset : float
        Reflectance [1] = stored x scale + offset; that of Sentinel-2 also has the offset of the product.
    fill : int
        Stored number of missing pixels.
    """

    sensor: str
    product: str
    red: str
    nir: str
    quality: str
    scale: float
    offset: float
    fill: int


def _product(row: dict[str, str]) -> FineProduct:
    layers = (row["red"], row["nir"], row["quality"])
    return FineProduct(
        row["sensor"], row["product"], *layers, float(row["scale"]), float(row["offset"]), int(row["fill"])
    )


FINE_PRODUCTS = {row["sensor"]: _product(row) for row in register(__file__)}


class Tabulated:
    """An image of a sensor in the table, which says how its bands are stored."""

    sensor: str

    @property
    def product(self) -> FineProduct:
        """Row of the table of products."""
        return FINE_PRODUCTS[self.sensor]

    @property
    def scaling(self) -> tuple[float, float]:
        """Scale and offset: reflectance [1] = stored x scale + offset."""
        return self.product.scale, self.product.offset

    @property
    def fill(self) -> float:
        """Stored number of missing pixels of a band."""
        return self.product.fill
