"""NPP against measurements, MODIS and climate-only models."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

CARBON_SHARE = 0.45  # gC per g dry matter
MOD17_SCALE = 0.1  # gC m-2 yr-1 per digital number (0.0001 kgC)
MOD17_GREATEST = 32700
MOD17_FILLS = {
    32761: "unclassified",
    32762: "urban or built-up",
    32763: "wetland",
    32764: "snow or ice",
    32765: "barren or sparsely vegetated",
    32766: "water",
    32767: "fill",
}
TABLE_COLUMNS = ["kind", "name", "simulated", "reference", "bias", "bias_percent", "n", "valid_percent"]


@dataclass(frozen=True)
class Agreement:
    """How n predictions agree with observations: bias, MAE, RMSE [their unit], r and Lin's rho_c [1]."""

    n: int
    bias: float
    mae: float
    rmse: float
    r: float
    concordance: float


def agreement(predicted, observed) -> Agreement:
    """Compare pairs of values.

    bias = mean(p - o); rho_c = 2 s_po / (s_p^2 + s_o^2 + (mean p - mean o)^2), moments with 1 / n.

    Parameters
    ----------
    predicted, observed : arrays of one shape
        In one unit; pairs with a NaN are left out.

    Returns
    -------
    Agreement
        bias, MAE and RMSE need one pair, else NaN; r and rho_c need two and some spread in both.

    Raises
    ------
    ValueError
        For shapes that differ.

    References
    ----------
    Lin 1989, Biometrics 45:255-268.
    """
    p, o = np.asarray(predicted, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if p.shape != o.shape:
        raise ValueError(f"predicted {p.shape} and observed {o.shape} must have one shape")
    both = ~(np.isnan(p) | np.isnan(o))
    p, o = p[both], o[both]
    if p.size == 0:
        return Agreement(0, *[np.nan] * 5)
    error = p - o
    scores = (error.mean(), np.abs(error).mean(), np.sqrt((error**2).mean()))
    r = concordance = np.nan
    if np.ptp(p) > 0 and np.ptp(o) > 0:
        covariance = ((p - p.mean()) * (o - o.mean())).mean()
        r = covariance / (p.std() * o.std())
        concordance = 2 * covariance / (p.var() + o.var() + error.mean() ** 2)
    return Agreement(p.size, *(float(score) for score in (*scores, r, concordance)))


def aggregate_to_cells(
    values, cell_index, n_cells: int, min_share: float = 0.5, whole_cell: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Average fine cells into the coarse cells that hold them.

    Parameters
    ----------
    values : array
        Fine map; NaN cells are left out.
    cell_index : integer array of the same shape
        Number of the coarse cell, 0 to n_cells - 1, that holds each fine cell; negative for none.
    n_cells : int
        Number of coarse cells.
    min_share : float
        Least valid share of a coarse cell for which a mean is given, 0 to 1.
    whole_cell : float, optional
        Fine cells that fill one coarse cell (ratio of the areas). Without it the share is of the fine cells
        that fall in the coarse cell, which makes cells cut by the edge of the fine map look complete.

    Returns
    -------
    means : (n_cells,) array
        [unit of values]; NaN below min_share.
    shares : (n_cells,) array
        Valid share of each coarse cell, 0 to 1 [1]; 0 where no fine cell falls.

    Raises
    ------
    ValueError
        For shapes that differ, an index beyond n_cells, or min_share outside 0 to 1.
    """
    values, cell_index = np.asarray(values, dtype=np.float64), np.asarray(cell_index)
    if values.shape != cell_index.shape:
        raise ValueError(f"values {values.shape} and cell_index {cell_index.shape} must have one shape")
    if cell_index.max(initial=-1) >= n_cells:
        raise ValueError(f"cell_index reaches {cell_index.max()}, but there are {n_cells} coarse cells")
    if not 0 <= min_share <= 1:
        raise ValueError(f"min_share={min_share} must be 0 to 1")
    held = cell_index >= 0
    valid = held & ~np.isnan(values)
    counts = np.bincount(cell_index[valid], minlength=n_cells)
    sums = np.bincount(cell_index[valid], values[valid], minlength=n_cells)
    full = whole_cell if whole_cell else np.bincount(cell_index[held], minlength=n_cells)
    # A cell's fine cells can outnumber the ratio of areas by one row or column of centres.
    shares = np.minimum(counts / np.maximum(full, 1), 1.0)
    enough = (counts > 0) & (shares >= min_share)
    return np.where(enough, sums / np.maximum(counts, 1), np.nan), shares


def decode_mod17_npp(numbers) -> tuple[np.ndarray, dict[str, int]]:
    """Decode annual NPP of MOD17A3HGF.

    NPP = 0.1 DN for DN <= 32700; above are fill classes, of which urban land is one.

    Parameters
    ----------
    numbers : int16 array
        Digital numbers of the layer Npp_500m.

    Returns
    -------
    npp : float64 array
        [gC m-2 yr-1]; NaN for fills.
    fills : {name: count}
        Cells of each fill class that occurs ("undefined" for numbers above 32700 without a class).

    References
    ----------
    Running and Zhao 2021, MOD17A3HGF v061 user's guide, https://doi.org/10.5067/MODIS/MOD17A3HGF.061.
    """
    numbers = np.asarray(numbers)
    fill = numbers > MOD17_GREATEST
    fills: dict[str, int] = {}
    for value, count in zip(*np.unique(numbers[fill], return_counts=True), strict=True):
        name = MOD17_FILLS.get(int(value), "undefined")
        fills[name] = fills.get(name, 0) + int(count)
    return np.where(fill, np.nan, numbers * MOD17_SCALE), fills


def miami(temperature, precipitation, carbon_share: float = CARBON_SHARE) -> np.ndarray:
    """NPP that climate alone allows, by the Miami model.

    NPP = c min(3000 / (1 + exp(1.315 - 0.119 T)), 3000 (1 - exp(-0.000664 P))); the 3000 are g dry matter.

    Parameters
    ----------
    temperature : array
        Mean annual temperature [degC].
    precipitation : array
        Annual precipitation [mm yr-1].
    carbon_share : float
        c [gC per g dry matter].

    Returns
    -------
    array
        [gC m-2 yr-1]; NaN stays local.

    References
    ----------
    Lieth 1975, in Primary Productivity of the Biosphere, 237-263.
    """
    t, p = np.asarray(temperature, dtype=np.float64), np.asarray(precipitation, dtype=np.float64)
    warmth = 3000.0 / (1.0 + np.exp(1.315 - 0.119 * t))
    rain = 3000.0 * (1.0 - np.exp(-0.000664 * p))
    return carbon_share * np.minimum(warmth, rain)


def thornthwaite_memorial(temperature, precipitation, carbon_share: float = CARBON_SHARE) -> np.ndarray:
    """NPP that actual evapotranspiration allows, by the Thornthwaite Memorial model.

    L = 300 + 25 T + 0.05 T^3 [mm]; v = 1.05 P / sqrt(1 + (1.05 P / L)^2) [mm];
    NPP = c 3000 (1 - exp(-0.0009695 (v - 20))), not below 0.

    Parameters
    ----------
    temperature : array
        Mean annual temperature [degC].
    precipitation : array
        Annual precipitation [mm yr-1].
    carbon_share : float
        c [gC per g dry matter].

    Returns
    -------
    array
        [gC m-2 yr-1]; 0 where it is so cold that L <= 0. NaN stays local.

    References
    ----------
    Lieth and Box 1972, Publications in Climatology 25:37-46; L after Turc 1954.
    """
    t, p = np.asarray(temperature, dtype=np.float64), np.asarray(precipitation, dtype=np.float64)
    limit = np.maximum(300.0 + 25.0 * t + 0.05 * t**3, 0.0)
    supply = 1.05 * p
    reach = np.hypot(limit, supply)  # v = supply limit / reach, without dividing by a limit of 0
    v = supply * limit / np.where(reach == 0, 1.0, reach)
    return carbon_share * np.maximum(3000.0 * (1.0 - np.exp(-0.0009695 * (v - 20.0))), 0.0)


def compare_classes(npp, classes, names: dict[int, str], cell_index, reference) -> pd.DataFrame:
    """Compare class means of a fine map with a coarse reference, weighted by the class's area in each cell.

    reference_k = sum_c a_kc R_c / sum_c a_kc over the coarse cells c that have a value, with a_kc fine cells
    of class k in c; the simulated mean is of the same fine cells.

    Parameters
    ----------
    npp : array
        Fine map [gC m-2 yr-1].
    classes, cell_index : integer arrays of the same shape
        Class code; number of the coarse cell, negative for none.
    names : {code: name}
        Classes to report.
    reference : (n_cells,) array
        Coarse map, such as decoded MOD17 [gC m-2 yr-1]; NaN is missing.

    Returns
    -------
    DataFrame
        Columns of `TABLE_COLUMNS`, kind "land use": n is the number of coarse cells with a value that hold
        the class, valid_percent the share of the class's mapped area that lies in them. MOD17 has no value in
        urban cells, so that of construction land comes from cells it shares with other classes.
    """
    npp, reference = np.asarray(npp, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    classes, cell_index = np.asarray(classes), np.asarray(cell_index)
    at_cell = np.append(reference, np.nan)[np.where(cell_index >= 0, cell_index, reference.size)]
    mapped, seen = ~np.isnan(npp), ~np.isnan(at_cell)
    rows = []
    for code, name in names.items():
        area = (classes == code) & mapped
        compared = area & seen
        simulated, observed = (_mean(a[compared]) for a in (npp, at_cell))
        n = np.unique(cell_index[compared]).size
        share = 100.0 * compared.sum() / area.sum() if area.any() else np.nan
        rows.append(_row("land use", name, simulated, observed, n, share))
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def compare_plots(names, measured, npp_by_plot) -> pd.DataFrame:
    """Compare field plots, towers or any places with the map around them.

    Parameters
    ----------
    names : sequence of str
        Plots.
    measured : sequence of float
        Measured NPP [gC m-2 yr-1] (dry matter x 0.45 where carbon was not measured).
    npp_by_plot : sequence of arrays
        Simulated NPP of the cells of each plot [gC m-2 yr-1]; NaN cells are left out.

    Returns
    -------
    DataFrame
        Columns of `TABLE_COLUMNS`, kind "plot": n is the number of valid cells, valid_percent their share.
    """
    rows = []
    for name, reference, cells in zip(names, measured, npp_by_plot, strict=True):
        cells = np.asarray(cells, dtype=np.float64)
        valid = cells[~np.isnan(cells)]
        share = 100.0 * valid.size / cells.size if cells.size else np.nan
        rows.append(_row("plot", name, _mean(valid), float(reference), valid.size, share))
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def _mean(values: np.ndarray) -> float:
    """Mean, NaN of nothing."""
    return float(values.mean()) if values.size else np.nan


def _row(kind, name, simulated, reference, n, valid_percent) -> tuple:
    """One row of the comparison table."""
    bias = simulated - reference
    percent = 100.0 * bias / reference if reference else np.nan
    return kind, name, simulated, reference, bias, percent, int(n), valid_percent
