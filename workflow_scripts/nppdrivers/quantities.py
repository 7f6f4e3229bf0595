"""The register of quantities: unit, possible and usual values, long name and colours, once for all stages.

Tables and rasters of users are checked against it, surfaces are kept within it, and no raster is written with
a value outside it. Extremes of weather follow the WMO Archive of Weather and Climate Extremes, rounded
outwards: 1825 mm of rain in a day, 9300 mm in a month, 26461 mm in a year.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from nppdrivers.registers import register

_PER_MONTH = " month-1"


@dataclass(frozen=True)
class Quantity:
    """One quantity in the unit that the project uses.

    Attributes
    ----------
    name, unit, long_name : str
        The unit is written as in UDUNITS (``gC m-2 yr-1``); ``1`` means dimensionless.
    minimum, maximum : float
        Possible values [unit]; a value outside is an error, not data.
    daily_maximum : float
        Largest possible value of a day [unit, of sums over a month without "month-1"].
    typical : (float, float)
        Where the median of a table (of sums over a month: the daily mean) lies anywhere on the vegetated
        Earth; NaN for quantities that users do not bring.
    group : str
        ``weather``, ``soil`` or empty.
    kind : {"continuous", "classes"}
        In files, continuous values are float32 with NaN as nodata, class codes uint8 with 0 as nodata.
    colours : str
        Name of the colour map.
    """

    name: str
    unit: str
    minimum: float
    maximum: float
    daily_maximum: float
    typical: tuple[float, float]
    group: str
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

    @property
    def is_monthly_sum(self) -> bool:
        """Whether the days of a month add up; else their mean is taken."""
        return self.unit.endswith(_PER_MONTH)

    @property
    def daily(self) -> "Quantity":
        """The quantity in a single day; of sums its unit, as in ``mm``, is that of station records."""
        return replace(self, unit=self.unit.removesuffix(_PER_MONTH), maximum=self.daily_maximum)

    def check(self, values: np.ndarray, where: str) -> None:
        """Raise ValueError when a finite value is not possible; NaN is allowed."""
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
def _register() -> dict[str, Quantity]:
    """All quantities by name."""
    # not by pandas: every job needs this table, few need pandas, and its import takes longer than most jobs
    return {row["name"]: _entry(row) for row in register(__file__)}


def _entry(row: dict[str, str]) -> Quantity:
    """Quantity of a row of the register; a number not given is NaN, the daily maximum the maximum."""

    def number(column: str) -> float:
        return float(row[column] or "nan")

    return Quantity(
        name=row["name"],
        unit=row["unit"],
        minimum=number("minimum"),
        maximum=number("maximum"),
        daily_maximum=number("daily_maximum" if row["daily_maximum"] else "maximum"),
        typical=(number("typical_low"), number("typical_high")),
        group=row["group"],
        long_name=row["long_name"],
        kind=row["kind"],
        colours=row["colours"],
    )


def quantity(name: str) -> Quantity:
    """Quantity of that name, or with ``_sd`` after it its standard deviation; KeyError if unknown."""
    if name.endswith("_sd"):
        base = quantity(name.removesuffix("_sd"))
        spread = base.maximum - base.minimum
        return replace(
            base,
            name=name,
            minimum=0.0,
            maximum=spread,
            daily_maximum=spread,
            typical=(np.nan, np.nan),
            group="",
            long_name=f"Standard deviation of {base.long_name}",
            colours="magma",
        )
    if name not in _register():
        raise KeyError(f"no quantity called {name!r}; known: {', '.join(_register())}")
    return _register()[name]


def short_name(name: str) -> str:
    """Name of a quantity for narrow places: "Temperature" of MAT, the mean annual temperature."""
    words = quantity(name).long_name.removeprefix("Mean annual ").removeprefix("reference ")
    return words[0].upper() + words[1:]


def quantities(group: str) -> dict[str, Quantity]:
    """Quantities of a group by name, in the order of the register."""
    return {name: entry for name, entry in _register().items() if entry.group == group}


WEATHER = quantities("weather")
SOIL = quantities("soil")
