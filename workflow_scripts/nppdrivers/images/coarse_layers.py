"""Layers of the families of coarse products, as the guides of the products describe them.

The standard library alone, as in `coarse_products`.
"""

from functools import cache
from typing import NamedTuple

from nppdrivers.images import coarse_reliability
from nppdrivers.registers import register


class StoredLayer(NamedTuple):
    """A layer as the guide of its product describes it.

    Attributes
    ----------
    name : str
        End of the layer's name: "NDVI" for "250m 16 days NDVI".
    valid_range : (low, high)
        Physical values [1].
    scale : float
        Physical value = stored x scale, in copies of the product that do not state it.
    fills : tuple of float
        Stored numbers of missing pixels, in copies of the product that do not state them.
    required : bool
        Whether a composite cannot be read without it.
    """

    name: str
    valid_range: tuple[float, float]
    scale: float
    fills: tuple[float, ...]
    required: bool


class Layers(NamedTuple):
    """Layers of a family of products, and which numbers of pixel reliability count.

    Attributes
    ----------
    indices : dict of str to StoredLayer
        Vegetation indices by their names in `vegetation_index`.
    red, nir, day, reliability, quality : StoredLayer
    good, usable : tuple of int
        Pixel reliability of observations that are good, and of these and the others that are used. What is
        in neither, an average of other years for instance, is no observation.
    """

    indices: dict[str, StoredLayer]
    red: StoredLayer
    nir: StoredLayer
    day: StoredLayer
    reliability: StoredLayer
    quality: StoredLayer
    good: tuple[int, ...]
    usable: tuple[int, ...]

    @property
    def physical(self) -> list[StoredLayer]:
        """Layers of physical values."""
        return [*self.indices.values(), self.red, self.nir]


@cache
def layers_of(family: str) -> Layers:
    """Layers of a family of products."""
    stored = {
        row["layer"]: StoredLayer(
            row["name"],
            (float(row["low"]), float(row["high"])),
            float(row["scale"]),
            tuple(map(float, row["fills"].split())),
            row["required"] == "yes",
        )
        for row in register(__file__)
        if row["family"] == family
    }
    return Layers(
        indices={"ndvi": stored["ndvi"]},
        red=stored["red"],
        nir=stored["nir"],
        day=stored["day"],
        reliability=stored["reliability"],
        quality=stored["quality"],
        good=coarse_reliability.numbers(family, ("good",)),
        usable=coarse_reliability.numbers(family, ("good", "usable")),
    )
