"""Files of GHCN-Daily with a column for each element and one for its attributes, a file a station."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from nppdrivers.inputs.problems import InputError, Problem, unreadable
from nppdrivers.inputs.text_files import first_line
from nppdrivers.weather.table import Wanted

_PLACE = ["STATION", "NAME", "LONGITUDE", "LATITUDE", "ELEVATION"]


def is_access_header(line: str) -> bool:
    """Whether a first line names a station, its place, and elements with their attributes."""
    names = line.replace('"', "").strip().split(",")
    return (
        names[:2] == ["STATION", "DATE"]
        and "DEWP" not in names
        and any(f"{name}_ATTRIBUTES" in names for name in ("PRCP", "TMAX", "TMIN", "TAVG"))
    )


def is_access_file(path: Path) -> bool:
    """Whether a file is of this form."""
    return is_access_header(first_line(path))


def read_access(path: Path, elements: Collection[str], wanted: Wanted) -> pd.DataFrame:
    """Days of these elements that have a value: station, date, element, value, measured, quality.

    Raises
    ------
    InputError
        When it cannot be read, or its values are no whole numbers as those of GHCN-Daily.
    """
    columns = {"STATION", "DATE", *elements, *(f"{name}_ATTRIBUTES" for name in elements)}
    try:
        raw = pd.read_csv(path, dtype=str, usecols=lambda name: name in columns)
        dates = pd.to_datetime(raw["DATE"], format="%Y-%m-%d")
        raw, dates = raw[wanted.within(dates)], dates[wanted.within(dates)]
        numbers = {name: pd.to_numeric(raw[name]) for name in elements if name in raw}
    except (OSError, ValueError, EOFError) as error:
        raise InputError([unreadable(path, error)]) from error
    parts = []
    for name, values in numbers.items():
        if (values.dropna() % 1 != 0).any():
            fault = f"values of {name} are no whole numbers, as GHCN-Daily has them (0.1 degC, 0.1 mm)"
            raise InputError([Problem(str(path), f"column {name}", fault, "download the file itself again")])
        attributes = raw.get(f"{name}_ATTRIBUTES", pd.Series("", raw.index)).fillna("")
        flags = attributes.str.split(",", expand=True).reindex(columns=range(2)).astype(object).fillna("")
        part = {"station": raw["STATION"], "date": dates, "element": name, "value": values.astype(float)}
        parts.append(pd.DataFrame(part | {"measured": flags[0], "quality": flags[1]})[values.notna()])
    if not parts:
        return pd.DataFrame(columns=["station", "date", "element", "value", "measured", "quality"])
    return pd.concat(parts, ignore_index=True).astype({"station": "category"})


def read_access_places(files: Collection[Path]) -> pd.DataFrame:
    """Stations of files of this form: station, name, longitude, latitude [deg], elevation_m [m]."""
    rows = [pd.read_csv(path, nrows=1, dtype={"STATION": str})[_PLACE] for path in files]
    table = pd.concat(rows).set_axis(["station", "name", "longitude", "latitude", "elevation_m"], axis=1)
    table["elevation_m"] = table["elevation_m"].mask(table["elevation_m"] < -900)
    return table.drop_duplicates("station").reset_index(drop=True)
