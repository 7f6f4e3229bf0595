"""Values of soil samples that are possible each, but not together: by robust residuals and by physics."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings
from nppdrivers.inputs.problems import InputWarning, Problem, lines_of

_SCALED = ("CF", "SOC", "TN", "AP", "AK", "BD")  # properties whose units differ by powers of ten
_NEAR_ZERO = 0.05  # of the median; other values as small make a zero possible
_NO_ZERO = ("CF", "SOC", "TN", "AP", "AK")
_FEWEST = 8  # values from which a usual spread follows
_LEAST_SPREAD = 0.06  # of log10; a property varies by 15 % at least
_NINES = re.compile(r"9{2,}(\.9+|\.0+)?|9\.9{1,}|3276[67]")
_HIGH, _LOW = 0.7, -0.75  # log10 of a value over the median from which it may be in another unit
_FAR_BELOW = -1.45  # below this at any spread; a tenth differs from noise only where values hardly vary
_LEAST_GAP, _LEAST_STEP = 0.4, 0.85  # of the least value from the next: their ratio, and in spreads
_BATCH_COLUMNS = re.compile(r"lab(oratory)?|batch|campaign|source|实验室|批次", re.IGNORECASE)
_LABELLED, _UNLABELLED = 2.0, 4.0  # spreads by which batches differ
_BATCH = 4  # values of a batch from which its median counts
_LEAST_CN, _GREATEST_CN = 1.3, 60.0
_CARBON_SHARE = 1.724  # organic matter over organic carbon
_MATTER = re.compile(r"s?om|o\.?m\.?|.*organic.?matter.*|有机质.*", re.IGNORECASE)
_LITTER_SOC = 40.0  # [g kg-1]
_MATTER_CN, _ACID_MATTER_CN = (17.0, 26.0), (20.0, 26.0)  # acid soils have more carbon to their nitrogen
_NEUTRAL_PH = 6.5
_FREQUENT, _TIMES_OTHERS = 5, 3.0  # repeats of one value, and over those of any other
_DENSITY_OF_MATTER, _DENSITY_OF_MINERALS = 0.244, 1.64  # Adams 1973 [g cm-3]


def value_findings(samples: pd.DataFrame, columns: Mapping[str, str], path: Path) -> Findings:
    """Judge the properties of the samples one by one and together.

    Parameters
    ----------
    samples : DataFrame
        One row a sample, in the units of `quantities.SOIL`.
    columns : mapping
        Names of the columns in the file, where they differ.
    path : path

    Yields
    ------
    Problem or InputWarning
        A line of the file is blamed once for a property. What cannot be true is a problem.
    """
    file, blamed = str(path), pd.DataFrame(False, index=samples.index, columns=samples.columns)
    for name in [name for name in (*_SCALED, "pH") if name in samples]:
        for judge in (_codes, _zeros, _constant, _repeated, _batches, _apart, _alone_below):
            usable = samples[name].where(~blamed[name]).dropna()
            for problem, rows in judge(usable, samples, file):
                yield problem
                blamed.loc[rows, name] = True
    if {"SOC", "TN"} <= set(samples):
        yield from _carbon_to_nitrogen(samples[~(blamed["SOC"] | blamed["TN"])], file)
        yield from _organic_matter(samples, columns, file)
    if {"SOC", "BD"} <= set(samples):
        yield from _density(samples[~(blamed["SOC"] | blamed["BD"])], file)


_Judged = Iterator[tuple[Problem, pd.Index]]


def _zeros(values: pd.Series, samples: pd.DataFrame, file: str) -> _Judged:
    """Zeros stand for "not measured" where the other values do not come near 0."""
    name, zero = str(values.name), values == 0
    if name not in _NO_ZERO or not zero.any() or zero.all():
        return
    others, rows = values[~zero], values.index[zero]
    fault = f"0 in {zero.sum()} of {len(values)} samples, the others are {others.min():g} to {others.max():g}"
    place = f"column {name}, {lines_of(rows)}"
    if others.min() > _NEAR_ZERO * others.median():
        yield Problem(file, place, fault, "where it was not measured, leave the cell empty"), rows
    else:
        remedy = (
            "where it was not measured, leave the cell empty; below the limit of detection, give half of that"
        )
        yield InputWarning(file, place, fault, remedy), rows


def _codes(values: pd.Series, samples: pd.DataFrame, file: str) -> _Judged:
    """A number of nines, or one that repeats, far above all other values is a code for "missing"."""
    top = values.max()
    rows = values.index[values == top]
    others = values[values < top]
    if len(others) < _FEWEST or top <= 0:
        return
    nines = bool(_NINES.fullmatch(f"{top:g}"))
    far = top > 1.5 * others.max() and _deviation(others, top) > 3
    if not far or not (nines or len(rows) > 2):
        return
    span = f"{others.min():g} to {others.max():g}"
    fault = f"{top:g} in {len(rows)} of {len(values)} samples, the others are {span}"
    kind = Problem if nines and len(rows) > 1 else InputWarning
    remedy = "it looks like a code for missing values: leave these cells empty"
    yield kind(file, f"column {values.name}, {lines_of(rows)}", fault, remedy), rows


def _constant(values: pd.Series, samples: pd.DataFrame, file: str) -> _Judged:
    """One value at all places says nothing of the places."""
    if len(values) >= _FEWEST and (values == values.iloc[0]).all():
        fault = f"{values.iloc[0]:g} in all {len(values)} samples: the map has this value everywhere"
        remedy = f"take {values.name} out of soil.properties, or give measured values"
        yield InputWarning(file, f"column {values.name}", fault, remedy), values.index


def _repeated(values: pd.Series, samples: pd.DataFrame, file: str) -> _Judged:
    """A number much more frequent than any other; the least amount may be half the limit of detection."""
    counts = values.value_counts()
    if len(counts) < _FEWEST or counts.iloc[0] < max(_FREQUENT, _TIMES_OTHERS * counts.iloc[1]):
        return
    number = float(counts.index[0])
    if values.name in _NO_ZERO and number == values.min():
        return
    rows = values.index[values == number]
    fault = (
        f"{number:g} in {len(rows)} of {len(values)} samples, no other number in more than {counts.iloc[1]}"
    )
    remedy = "if it stands for missing values, leave these cells empty"
    yield InputWarning(file, f"column {values.name}, {lines_of(rows)}", fault, remedy), rows


def _batches(values: pd.Series, samples: pd.DataFrame, file: str) -> _Judged:
    """A laboratory, or a second heap of values, that differs from the rest by a power of ten."""
    name, usable = str(values.name), values[values > 0]
    if name not in _SCALED or len(usable) < 2 * _BATCH:
        return
    logs = np.log10(usable)
    labels = [column for column in samples if _BATCH_COLUMNS.fullmatch(str(column))]
    groups = {f"{column} {label}": logs.index[samples.loc[logs.index, column] == label]
              for column in labels for label in samples[column].dropna().unique()}  # fmt: skip
    groups[""] = _upper_heap(logs)
    for label, rows in groups.items():
        rest = logs.index.difference(rows)
        if min(len(rows), len(rest)) < _BATCH:
            continue
        if label == "" and len(rows) > len(rest):
            rows, rest = rest, rows
        shift = logs[rows].median() - logs[rest].median()
        spread = max(_spread(logs[rows]), _spread(logs[rest]))
        least = max(_HIGH, (_LABELLED if label else _UNLABELLED) * spread)
        if abs(shift) < least or _is_peat(samples, name, rows, rest, shift):
            continue
        which = f"{label}: " if label else ""
        fault = f"{which}{len(rows)} of {len(usable)} samples are about {10**shift:.3g} times the others"
        yield _other_unit(name, rows, fault, shift, samples, file), rows
        return


def _apart(values: pd.Series, samples: pd.DataFrame, file: str) -> _Judged:
    """Single values at a power of ten from the others."""
    name, usable = str(values.name), values[values > 0]
    if name not in _SCALED or len(usable) < _FEWEST:
        return
    logs = np.log10(usable) - np.log10(usable.median())
    spread = _spread(logs)
    deviations = _deviations(usable)
    high = (logs > _HIGH) & (logs > 4.5 * spread) & (deviations > 6)
    low = (logs < _FAR_BELOW) | ((logs < _LOW) & (logs < -6 * spread) & (deviations < -3.6))
    for chosen in (high, low):
        rows = logs.index[chosen]
        if len(rows):
            ratio = 10 ** logs[rows[0]]
            fault = f"{usable[rows[0]]:g} is {ratio:.3g} times the median of {usable.median():g}"
            yield _other_unit(name, rows, fault, logs[rows[0]], samples, file), rows


def _alone_below(values: pd.Series, samples: pd.DataFrame, file: str) -> _Judged:
    """The least value at a tenth of the others, well apart from the next one."""
    name, usable = str(values.name), values[values > 0].sort_values()
    if name not in _SCALED or len(usable) < 2 * _FEWEST:
        return
    deviations, least = _deviations(usable), usable.iloc[0]
    is_low = np.log10(least / usable.median()) < _LOW and least < _LEAST_GAP * usable.iloc[1]
    if is_low and deviations.iloc[0] < -2.5 and deviations.iloc[1] - deviations.iloc[0] > _LEAST_STEP:
        rows = usable.index[:1]
        fault = f"{least:g} is {least / usable.median():.3g} times the median, the next is {usable.iloc[1]:g}"
        yield _other_unit(name, rows, fault, np.log10(least / usable.median()), samples, file), rows


def _other_unit(
    name: str, rows: pd.Index, fault: str, shift: float, samples: pd.DataFrame, file: str
) -> Problem:
    """Values that a factor would bring to the others: a problem where there is more nitrogen than carbon."""
    factor = 10.0 ** -round(shift)
    kind: type[Problem] = InputWarning
    if {"SOC", "TN"} <= set(samples) and name in ("SOC", "TN"):
        there = samples.loc[rows]
        if (there["SOC"] <= there["TN"]).any():
            fault, kind = f"{fault}, so that TN is not below SOC", Problem
    remedy = (
        f"check the unit and the decimal point of these lines; x {factor:g} would bring them to the others"
    )
    return kind(file, f"column {name}, {lines_of(rows)}", fault, remedy)


def _upper_heap(logs: pd.Series) -> pd.Index:
    """Values above the threshold that leaves least variance on both sides."""
    ordered = logs.sort_values()
    n = np.arange(1, len(ordered))
    below = ordered.cumsum().to_numpy()[:-1]
    means = below / n, (ordered.sum() - below) / (len(ordered) - n)
    between = n * (len(ordered) - n) * (means[1] - means[0]) ** 2
    return ordered.index[int(between.argmax()) + 1 :]


def _is_peat(samples: pd.DataFrame, name: str, rows: pd.Index, rest: pd.Index, shift: float) -> bool:
    """Whether carbon differs as it does between peat and mineral soil: by density too."""
    if name not in ("SOC", "TN") or "BD" not in samples:
        return False
    dense = samples.loc[rows, "BD"].median(), samples.loc[rest, "BD"].median()
    return bool(dense[0] < 0.8 * dense[1] if shift > 0 else dense[1] < 0.8 * dense[0])


def _carbon_to_nitrogen(samples: pd.DataFrame, file: str) -> Findings:
    """Each sample has more carbon than nitrogen, and usually 8 to 15 times as much."""
    ratio = (samples["SOC"] / samples["TN"].where(samples["TN"] > 0)).dropna()
    impossible, odd = ratio <= 1, (ratio > 1) & ~ratio.between(_LEAST_CN, _GREATEST_CN)
    for chosen, kind, words in (
        (impossible, Problem, "TN is not below SOC"),
        (odd, InputWarning, "an unusual C:N ratio"),
    ):
        if chosen.any():
            rows = ratio.index[chosen]
            example = f"C:N of {ratio[rows[0]]:.2g}, {ratio.median():.2g} in the median"
            fault = f"{words} in {len(rows)} of {len(ratio)} samples: {example}"
            remedy = "check the units and decimal points of SOC and TN (g kg-1) in these lines"
            yield kind(file, f"columns SOC, TN, {lines_of(rows)}", fault, remedy)


def _organic_matter(samples: pd.DataFrame, columns: Mapping[str, str], file: str) -> Findings:
    """Organic matter in place of organic carbon: by the name of the column, or high C:N."""
    own = columns.get("SOC", "SOC")
    median = (samples["SOC"] / samples["TN"].where(samples["TN"] > 0)).median()
    is_acid = "pH" not in samples or samples["pH"].median() < _NEUTRAL_PH
    low, high = _ACID_MATTER_CN if is_acid else _MATTER_CN
    # the litter of cold forests gives acid soils with much carbon such a ratio
    is_litter = is_acid and samples["SOC"].median() > _LITTER_SOC
    by_ratio = low <= median <= high and not is_litter
    if _MATTER.fullmatch(own) or by_ratio:
        reason = f"C:N of {median:.3g} in the median" if by_ratio else f"its column is called {own}"
        fault = f"SOC may be organic matter: {reason}"
        remedy = f"where it is organic matter, divide it by {_CARBON_SHARE}, and call it SOC"
        yield InputWarning(file, f"column {own}", fault, remedy)


def _density(samples: pd.DataFrame, file: str) -> Findings:
    """Bulk density against that of a soil with so much organic matter (Adams 1973)."""
    matter = (samples["SOC"] * _CARBON_SHARE / 1000).clip(upper=1)
    usual = 1 / (matter / _DENSITY_OF_MATTER + (1 - matter) / _DENSITY_OF_MINERALS)
    ratio = (samples["BD"] / usual).dropna()
    rows = ratio.index[~ratio.between(0.3, 1.6)]
    if len(rows):
        example = samples.loc[rows[0]]
        fault = (
            f"{len(rows)} of {len(ratio)} samples: {example['BD']:g} g cm-3 with {example['SOC']:g} g kg-1 "
            f"of carbon, {usual[rows[0]]:.2g} is usual"
        )
        remedy = "check SOC and BD of these lines"
        yield InputWarning(file, f"columns SOC, BD, {lines_of(rows)}", fault, remedy)


def _spread(values: pd.Series) -> float:
    """Robust standard deviation of logarithms."""
    return max(1.4826 * float((values - values.median()).abs().median()), _LEAST_SPREAD)


def _deviations(values: pd.Series) -> pd.Series:
    """Deviation from the median in robust standard deviations."""
    spread = 1.4826 * float((values - values.median()).abs().median())
    return (values - values.median()) / max(spread, 0.05 * abs(values.median()))


def _deviation(others: pd.Series, value: float) -> float:
    """Deviation of a value from others in their robust standard deviations."""
    spread = 1.4826 * float((others - others.median()).abs().median())
    return (value - others.median()) / max(spread, 0.05 * abs(others.median()))
