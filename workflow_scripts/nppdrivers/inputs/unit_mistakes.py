"""Unit mistakes that are often made, and whether one of them explains the values of a table or raster."""

from functools import cache

import numpy as np

from nppdrivers.quantities import Quantity
from nppdrivers.registers import register

_SAME_FACTOR = 1.25


@cache
def _mistakes() -> list[tuple[str, str, float, float]]:
    """Wrong units of each quantity: value in the right unit = value x factor + offset."""
    return [
        (row["quantity"], row["wrong_unit"], float(row["factor"]), float(row["offset"]))
        for row in register(__file__)
    ]


def likely_units(quantity: Quantity, values: np.ndarray, centre: float) -> list[str]:
    """Wrong units that would explain the values; empty when the values are typical as they are.

    Parameters
    ----------
    quantity : Quantity
        What the values should be; for sums over a month `Quantity.daily`.
    values : array [unit of the quantity]
        Without NaN.
    centre : float
        What is compared with `Quantity.typical`, in the unit of `values`.

    Returns
    -------
    list of str
        Each with what converts it, as in ``0.1 degC (x 0.1)``.
    """
    low, high = np.quantile(values, [0.1, 0.9])  # single wrong values do not show the unit
    if _is_typical(quantity, centre, low, high):
        return []
    return [
        wrong_unit + (f" (x {factor:.6g})" if factor != 1 else "") + (f" ({offset:+.6g})" if offset else "")
        for name, wrong_unit, factor, offset in _mistakes()
        if name == quantity.name
        and _is_typical(quantity, *(value * factor + offset for value in (centre, low, high)))
    ]


def matching_unit(name: str, factor: float) -> tuple[str, float]:
    """Wrong unit that makes values about this many times too large, and what brings them to the right one.

    Without such a unit the first is empty, and the second the inverse of the factor.
    """
    units = [
        (abs(np.log(factor * to_right)), wrong_unit, to_right)
        for quantity, wrong_unit, to_right, offset in _mistakes()
        if quantity == name and offset == 0
    ]
    apart, wrong_unit, to_right = min(units)
    return (wrong_unit, to_right) if apart < np.log(_SAME_FACTOR) else ("", 1 / factor)


def _is_typical(quantity: Quantity, centre: float, low: float, high: float) -> bool:
    """Whether the centre is usual and the middle 80 % of the values possible."""
    usual = quantity.typical[0] <= centre <= quantity.typical[1]
    return bool(usual and low >= quantity.minimum and high <= quantity.maximum)
