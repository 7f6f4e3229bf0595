"""Dates of weather tables: the ways people write a day or a month, brought to YYYY-MM-DD and YYYY-MM."""

import pandas as pd

_CHINESE = {"年": "-", "月": "-", "日": "", "号": ""}
_MIDNIGHT = r"[T ]0{1,2}:00(:00(\.0+)?)?(Z|\+00:?00)?$"
_COMPACT = r"((?:18|19|20|21)\d\d)(\d\d)(\d\d)?"
_SEPARATED = r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?"


def with_dates(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table its column `date` as YYYY-MM-DD or YYYY-MM.

    It is made of the columns year, month and perhaps day where there is no `date`. Written in another order
    (5/1/2010) a date stays as it is: it can be two days.
    """
    parts = [name for name in ("year", "month", "day") if name in table]
    if "date" not in table:
        if parts[:2] != ["year", "month"]:
            return table
        texts = [table[name].astype("Int64").astype(str).str.zfill(2) for name in parts]
        return table.assign(date=texts[0].str.cat(texts[1:], sep="-")).drop(columns=parts)
    return table.assign(date=iso_dates(table["date"]))


def iso_dates(dates: pd.Series) -> pd.Series:
    """Write days and months as YYYY-MM-DD and YYYY-MM; what is written in another way stays as it is."""
    different = pd.Series(dates.dropna().unique(), dtype=str)
    if different.str.fullmatch(r"\d{4}-\d\d(-\d\d)?").all():
        return dates
    plain = different.str.strip()
    for mark, sign in _CHINESE.items():
        plain = plain.str.replace(mark, sign, regex=False)
    plain = plain.str.replace(_MIDNIGHT, "", regex=True).str.rstrip("-")
    written = plain.str.extract(f"^(?:{_SEPARATED})$").fillna(plain.str.extract(f"^{_COMPACT}$"))
    year, month, day = (written[number] for number in range(3))
    days = (year + "-" + month.str.zfill(2)).str.cat(("-" + day.str.zfill(2)).fillna(""))
    return dates.map(dict(zip(different, days.fillna(different), strict=True)))
