"""What is interpolated of a climate variable, its values or their square root, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nppdrivers.quantities import WEATHER, Quantity

SQUARE_ROOT = {"precipitation"}  # variables whose square root is interpolated


@dataclass(frozen=True)
class Transformation:
    """Between the values of a quantity and what is interpolated of it."""

    quantity: Quantity
    square_root: bool

    @classmethod
    def of(cls, variable: str) -> Transformation:
        """Transformation of a weather variable.

        Raises
        ------
        ValueError
            For a variable that the register does not have.
        """
        if variable not in WEATHER:
            raise ValueError(f"variable {variable!r} is unknown: use one of {', '.join(WEATHER)}")
        return cls(WEATHER[variable], variable in SQUARE_ROOT)

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Return the interpolated quantity of values."""
        return np.sqrt(values) if self.square_root else values

    def backward(self, mean: np.ndarray, error: np.ndarray | None) -> np.ndarray:
        """Return the expected value where the interpolated quantity is N(mean, error^2), within its range.

        For the square root x: max(x, 0)^2 + error^2, without a bias (Hutchinson 1998).
        """
        if self.square_root and error is not None:
            mean = np.maximum(mean, 0.0) ** 2 + error**2
        return np.clip(mean, self.quantity.minimum, self.quantity.maximum)

    def backward_error(self, mean: np.ndarray, error: np.ndarray) -> np.ndarray:
        """Return the standard deviation: sqrt(4 x^2 s^2 + 2 s^4) for the square of N(x, s^2)."""
        if not self.square_root:
            return error
        return error * np.sqrt(4.0 * np.maximum(mean, 0.0) ** 2 + 2.0 * error**2)
