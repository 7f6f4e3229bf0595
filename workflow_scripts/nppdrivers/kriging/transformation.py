"""Transforms that bring skewed values nearer to a normal distribution, and expectations back on their scale.

Source: Box and Cox (1964), An analysis of transformations, J. R. Stat. Soc. B 26, 211-252.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

TRANSFORMS = ("raw", "log", "boxcox")
SMALLEST_POWER = 0.02  # a Box-Cox power below it is the logarithm
# Gauss-Hermite nodes and weights of N(0, 1)
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(11)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Transform:
    """Raw values, their logarithm, or Box-Cox t = (z^power - 1) / power with power > 0."""

    name: str
    power: float = 1.0

    def forward(self, z: np.ndarray) -> np.ndarray:
        """Return the transformed values."""
        if self.name == "raw":
            return z
        return np.log(z) if self.name == "log" else (z**self.power - 1.0) / self.power

    def inverse(self, t: np.ndarray) -> np.ndarray:
        """Return the values; Box-Cox below its least value -1 / power gives 0."""
        if self.name == "raw":
            return t
        return (
            np.exp(t) if self.name == "log" else np.maximum(self.power * t + 1.0, 0.0) ** (1.0 / self.power)
        )

    def log_jacobian(self, z: np.ndarray) -> np.ndarray:
        """Return log dt/dz."""
        if self.name == "raw":
            return np.zeros_like(z)
        return (self.power - 1.0) * np.log(z) if self.name == "boxcox" else -np.log(z)

    def moments(self, mean: np.ndarray, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the values where t is N(mean, sd^2); Box-Cox by quadrature."""
        if self.name == "raw":
            return mean, sd
        if self.name == "log":
            expected = np.exp(mean + 0.5 * sd**2)
            return expected, expected * np.sqrt(np.expm1(sd**2))
        centre = self.inverse(mean)
        first, second = np.zeros_like(centre), np.zeros_like(centre)
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            deviation = self.inverse(mean + node * sd) - centre
            first += weight * deviation
            second += weight * deviation**2
        return centre + first, np.sqrt(np.maximum(second - first**2, 0.0))


RAW = Transform("raw")


def fit_transform(name: str, values: np.ndarray) -> Transform | None:
    """Return the transform of that name for values, Box-Cox with its power of greatest likelihood.

    None where the values are not all positive, or where Box-Cox is the logarithm. Negative powers are left
    to the logarithm: their predictive distributions have no mean.
    """
    if name not in TRANSFORMS:
        raise ValueError(f"transform {name!r} is unknown: use one of {', '.join(TRANSFORMS)}")
    if name == "raw":
        return RAW
    if values.min() <= 0.0:
        return None
    if name == "log":
        return Transform("log", 0.0)
    # With the geometric mean at 1 the Jacobian is constant.
    scaled = values / np.exp(np.log(values).mean())

    def deviance(power: float) -> float:
        return float(np.log(np.std((scaled**power - 1.0) / power)))

    power = float(minimize_scalar(deviance, bounds=(SMALLEST_POWER / 2.0, 2.0), method="bounded").x)
    return Transform("boxcox", power) if power >= SMALLEST_POWER else None
