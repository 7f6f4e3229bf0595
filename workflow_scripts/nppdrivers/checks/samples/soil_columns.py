"""What columns of a soil table show together, and in the order of its lines: copies, orders, exchanges."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings
from nppdrivers.inputs.problems import InputWarning, lines_of

_FEWEST = 12  # lines whose order says something
_FEWEST_DISTINCT = 6
_REPEATED_SHARE, _TIMES_CHANCE = 0.25, 5.0  # of the values that are those of the line above
_FEWEST_KNOWN = 4  # equal properties that make a line a copy
_MOSTLY = 0.8
_UNRELATED, _FEWEST_PAIRS = 0.3, 20  # rank correlation of carbon and nitrogen, less its standard error
_BARE_CARBON, _BARE_NITROGEN = 2.5, 0.25  # medians of deserts, and of other soils in % [g kg-1]
_NUMBERS = re.compile(r"(\d+)")


def column_findings(samples: pd.DataFrame, properties: Sequence[str], file: str) -> Findings:
    """Warn of columns that were sorted, filled, copied, exchanged or scaled together.

    Parameters
    ----------
    samples : DataFrame
        One row a sample in the order of the file, in the units of `quantities.SOIL`.
    properties : sequence of str
        Columns to judge.
    file : str
    """
    in_order = _is_monotonic(samples["sample"].map(_natural).rank(method="dense"))
    for name in properties:
        values = samples[name].dropna()
        if len(values) < _FEWEST or values.nunique() < _FEWEST_DISTINCT:
            continue
        if in_order and _is_monotonic(values):
            fault = f"{name} rises or falls from line to line while the samples keep their order"
            remedy = "it seems to be sorted apart from the other columns: give it in the order of the samples"
            yield InputWarning(file, f"column {name}", fault, remedy)
        yield from _filled(values, file)
    yield from _copies(samples, properties, file)
    if {"AP", "AK"} <= set(properties):
        yield from _phosphorus_above_potassium(samples, file)
    if {"SOC", "TN"} <= set(properties):
        yield from _carbon_and_nitrogen(samples, file)


def _natural(name: object) -> tuple[tuple[int, str], ...]:
    """Key by which P9 comes before P10."""
    parts = _NUMBERS.split(str(name))
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def _is_monotonic(values: pd.Series) -> bool:
    return bool(values.is_monotonic_increasing or values.is_monotonic_decreasing)


def _filled(values: pd.Series, file: str) -> Findings:
    """Values that are those of the line above, more often than chance makes them."""
    same = values.diff() == 0
    share = float(same.sum() / (len(values) - 1))
    chance = float((values.value_counts(normalize=True) ** 2).sum())
    if share > max(_REPEATED_SHARE, min(_TIMES_CHANCE * chance, 0.9)) and not _is_monotonic(values):
        fault = f"{same.sum()} of {len(values)} values are those of the line above"
        remedy = "if gaps were filled downwards, leave these cells empty"
        yield InputWarning(file, f"column {values.name}, {lines_of(values.index[same])}", fault, remedy)


def _copies(samples: pd.DataFrame, properties: Sequence[str], file: str) -> Findings:
    """Samples of different places with the same values of all properties."""
    values = samples[list(properties)]
    known = values[values.notna().sum(axis=1) >= _FEWEST_KNOWN]
    again = known.index[known.duplicated()]
    if len(again):
        fault = f"{len(again)} of {len(samples)} samples have the values of another sample in all properties"
        remedy = "if lines were copied, leave the copies out"
        yield InputWarning(file, lines_of(again), fault, remedy)


def _phosphorus_above_potassium(samples: pd.DataFrame, file: str) -> Findings:
    """Soils hold several times as much available potassium as available phosphorus."""
    both = samples[["AP", "AK"]].dropna()
    if len(both) >= _FEWEST and (both["AP"] > both["AK"]).mean() > _MOSTLY:
        fault = (
            f"AP is {both['AP'].median():g} in the median, AK {both['AK'].median():g}: soils usually have "
            "several times as much potassium as phosphorus"
        )
        yield InputWarning(file, "columns AP, AK", fault, "if the columns were exchanged, exchange them")


def _carbon_and_nitrogen(samples: pd.DataFrame, file: str) -> Findings:
    """Carbon and nitrogen rise together; both are small only in deserts."""
    both = samples[["SOC", "TN"]].dropna()
    likeness = both["SOC"].corr(both["TN"], method="spearman")
    if len(both) >= _FEWEST_PAIRS and likeness < _UNRELATED - 1 / np.sqrt(len(both)):
        fault = f"SOC does not follow TN (rank correlation {likeness:.2f}): in soils they rise together"
        remedy = "check that both columns are in the order of the samples, none sorted or moved by a line"
        yield InputWarning(file, "columns SOC, TN", fault, remedy)
    carbon, nitrogen = both.median()
    if len(both) >= _FEWEST and carbon < _BARE_CARBON and nitrogen < _BARE_NITROGEN:
        fault = f"SOC of {carbon:.2g} and TN of {nitrogen:.2g} g kg-1 in the median, as in deserts"
        yield InputWarning(file, "columns SOC, TN", fault, "if both are in %, multiply both by 10")
