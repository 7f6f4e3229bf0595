"""Tables as users have them: read, checked, and their places put in the grid's coordinate system."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from nppdrivers.inputs.column_names import rename_columns
from nppdrivers.inputs.layers import read_layer
from nppdrivers.inputs.places import geographic, is_place_column, located, stated_system
from nppdrivers.inputs.problems import SHOWN, InputError, Problem, lines_of, unreadable
from nppdrivers.inputs.text_files import encodings, no_data, separator, with_decimal_points
from nppdrivers.inputs.unit_mistakes import likely_units
from nppdrivers.quantities import Quantity, quantity

# Columns of tables and what they measure
_PLOTS = {"size_m": quantity("plot_size"), "biomass_g_m2_yr": quantity("biomass_production")}
_NPP_POINTS = {"npp_gC_m2_yr": quantity("npp_year")}
_MISSING_CODES = (-9999, -999, -99, 999, 9999, 99999, 999999, 32766)


def read_csv(
    path: str | Path,
    text: Sequence[str],
    columns: Mapping[str, str] | None = None,
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read a CSV file of text columns and of numbers.

    UTF-8 and the Chinese GB 18030 encoding are read, columns separated by commas, semicolons or tabs, and
    numbers with a decimal point or comma. All columns other than `text` become float64; an empty
    cell is missing.

    Parameters
    ----------
    path : path of the file
    text : sequence of str
        Names of columns that stay text.
    columns : mapping, optional
        Name here to name in the file, where they differ.
    only : sequence of str, optional
        Columns to read besides those of places; all by default.

    Raises
    ------
    InputError
        Naming the lines whose cells are not numbers, and columns that are mapped but absent.
    """
    path = Path(path)
    raw = _read_text(path)
    raw = rename_columns(raw.set_axis(raw.columns.str.strip(), axis=1), columns, path)
    if only is not None:
        raw = raw[[name for name in raw if name in only or is_place_column(name)]]
    table, problems = raw.copy(), []
    for name in raw.columns.difference(list(text)):
        table[name] = pd.to_numeric(with_decimal_points(raw[name]), errors="coerce").astype(float)
        wrong = table.index[table[name].isna() & raw[name].notna()]
        if len(wrong) and len(wrong) < len(table):
            cells = ", ".join(repr(cell) for cell in raw.loc[wrong[:SHOWN], name])
            problems.append(
                Problem(
                    str(path),
                    f"column {name}, {lines_of(wrong)}",
                    f"not a number: {cells}",
                    "write numbers with a decimal point and leave cells without a value empty",
                )
            )
        elif len(wrong):
            table[name] = raw[name]  # a text column that nobody asked for
    if problems:
        raise InputError(problems)
    return table


def column_names(path: str | Path) -> list[str]:
    """Names of the columns of a CSV file."""
    return [str(name).strip() for name in _read_text(Path(path), nrows=0)]


def check_table(table: pd.DataFrame, schema: pa.DataFrameSchema, path: str | Path) -> list[Problem]:
    """Check a table against a schema; one problem for each column and kind of fault, with its lines."""
    try:
        schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        absent = cases["check"] == "column_in_dataframe"
        found = [absent_column(path, name, table) for name in cases.loc[absent, "failure_case"]]
        together = cases["check"] == "multiple_fields_uniqueness"
        if together.any():
            fault = f"rows of the same {', '.join(cases.loc[together, 'column'].unique())}"
            place = lines_of(cases.loc[together, "index"])
            found.append(Problem(str(path), place, fault, "keep one row of each"))
        for (column, check), group in cases[~absent & ~together].groupby(["column", "check"], sort=False):
            found.append(_fault(path, str(column), str(check), group))
        return found
    return []


def check_quantities(
    table: pd.DataFrame, quantities: Mapping[str, Quantity], path: str | Path
) -> list[Problem]:
    """Check columns against the ranges of their quantities and name the likely unit mistake."""
    problems = []
    for name, measured in quantities.items():
        if name not in table or not pd.api.types.is_numeric_dtype(table[name]):
            continue
        values = table[name].dropna()
        units = likely_units(measured, values.to_numpy(), float(values.median())) if len(values) else []
        if units:
            problems.append(unit_problem(values, measured, units, path, f"column {name}"))
        else:
            problems += range_problems(values, measured, path, f"column {name}")
    return problems


def unit_problem(
    values: pd.Series, measured: Quantity, units: Sequence[str], path: str | Path, place: str
) -> Problem:
    """Say that values are in another unit."""
    fault = f"values from {values.min():g} to {values.max():g}, unlikely in {measured.unit}"
    return Problem(str(path), place, fault, f"they look like {' or like '.join(units)}")


def range_problems(
    values: pd.Series,
    measured: Quantity,
    path: str | Path,
    place: str,
    named: Callable[[pd.Index], str] = lines_of,
) -> list[Problem]:
    """Say which values are impossible; `named` says where the rows in the index of `values` come from."""
    outside = values[(values < measured.minimum) | (values > measured.maximum)]
    if outside.empty:
        return []
    fault = (
        f"{', '.join(f'{value:g}' for value in outside[:SHOWN])} outside "
        f"{measured.minimum:g} to {measured.maximum:g} {measured.unit}"
    ).removesuffix(" 1")  # without a unit
    code = outside.isin(_MISSING_CODES).any()
    remedy = (
        "if this is a code for missing values, leave the cells empty"
        if code
        else "correct or empty these cells"
    )
    return [Problem(str(path), f"{place}, {named(outside.index)}", fault, remedy)]


def read_points(
    path: str | Path,
    text: Sequence[str],
    columns: Mapping[str, str] | None = None,
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read a table of places: a CSV file with longitude and latitude [deg], or a point layer of any kind.

    See `read_csv` for the parameters and errors. A CSV file may also have x and y and their coordinate system
    (`places.geographic`). Longitude and latitude of a point layer are those of its
    shapes (WGS 84).
    """
    columns, code = stated_system(columns)
    if Path(path).suffix.lower() in (".csv", ".txt", ".tsv"):
        table = geographic(read_csv(path, text, columns, only), path, code)
        return table if only is None or not set(only) <= set(table) else table[list(only)]
    layer = read_layer(path)
    if layer.crs is None:
        fault, remedy = "no coordinate system", "assign the one it was drawn in (for a Shapefile: the .prj)"
        raise InputError([Problem(str(path), "", fault, remedy)])
    points = layer.to_crs("EPSG:4326").representative_point()
    table = rename_columns(pd.DataFrame(layer.drop(columns=layer.geometry.name)), columns, path)
    texts = [name for name in text if name in table]
    table[texts] = table[texts].astype(str).where(table[texts].notna())
    table = table.assign(longitude=points.x.to_numpy(), latitude=points.y.to_numpy())
    return table if only is None else table[list(only)]


def place_columns() -> dict[str, pa.Column]:
    """Give the schema of the columns longitude and latitude [deg]."""
    return {
        "longitude": pa.Column(float, pa.Check.in_range(-180, 180)),
        "latitude": pa.Column(float, pa.Check.in_range(-90, 90)),
    }


def read_plots(path: str | Path, crs: str, columns: Mapping[str, str] | None = None) -> gpd.GeoDataFrame:
    """Read biomass plots: places, sizes, years and biomass.

    Columns plot, longitude, latitude, land_cover, size_m, first_year, last_year, biomass_g_m2_yr:
    dry matter [g m-2 yr-1]. See `soil.read_soil_samples` for the parameters and errors.
    """
    table = read_points(path, ("plot",), columns)
    year = pa.Column(float, pa.Check.in_range(1970, 2100))
    schema = pa.DataFrameSchema(
        {
            "plot": pa.Column(str, unique=True, coerce=True),
            **place_columns(),
            "land_cover": pa.Column(),
            "size_m": pa.Column(float),
            "first_year": year,
            "last_year": year,
            "biomass_g_m2_yr": pa.Column(float),
        }
    )
    problems = check_table(table, schema, path) + check_quantities(table, _PLOTS, path)
    if {"first_year", "last_year"} <= set(table):
        wrong = table.index[table["first_year"] > table["last_year"]]
        if len(wrong):
            problems.append(
                Problem(str(path), lines_of(wrong), "first_year is after last_year", "exchange the two years")
            )
    if problems:
        raise InputError(problems)
    return located(table, crs)


def read_npp_points(path: str | Path, crs: str, columns: Mapping[str, str] | None = None) -> gpd.GeoDataFrame:
    """Read NPP measured at places (towers, plots): place, longitude, latitude, npp_gC_m2_yr [gC m-2 yr-1].

    See `soil.read_soil_samples` for the parameters and errors.
    """
    table = read_points(path, ("place",), columns)
    schema = pa.DataFrameSchema(
        {
            "place": pa.Column(str, unique=True, coerce=True),
            **place_columns(),
            "npp_gC_m2_yr": pa.Column(float),
        }
    )
    problems = check_table(table, schema, path) + check_quantities(table, _NPP_POINTS, path)
    if problems:
        raise InputError(problems)
    return located(table, crs)


def _read_text(path: Path, nrows: int | None = None) -> pd.DataFrame:
    """All cells of a CSV file as text; the columns may be separated by semicolons or tabs."""
    if path.exists() and (content := no_data(path)) not in ("", "empty"):
        raise InputError([Problem(str(path), "", f"is {content}, not a table", "give it as a CSV file")])
    for encoding in encodings(path) if path.exists() else ("utf-8",):
        try:
            header = pd.read_csv(path, dtype=str, header=None, nrows=1, sep="\x01", encoding=encoding)
            mark = separator(str(header.iloc[0, 0]))
            return pd.read_csv(
                path, dtype=str, skipinitialspace=True, encoding=encoding, sep=mark, nrows=nrows
            )
        except UnicodeError:
            continue
        except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise InputError([unreadable(path, error)]) from error
    raise InputError([unreadable(path, "neither UTF-8 nor GB 18030 text")])


def absent_column(path: str | Path, name: str, table: pd.DataFrame) -> Problem:
    """Problem of a column that the table does not have."""
    remedy = f"add it, or map another name to it; the file has {', '.join(map(str, table.columns))}"
    return Problem(str(path), "", f"no column {name}", remedy)


def _fault(path: str | Path, column: str, check: str, cases: pd.DataFrame) -> Problem:
    """Problem of the cells that fail a check of one column."""
    values = ", ".join(str(value) for value in cases["failure_case"].drop_duplicates()[:SHOWN])
    if "uniqueness" in check:
        fault, remedy = f"{values}: more than once", "keep one row of each"
    elif check == "not_nullable":
        fault, remedy = "empty cell", "fill it or remove the row"
    elif column == "latitude" and "in_range" in check:
        fault, remedy = f"latitude {values}", "latitude is -90 to 90: are longitude and latitude swapped?"
    elif check.startswith("isin"):
        fault, remedy = f"unknown {column} {values}", f"known are {check[6:-2]}"[:200]
    elif check.startswith("str_matches"):
        fault, remedy = f"{values} is not written as expected", "write dates as YYYY-MM-DD or YYYY-MM"
    else:
        fault, remedy = f"{values} does not satisfy {check}", "correct these cells"
    place = f"column {column}, {lines_of(cases['index'])}" if cases["index"].notna().any() else column
    return Problem(str(path), place, fault, remedy)


def point_layer(path: str | Path, columns: Mapping[str, str] | None = None) -> gpd.GeoDataFrame:
    """Distinct places of a table or layer (see `read_points`); rows without one are left out."""
    names = ["longitude", "latitude"]
    table = read_points(path, (), columns, only=names)[names].dropna().drop_duplicates()
    points = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326")
    return gpd.GeoDataFrame(table, geometry=points)
