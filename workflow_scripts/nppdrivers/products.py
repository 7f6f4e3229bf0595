"""The register of products: unit, valid range, long name and colours of every raster a run writes."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Product:
    """One kind of raster.

    Attributes
    ----------
    name, unit, long_name : str
        The unit is written as in UDUNITS (``gC m-2 yr-1``); ``1`` means dimensionless.
    minimum, maximum : float
        Valid range [unit]; a value outside it is an error, not data.
    kind : {"continuous", "classes"}
        Continuous values are float32 with NaN as nodata, class codes uint8 with 0 as nodata.
    colours : str
        Name of the colour map.
    """

    name: str
    unit: str
    minimum: float
    maximum: float
    long_name: str
    kind: str
    colours: str

    @property
    def dtype(self) -> str:
        """Data type in files."""
        return "uint8" if self.kind == "classes" else "float32"

    @property
    def nodata(self) -> float:
        """Value that marks missing cells in files."""
        return 0 if self.kind == "classes" else float("nan")

    @property
    def label(self) -> str:
        """Long name with its unit in brackets, for axes and legends."""
        return self.long_name if self.unit == "1" else f"{self.long_name} [{self.unit}]"

    def check(self, values: np.ndarray, where: str) -> None:
        """Raise ValueError when a finite value lies outside the valid range; NaN is allowed."""
        if values.size == 0 or not np.isfinite(values).any():
            return
        low, high = np.nanmin(values), np.nanmax(values)
        # float32 rounding must not turn a value at the limit into an error
        slack = 1e-6 * max(abs(self.minimum), abs(self.maximum))
        if low < self.minimum - slack or high > self.maximum + slack:
            raise ValueError(
                f"{where}: {self.name} has values from {low:.6g} to {high:.6g} {self.unit}, "
                f"outside {self.minimum:g} to {self.maximum:g}; check the unit and the scale of the input"
            )


@cache
def _register() -> dict[str, Product]:
    with (files("nppdrivers") / "products.csv").open() as table:
        rows = pd.read_csv(table, dtype={"unit": str}).to_dict("records")
    return {row["product"]: Product(name=row.pop("product"), **row) for row in rows}


def product(name: str) -> Product:
    """Product of that name, or with ``_sd`` after it its standard deviation; KeyError if unknown."""
    if name.endswith("_sd"):
        of = product(name.removesuffix("_sd"))
        spread = of.maximum - of.minimum
        return Product(name, of.unit, 0.0, spread, f"Standard deviation of {of.long_name}", of.kind, "magma")
    if name not in _register():
        raise KeyError(f"no product called {name!r}; known: {', '.join(_register())}")
    return _register()[name]
