"""Measured quantities: their unit, what values they can take, and the unit mistakes that are often made."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Quantity:
    """A quantity in the unit that the project uses.

    Attributes
    ----------
    unit : str
    low, high : float
        Values outside are impossible.
    typical : (float, float)
        Where the median (of sums over time: the daily mean) of a table lies anywhere on the vegetated Earth.
    mistakes : mapping of str to (float, float)
        Name of a wrong unit to (factor, offset): value in `unit` = value x factor + offset.
    """

    unit: str
    low: float
    high: float
    typical: tuple[float, float]
    mistakes: Mapping[str, tuple[float, float]]

    def likely_units(self, values: np.ndarray, centre: float) -> list[str]:
        """Wrong units that would explain the values; empty when the values are typical as they are.

        Parameters
        ----------
        values : array
            Values that are not NaN.
        centre : float
            What is compared with `typical`, in the unit of `values`.
        """
        low, high = np.quantile(values, [0.1, 0.9])  # single wrong values tell nothing about the unit
        if self._is_typical(centre, low, high):
            return []
        return [
            name + (f" (x {factor:.6g})" if factor != 1 else "") + (f" ({offset:+.6g})" if offset else "")
            for name, (factor, offset) in self.mistakes.items()
            if self._is_typical(*(value * factor + offset for value in (centre, low, high)))
        ]

    def _is_typical(self, centre: float, low: float, high: float) -> bool:
        return self.typical[0] <= centre <= self.typical[1] and low >= self.low and high <= self.high


_TENTH = (0.1, 0)

# Extremes: WMO Archive of Weather and Climate Extremes, rounded outwards. Sums are a day's.
WEATHER = {
    "temperature": Quantity(
        "degC",
        -70,
        60,
        (-25, 35),
        {"kelvin": (1, -273.15), "degrees Fahrenheit": (5 / 9, -160 / 9), "0.1 degC": _TENTH},
    ),
    "precipitation": Quantity(
        "mm",
        0,
        1900,
        (0.1, 14),
        {
            "0.1 mm": _TENTH,
            "inches": (25.4, 0),
            "metres": (1000, 0),
            "mm per day in a monthly table": (30.4, 0),
        },
    ),
    "sunshine": Quantity(
        "h",
        0,
        24,
        (1, 14),
        {"0.1 h": _TENTH, "minutes": (1 / 60, 0), "hours per day in a monthly table": (30.4, 0)},
    ),
    "relative_humidity": Quantity("%", 0, 100, (12, 100), {"a fraction": (100, 0)}),
    "wind_speed": Quantity("m s-1", 0, 100, (0.2, 12), {"0.1 m s-1": _TENTH}),
    "solar_radiation": Quantity(
        "MJ m-2",
        0,
        50,
        (2, 33),
        {
            "W m-2": (0.0864, 0),
            "kWh m-2": (3.6, 0),
            "J m-2": (1e-6, 0),
            "0.01 MJ m-2": (0.01, 0),
            "MJ m-2 per day in a monthly table": (30.4, 0),
        },
    ),
}

_FRACTION, _PER_MILLE = (100, 0), (0.1, 0)

SOIL = {
    "CF": Quantity("%", 0, 100, (2, 90), {"a fraction": _FRACTION, "g kg-1": _PER_MILLE}),
    "SOC": Quantity(
        "g kg-1", 0, 600, (1, 500), {"a fraction": (1000, 0), "%": (10, 0), "mg kg-1": (1e-3, 0)}
    ),
    "TN": Quantity("g kg-1", 0, 60, (0.1, 40), {"%": (10, 0), "a fraction": (1000, 0), "mg kg-1": (1e-3, 0)}),
    "AP": Quantity("mg kg-1", 0, 1000, (0.5, 400), {"g kg-1": (1000, 0), "0.001 mg kg-1": (1e-3, 0)}),
    "AK": Quantity("mg kg-1", 0, 5000, (10, 2000), {"g kg-1": (1000, 0), "cmol kg-1": (391, 0)}),
    "pH": Quantity("1", 2, 12, (3.5, 10.5), {"0.1 pH": _TENTH}),
    "BD": Quantity("g cm-3", 0.1, 2.65, (0.4, 2), {"kg m-3": (1e-3, 0), "0.01 g cm-3": (0.01, 0)}),
}

NPP_POINTS = {
    "npp_gC_m2_yr": Quantity(
        "gC m-2 yr-1",
        0,
        5000,
        (15, 3000),
        {"t C ha-1 yr-1": (100, 0), "kg C m-2 yr-1": (1000, 0), "gC m-2 day-1": (365, 0)},
    ),
}

PLOTS = {
    "size_m": Quantity("m", 0.1, 1000, (0.5, 500), {}),
    "biomass_g_m2_yr": Quantity(
        "g m-2 yr-1", 0, 10000, (20, 6000), {"t ha-1 yr-1": (100, 0), "kg m-2 yr-1": (1000, 0)}
    ),
}
