"""MOD17A3HGF, and the comparison of a fine map of NPP with it and with places of known NPP."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

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


def aggregate_to_cells(
    values: np.ndarray,
    cell_index: np.ndarray,
    n_cells: int,
    min_share: float = 0.5,
    whole_cell: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Average fine cells into the coarse cells that contain them.

    Parameters
    ----------
    values : array
        Fine map; NaN cells are left out.
    cell_index : integer array of the same shape
        Number of the coarse cell, 0 to n_cells - 1, that contains each fine cell; negative for none.
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
    values, cell_index = np.asarray(values), np.asarray(cell_index)
    if values.shape != cell_index.shape:
        raise ValueError(f"values {values.shape} and cell_index {cell_index.shape} must have one shape")
    if cell_index.max(initial=-1) >= n_cells:
        raise ValueError(f"cell_index reaches {cell_index.max()}, but there are {n_cells} coarse cells")
    if not 0 <= min_share <= 1:
        raise ValueError(f"min_share={min_share} must be 0 to 1")
    within = cell_index >= 0
    valid = within & ~np.isnan(values)
    counts = np.bincount(cell_index[valid], minlength=n_cells)
    sums = np.bincount(cell_index[valid], values[valid], minlength=n_cells)
    full = whole_cell if whole_cell else np.bincount(cell_index[within], minlength=n_cells)
    # A cell's fine cells can outnumber the ratio of areas by one row or column of centres.
    shares = np.minimum(counts / np.maximum(full, 1), 1.0)
    enough = (counts > 0) & (shares >= min_share)
    return np.where(enough, sums / np.maximum(counts, 1), np.nan), shares


def decode_mod17_npp(numbers: np.ndarray) -> tuple[np.ndarray, dict[str, int]]:
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


def compare_classes(
    npp: np.ndarray,
    classes: np.ndarray,
    names: Mapping[int, str],
    cell_index: np.ndarray,
    reference: np.ndarray,
) -> pd.DataFrame:
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
        Columns of `TABLE_COLUMNS`, kind "land use": n is the number of coarse cells with a value that contain
        the class, valid_percent the share of the class's mapped area that lies in them. MOD17 has no value in
        urban cells, so that of construction land comes from cells it shares with other classes.
    """
    npp, reference = np.asarray(npp), np.asarray(reference, dtype=np.float64)
    classes, cell_index = np.asarray(classes), np.asarray(cell_index)
    mapped = ~np.isnan(npp)
    seen = (cell_index >= 0) & ~np.isnan(reference)[cell_index]
    rows = []
    for code, name in names.items():
        area = (classes == code) & mapped
        compared = area & seen
        cells = cell_index[compared]
        simulated, observed = _mean(npp[compared].astype(np.float64)), _mean(reference[cells])
        n = np.unique(cells).size
        share = 100.0 * compared.sum() / area.sum() if area.any() else np.nan
        rows.append(_row("land use", name, simulated, observed, n, share))
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def compare_plots(
    names: Iterable[str], measured: Iterable[float], npp_by_plot: Iterable[np.ndarray]
) -> pd.DataFrame:
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


def _row(
    kind: str, name: str, simulated: float, reference: float, n: int, valid_percent: float
) -> tuple[str, str, float, float, float, float, int, float]:
    """Values of `TABLE_COLUMNS` for one class or place."""
    bias = simulated - reference
    percent = 100.0 * bias / reference if reference else np.nan
    return kind, name, simulated, reference, bias, percent, int(n), valid_percent
