"""Solver of smoothing splines: kernel, decomposition of a station set, choice of the smoothing parameter.

Sources: Wahba (1990), Spline Models for Observational Data, chapters 1, 2, 4 and 5; Green and Silverman
(1994), Nonparametric Regression and Generalized Linear Models, chapter 7.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.linalg import eigh, solve_triangular

# E(r) = theta r^power, in 2-D times log r: (theta, power) by (dimension, order). Wahba (1990), 2.4.
KERNELS = {
    (2, 2): (1.0 / (8.0 * np.pi), 2),
    (2, 3): (-1.0 / (128.0 * np.pi), 4),
    (3, 2): (-1.0 / (8.0 * np.pi), 1),
    (3, 3): (1.0 / (96.0 * np.pi), 3),
}
# Ends of the search for rho, as multiples of the smallest and the largest eigenvalue: there the signal is
# within about 1e-4 of all data and of the trend alone.
LOWER_END, UPPER_END = 1e-4, 1e4
GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


@njit(cache=True, nogil=True)
def _fill_kernel(targets: np.ndarray, knots: np.ndarray, theta: float, power: int, out: np.ndarray) -> None:
    """Write E(|targets_i - knots_j|) into out[:, :n]; knots are (d, n) for a contiguous inner loop."""
    dimension, n = knots.shape
    for i in range(targets.shape[0]):
        row = out[i, :n]
        row[:] = 0.0
        for k in range(dimension):
            x = targets[i, k]
            for j in range(n):
                row[j] += (x - knots[k, j]) ** 2
        if dimension == 2:
            for j in range(n):
                squared = row[j]
                if squared > 0.0:
                    # r^2 log r = r^2 log(r^2) / 2 spares the square root
                    value = 0.5 * theta * squared * np.log(squared)
                    row[j] = value if power == 2 else value * squared
        elif power == 1:
            for j in range(n):
                row[j] = theta * np.sqrt(row[j])
        else:
            for j in range(n):
                row[j] = theta * row[j] * np.sqrt(row[j])


def kernel(targets: np.ndarray, knots: np.ndarray, order: int, more_columns: int = 0) -> np.ndarray:
    """Return E(|x - x_j|) of targets (N, d) and knots (n, d), (N, n), with more columns left unset."""
    theta, power = KERNELS[knots.shape[1], order]
    out = np.empty((len(targets), len(knots) + more_columns))
    _fill_kernel(np.ascontiguousarray(targets), np.ascontiguousarray(knots.T), theta, power, out)
    return out


class Solution(NamedTuple):
    """Fit of fields (T,) observed at one station set (n,)."""

    coefficients: np.ndarray  # of the kernel, (T, n)
    trend_coefficients: np.ndarray  # (T, p)
    loo_residuals: np.ndarray  # (T, n)
    loo_variance: np.ndarray  # (T, n)
    rho: np.ndarray
    signal: np.ndarray
    rtgcv: np.ndarray
    rtvar: np.ndarray
    flag: np.ndarray


class StationSet:
    """Decomposition of one set of stations, and the smoothing of the fields observed at exactly these.

    Everything is in coordinates divided by the error scale w: E / (w w'), T / w, z / w.

    Parameters
    ----------
    energy : (n, n)
        Kernel E among the stations.
    trend : (n, p)
    scale : (n,)
        Relative standard deviations w of the errors.
    """

    def __init__(self, energy: np.ndarray, trend: np.ndarray, scale: np.ndarray) -> None:
        p = trend.shape[1]
        self.scale = scale
        self.energy = energy / np.outer(scale, scale)
        q, r = np.linalg.qr(trend / scale[:, None], mode="complete")
        eigenvalues, u = eigh(q[:, p:].T @ self.energy @ q[:, p:])
        if not eigenvalues[-1] > 1e-12 * np.abs(self.energy).max():
            raise ValueError(f"the stations are at {p} places or fewer: too few for a spline")
        self.eigenvalues = np.maximum(eigenvalues, 0.0)
        self.trend_solve = solve_triangular(r[:p], q[:, :p].T)  # R^-1 Q1'
        self.basis = q[:, p:] @ u  # V = Q2 U

    def solve(self, values: np.ndarray, criterion: str, rho: np.ndarray | None) -> Solution:
        """Smooth values (T, n) with the given rho (T,), or with rho chosen by the criterion.

        rho and the variance of the field are kept for `posterior_variance`. The textbook ratios appear with
        the common power of rho cancelled, so that rho = 0 is allowed.
        """
        n, z = len(self.scale), values.T / self.scale[:, None]
        g = self.basis.T @ z
        flag = np.full(len(values), "fixed", dtype=object)
        if rho is None:
            rho, flag = choose_rho(self.eigenvalues, g, n, criterion, np.linalg.norm(z, axis=0))
        elif np.any(rho == 0.0) and self.eigenvalues[0] <= 1e-12 * self.eigenvalues[-1]:
            raise ValueError("two stations at one place: merge them or give a positive rho")
        f = 1.0 / (self.eigenvalues[:, None] + rho)
        c = self.basis @ (g * f)
        squares, trace = np.sum((g * f) ** 2, axis=0), np.sum(f, axis=0)  # RSS / rho^2, tr(I - A) / rho
        self.rho, self.field_variance = rho, squares / trace  # VAR / rho
        retained = self.basis**2 @ f  # (1 - A_ii) / rho
        # A station that alone determines a trend term has no leave-one-out residual.
        retained = np.where(retained > 1e-12 * trace, retained, np.nan)
        return Solution(
            coefficients=(c / self.scale[:, None]).T,
            trend_coefficients=(self.trend_solve @ (z - self.energy @ c - rho * c)).T,
            loo_residuals=(c / retained * self.scale[:, None]).T,
            loo_variance=(self.field_variance / retained * self.scale[:, None] ** 2).T,
            rho=rho,
            signal=n - rho * trace,
            rtgcv=np.sqrt(n * squares) / trace,
            rtvar=np.sqrt(rho * self.field_variance),
            flag=flag,
        )

    def posterior_variance(self, energy: np.ndarray, trend: np.ndarray, own: float = 0.0) -> np.ndarray:
        """Variance of linear functionals of f, (functionals, T). Wahba (1990), 1.5 and 5.1.

        energy (functionals, n) and trend (functionals, p) are the functionals applied to E(., x_j) and to the
        trend; own is the functional applied twice to E, zero for values at points.
        """
        energy = energy / self.scale
        spread = trend @ self.trend_solve
        through = spread @ self.energy
        alpha = own + np.einsum("ij,ij->i", spread, through - 2.0 * energy)
        beta = np.einsum("ij,ij->i", spread, spread)
        explained = ((energy - through) @ self.basis) ** 2 @ (1.0 / (self.eigenvalues[:, None] + self.rho))
        variance = self.field_variance * (alpha[:, None] + np.outer(beta, self.rho) - explained)
        return np.maximum(variance, 0.0)


def _score(
    log_rho: np.ndarray, eigenvalues: np.ndarray, power: np.ndarray, n: int, criterion: str
) -> np.ndarray:
    """Score of each field at its own rho; power = squared coordinates g^2, (n - p, T)."""
    f = 1.0 / (eigenvalues[:, None] + np.exp(log_rho))
    if criterion == "gcv":
        return n * np.sum(power * f**2, axis=0) / np.sum(f, axis=0) ** 2
    return len(eigenvalues) * np.log(np.sum(power * f, axis=0)) - np.sum(np.log(f), axis=0)


def _minimise(
    eigenvalues: np.ndarray, power: np.ndarray, n: int, criterion: str
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise a score over rho for every field: a grid for the global minimum, then golden section.

    Returns rho (fields,) and where it lies: -1 at the lower end, 0 inside, 1 at the upper end.
    """
    largest = eigenvalues[-1]
    low = np.log(LOWER_END * max(eigenvalues[0], 1e-12 * largest))
    high = np.log(UPPER_END * largest)
    grid = np.linspace(low, high, int(np.ceil((high - low) * 4)) + 1)
    scores = np.stack([_score(np.full(power.shape[1], x), eigenvalues, power, n, criterion) for x in grid])
    best = np.argmin(scores, axis=0)
    side = np.where(best == 0, -1, np.where(best == len(grid) - 1, 1, 0))
    inner = np.clip(best, 1, len(grid) - 2)
    a, b = grid[inner - 1], grid[inner + 1]
    x1, x2 = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
    s1, s2 = (_score(x, eigenvalues, power, n, criterion) for x in (x1, x2))
    for _ in range(40):
        left = s1 < s2
        a, b = np.where(left, a, x1), np.where(left, x2, b)
        new = np.where(left, b - GOLDEN * (b - a), a + GOLDEN * (b - a))
        s_new = _score(new, eigenvalues, power, n, criterion)
        x1, x2 = np.where(left, new, x2), np.where(left, x1, new)
        s1, s2 = np.where(left, s_new, s2), np.where(left, s1, s_new)
    return np.exp(np.where(side == 0, (a + b) / 2.0, grid[best])), side


def choose_rho(
    eigenvalues: np.ndarray, g: np.ndarray, n: int, criterion: str, magnitude: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Choose rho (T,) by the criterion, or by GML where GCV is not to be trusted; return it with flags (T,).

    g (n - p, T) are the data in the eigenbasis, magnitude (T,) is the norm of the data: a field that is a
    trend to rounding has no information on rho and is left at its upper end.
    """
    exact = np.linalg.norm(g, axis=0) <= 1e-12 * magnitude
    power = np.where(exact, 1.0, g**2)
    flags = np.full(g.shape[1], "", dtype=object)
    rho, side = _minimise(eigenvalues, power, n, criterion)
    if criterion == "gcv":
        signal = n - rho * np.sum(1.0 / (eigenvalues[:, None] + rho), axis=0)
        bad = (side != 0) | (signal > n / 2.0)
        flags[signal > n / 2.0] = "GML: signal above n/2"
        flags[side != 0] = "GML: GCV has no interior minimum"
        if bad.any():
            rho[bad], side[bad] = _minimise(eigenvalues, power[:, bad], n, "gml")
    ends = {-1: "rho at its lower end (interpolation)", 1: "rho at its upper end (trend only)"}
    for i in np.flatnonzero(side):
        flags[i] = "; ".join(filter(None, [flags[i], ends[side[i]]]))
    rho[exact] = UPPER_END * eigenvalues[-1]
    flags[exact] = "the values are a trend exactly"
    return rho, flags
