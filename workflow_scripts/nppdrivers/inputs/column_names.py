"""Columns of a user's table under the names that the project uses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nppdrivers.inputs.problems import InputError, Problem


def rename_columns(table: pd.DataFrame, columns: Mapping[str, str] | None, path: str | Path) -> pd.DataFrame:
    """Give columns our names: `columns` maps our name to that in the file; others keep theirs.

    A column of the file that already has one of our names gives way to the one that is mapped to it.

    Raises
    ------
    InputError
        For a column that the file does not have, and for one that is mapped to two of our names.
    """
    columns = columns or {}
    problems = []
    for ours, theirs in columns.items():
        if theirs not in table.columns:
            remedy = f"correct the name in the settings (columns); the file has {', '.join(table.columns)}"
            problems.append(Problem(str(path), f"column {theirs}", f"no such column, to be {ours}", remedy))
    for theirs in dict.fromkeys(columns.values()):
        mapped = [ours for ours, name in columns.items() if name == theirs]
        if len(mapped) > 1:
            fault = f"mapped twice: to {' and to '.join(mapped)}"
            problems.append(
                Problem(str(path), f"column {theirs}", fault, "keep one of them in the settings (columns)")
            )
    if problems:
        raise InputError(problems)
    kept = [name for name in table.columns if name in columns.values() or name not in columns]
    return table[kept].rename(columns={theirs: ours for ours, theirs in columns.items()})
