"""Soil samples as users have them: read, checked and placed."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from nppdrivers.inputs import tables
from nppdrivers.inputs.places import located, repeated_places
from nppdrivers.inputs.problems import InputError, Problem
from nppdrivers.quantities import SOIL

_LARGEST_PH_SPREAD = 2.5  # between the quartiles


def read_soil_samples(
    path: str | Path, crs: str, columns: Mapping[str, str] | None = None
) -> gpd.GeoDataFrame:
    """Read the soil samples: sample, longitude, latitude [deg], date and the properties of `quantities.SOIL`.

    Parameters
    ----------
    path : path of a CSV file or point layer
    crs : str
        Coordinate system of the grid, which the points get.
    columns : mapping, optional
        Name here to name in the file, where they differ.

    Returns
    -------
    GeoDataFrame
        One row a sample in the order of the file, a missing value is NaN.

    Raises
    ------
    InputError
        With every problem of the file: missing columns, values outside their range or in another unit,
        samples twice, places twice.
    """
    table = tables.read_points(path, ("sample", "date"), columns)
    schema = pa.DataFrameSchema(
        {"sample": pa.Column(str, unique=True, coerce=True), **tables.place_columns()}
    )
    values = _exchanged(table, tables.check_quantities(table, SOIL, path), path)
    problems = tables.check_table(table, schema, path) + values
    properties = [name for name in SOIL if name in table]
    if not properties:
        problems.append(tables.absent_column(path, " or ".join(SOIL), table))
    problems += _carbon_to_nitrogen(table, path) + repeated_places(table, "sample", path)
    if problems:
        raise InputError(problems)
    return located(table, crs)


def _exchanged(table: pd.DataFrame, problems: list[Problem], path: str | Path) -> list[Problem]:
    """Problems of the values, or that pH and another column are exchanged where that explains them all."""
    if not problems or "pH" not in table:
        return problems
    others = [name for name in SOIL if name in table and name != "pH"]
    for name in others:
        trial = table.rename(columns={name: "pH", "pH": name})
        usual = trial["pH"].quantile(0.75) - trial["pH"].quantile(0.25) < _LARGEST_PH_SPREAD
        if usual and not tables.check_quantities(trial[["pH", name]], SOIL, path):
            rest = [problem for problem in problems if f"column {name}" not in problem.place]
            rest = [problem for problem in rest if "column pH" not in problem.place]
            fault = f"the values of pH are usual for {name}, and the reverse"
            mapped = f"columns: {{soil_samples: {{pH: {name}, {name}: pH}}}}"
            remedy = f"exchange the two columns, or map them: {mapped}"
            return [*rest, Problem(str(path), f"columns pH, {name}", fault, remedy)]
    return problems


def _carbon_to_nitrogen(table: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Compare SOC with TN: a ratio of 8 to 15 is usual, a tenfold ratio shows that one of them is in %."""
    if not {"SOC", "TN"} <= set(table) or not (table["TN"] > 0).any():
        return []
    ratio = float((table["SOC"] / table["TN"].where(table["TN"] > 0)).median())
    if pd.isna(ratio) or 2.5 <= ratio <= 60:
        return []
    fault = f"median C:N ratio of {ratio:.2g}"
    return [Problem(str(path), "columns SOC, TN", fault, "SOC and TN are both in g kg-1 (1 % = 10 g kg-1)")]
