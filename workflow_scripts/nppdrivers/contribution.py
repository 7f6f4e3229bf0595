"""What each category of drivers contributes to predicted NPP: left out in turn, or by Shapley values."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from nppdrivers.agreement import Moments

NODATA = 0
INDISTINCT = "not distinguishable from noise"  # name of the code of such cells

Subset = frozenset[str]  # names of some of the categories


def actual_contribution(all_: np.ndarray, without: np.ndarray) -> np.ndarray:
    """Actual contribution of each category: ActCon_g = RF_all - RF_without_g.

    Parameters
    ----------
    all_ : (...) array
        Prediction from all drivers [gC m-2 yr-1].
    without : (G, ...) array
        Prediction without each of the G categories [gC m-2 yr-1].

    Returns
    -------
    (G, ...) array
        [gC m-2 yr-1]; NaN where either prediction is.

    References
    ----------
    Tian et al. 2022, Remote Sens. 14:4177, eq 6.
    """
    return np.asarray(all_) - np.asarray(without)


def relative_contribution(all_: np.ndarray, without: np.ndarray) -> np.ndarray:
    """Relative contribution of each category: RelCon_g = |ActCon_g| / sum_h |ActCon_h| x 100 %.

    Parameters
    ----------
    all_, without
        As for `actual_contribution`.

    Returns
    -------
    (G, ...) array
        [%], adding up to 100 over the categories; NaN where a prediction is or where nothing contributes.

    References
    ----------
    Tian et al. 2022, eq 7.

    Examples
    --------
    Predictions of NPP at two cells from all drivers, and without climate, soil and mining in turn:

    >>> import numpy as np
    >>> from nppdrivers import contribution
    >>> without = np.array([[250.0, 290.0], [290.0, 290.0], [290.0, 260.0]])
    >>> contribution.relative_contribution(np.array([300.0, 300.0]), without).round(1)
    array([[71.4, 16.7],
           [14.3, 16.7],
           [14.3, 66.7]])
    """
    return shares(actual_contribution(all_, without))


def shares(contributions: np.ndarray) -> np.ndarray:
    """Share of each category in the sum of sizes: |c_g| / sum_h |c_h| x 100 %.

    Parameters
    ----------
    contributions : (G, ...) array
        Actual contributions or Shapley values [gC m-2 yr-1].

    Returns
    -------
    (G, ...) array
        [%], adding up to 100 over the categories; NaN where one is missing or where nothing contributes.
    """
    size = np.abs(contributions)
    total = size.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, size / total * 100.0, np.nan)


class Statistics:
    """Mean and standard deviation over the cells, of the contributions and of their shares.

    Parameters
    ----------
    categories : sequence of G str
    """

    def __init__(self, categories: Sequence[str]) -> None:
        self._categories = list(categories)
        kinds = ("actual_gC_m2_yr", "relative_percent")
        self._moments = {kind: [Moments(1) for _ in self._categories] for kind in kinds}

    def add(self, contributions: np.ndarray) -> None:
        """Add the contributions (G, ...) of some cells [gC m-2 yr-1]; NaN is passed over."""
        parts = (contributions, shares(contributions))
        for moments, values in zip(self._moments.values(), parts, strict=True):
            for own, cells in zip(moments, values, strict=True):
                own.add(cells[~np.isnan(cells)][np.newaxis])

    def table(self) -> pd.DataFrame:
        """Describe the cells added.

        Returns
        -------
        DataFrame
            One row a category: mean_actual_gC_m2_yr, sd_actual_gC_m2_yr, mean_relative_percent,
            sd_relative_percent; NaN without any cell, sd with one.
        """
        table: dict[str, list[object]] = {"category": list(self._categories)}
        for kind, moments in self._moments.items():
            table[f"mean_{kind}"] = [own.mean[0] if own.n else np.nan for own in moments]
            table[f"sd_{kind}"] = [np.sqrt(own.covariance[0, 0]) for own in moments]
        return pd.DataFrame(table)


def dominant_category(
    relative: np.ndarray, names: Sequence[str] = ("C", "S", "M"), threshold: float = 60.0
) -> tuple[np.ndarray, dict[int, str]]:
    """Dominant category: the one above the threshold, else the ordered pair of the two largest.

    Parameters
    ----------
    relative : (G, ...) array
        Relative contribution [%] of each category.
    names : sequence of G str
        Letter of each category.
    threshold : float
        A category dominates alone when its share is strictly larger [%].

    Returns
    -------
    codes : (...) uint8 array
        0 where undefined; 1 to G a category alone, in the order of the names; then the ordered pairs.
    legend : dict
        Code to name; a pair is named by both letters, the larger first. Of equal shares the earlier leads.

    Raises
    ------
    ValueError
        When the number of names is not that of the categories.

    References
    ----------
    Tian et al. 2022, section 2.4.2.

    Examples
    --------
    >>> import numpy as np
    >>> from nppdrivers import contribution
    >>> relative = np.array([[71.4, 16.7, 45.0], [14.3, 16.7, 40.0], [14.3, 66.7, 15.0]])
    >>> codes, legend = contribution.dominant_category(relative)
    >>> [legend[code] for code in codes.tolist()]
    ['C', 'M', 'CS']
    """
    relative = np.asarray(relative)
    if len(names) != len(relative):
        raise ValueError(
            f"{len(relative)} relative contributions but {len(names)} names; give a name for each"
        )
    order = np.argsort(-relative, axis=0, kind="stable")
    first, second = order[0], order[1]
    pair_code = np.zeros((len(names), len(names)), np.uint8)
    for number, pair in enumerate(_pairs(names).values(), start=len(names) + 1):
        pair_code[pair] = number
    alone = np.take_along_axis(relative, first[None], axis=0)[0] > threshold
    codes = np.where(alone, first + 1, pair_code[first, second])
    return np.where(np.isnan(relative).any(axis=0), NODATA, codes).astype(np.uint8), dominant_legend(names)


def dominant_legend(names: Sequence[str]) -> dict[int, str]:
    """Name of each code that `dominant_category` gives, by the letters of the categories."""
    return dict(enumerate([*names, *_pairs(names)], start=1))


def _pairs(names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Name to indices of each ordered pair: first with second, second with first, second with third, ..."""
    number = len(names)
    steps = [(i, (i + step) % number) for step in range(1, number) for i in range(number)]
    ordered = sorted(steps, key=lambda pair: (min(pair), max(pair), pair))
    return {f"{names[a]}{names[b]}": (a, b) for a, b in ordered}


def commonality(r2: Mapping[Subset, float]) -> dict[Subset, float]:
    """Part of the explained variance that each set of categories shares, and no other category.

    C(T) = sum over A in T of (-1)^(|A| + 1) R2(rest + A), rest = the categories not in T; a single
    category's part is what it alone explains.

    Parameters
    ----------
    r2 : mapping of frozenset of category names to float
        R2 of the forest on the drivers of each subset, 0 for the empty one.

    Returns
    -------
    dict of frozenset to float
        A part for each set but the empty one, adding up to R2 of all. A negative part means that categories
        explain more together than apart.

    Raises
    ------
    ValueError
        When a subset is missing.

    References
    ----------
    Nimon et al. 2008, Behavior Research Methods 40:457, table 1.
    """
    categories, needed = _subsets(r2)
    everything = frozenset(categories)
    return {
        shared: sum(
            (-1) ** (len(part) + 1) * r2[(everything - shared) | part] for part in needed if part <= shared
        )
        for shared in needed
        if shared
    }


def explained_variance(r2: Mapping[Subset, float]) -> pd.DataFrame:
    """R2 of every subset of the categories, its unique and shared parts, and Shapley shares of it.

    Parameters
    ----------
    r2 : mapping of frozenset of category names to float
        R2 of the forest on the drivers of each subset but the empty one, the categories in any order.

    Returns
    -------
    DataFrame
        kind (r2; unique and shared as in `commonality`; shapley), categories (joined by +), r2 [-] and
        share_percent of the R2 of all (NaN where that is not positive). The unique and shared parts add up to
        the R2 of all, and so do the Shapley values.
    """
    worths = {frozenset(): 0.0, **r2}
    total = r2[frozenset().union(*r2)]
    rows = [("r2", part, value) for part, value in r2.items()]
    rows += [
        ("unique" if len(part) == 1 else "shared", part, value) for part, value in commonality(worths).items()
    ]
    rows += [("shapley", frozenset({name}), float(value)) for name, value in group_shapley(worths).items()]
    table = pd.DataFrame(rows, columns=["kind", "categories", "r2"])
    table["categories"] = [" + ".join(sorted(part)) for part in table["categories"]]
    return table.assign(share_percent=table["r2"] / total * 100 if total > 0 else np.nan)


def group_shapley(values: Mapping[Subset, np.ndarray | float]) -> dict[str, np.ndarray]:
    """Shapley value of each category, from predictions of every subset of the categories.

    phi_g = sum over subsets A without g of |A|! (G - |A| - 1)! / G! [v(A + g) - v(A)].

    Parameters
    ----------
    values : mapping of frozenset of category names to array
        Prediction (or any worth, such as R2) from the drivers of each subset, the empty one included: the
        mean of the response for a prediction, 0 for R2.

    Returns
    -------
    dict of category to array
        Adds up to v(all) - v(none); NaN where any prediction is.

    Raises
    ------
    ValueError
        When a subset is missing.

    References
    ----------
    Shapley 1953, Contributions to the Theory of Games 2:307-317.

    Examples
    --------
    R2 of forests on no drivers, on climate, on soil, and on both:

    >>> from nppdrivers import contribution
    >>> r2 = {(): 0.0, ("climate",): 0.4, ("soil",): 0.3, ("climate", "soil"): 0.5}
    >>> shares = contribution.group_shapley({frozenset(names): value for names, value in r2.items()})
    >>> {name: round(float(share), 2) for name, share in shares.items()}
    {'climate': 0.3, 'soil': 0.2}
    """
    categories, needed = _subsets(values)
    number = len(categories)
    result = {}
    for category in categories:
        parts = [part for part in needed if category not in part]
        weights = [factorial(len(p)) * factorial(number - len(p) - 1) / factorial(number) for p in parts]
        gains = [np.asarray(values[p | {category}]) - np.asarray(values[p]) for p in parts]
        result[category] = sum(weight * gain for weight, gain in zip(weights, gains, strict=True))
    return result


def _subsets(values: Mapping[Subset, object]) -> tuple[list[str], list[Subset]]:
    """Categories, and all their subsets by size, every one of which must have a value."""
    categories = sorted(frozenset().union(*values))
    needed = [
        frozenset(part) for size in range(len(categories) + 1) for part in combinations(categories, size)
    ]
    if missing := [sorted(part) for part in needed if part not in values]:
        raise ValueError(f"no value for the subset(s) {missing}; all {len(needed)} subsets are needed")
    return categories, needed
