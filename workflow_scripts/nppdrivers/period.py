"""The months of a study, both ends included. The standard library alone: the Snakefile reads this too."""

import re
from calendar import month_name
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """All months from a first to a last one.

    Attributes
    ----------
    first_month, last_month : str
        "YYYY-MM", both included.

    Raises
    ------
    ValueError
        For text that is not a month, and when the first month comes after the last.
    """

    first_month: str
    last_month: str

    def __post_init__(self) -> None:
        for month in (self.first_month, self.last_month):
            if not is_month(month):
                raise ValueError(f"{month!r} is not a month; write YYYY-MM with 01 to 12")
        if self.first_month > self.last_month:
            raise ValueError(
                f"the first month {self.first_month} comes after the last month {self.last_month}"
            )

    def __str__(self) -> str:
        return f"{self.first_month} to {self.last_month}"

    def __contains__(self, month: str) -> bool:
        return self.first_month <= month <= self.last_month

    @property
    def years(self) -> list[int]:
        """All calendar years that have a month in the period."""
        return list(range(int(self.first_month[:4]), int(self.last_month[:4]) + 1))

    @property
    def full_years(self) -> list[int]:
        """Calendar years that have all twelve months in the period."""
        return [year for year in self.years if all(month in self for month in months_of_year(year))]

    @property
    def months(self) -> list[str]:
        """All months, "YYYY-MM", in order."""
        return [month for year in self.years for month in months_of_year(year) if month in self]

    @property
    def first_day(self) -> date:
        """First day of the first month."""
        return date.fromisoformat(f"{self.first_month}-01")

    @property
    def last_day(self) -> date:
        """Last day of the last month."""
        month = date.fromisoformat(f"{self.last_month}-01")
        return (month + timedelta(31)).replace(day=1) - timedelta(1)

    @property
    def missing_calendar_months(self) -> list[str]:
        """Names of the calendar months that no year of the period has."""
        present = {int(month[5:]) for month in self.months}
        return [name for number, name in enumerate(month_name) if number and number not in present]

    @property
    def part_of_year(self) -> str:
        """Months that a mean year of the period has, in words; empty when it has all twelve."""
        missing = self.missing_calendar_months
        return ", ".join(name for name in month_name[1:] if name not in missing) if missing else ""

    def whole_years(self) -> "Period":
        """From January of the first year to December of the last."""
        return Period(f"{self.first_month[:4]}-01", f"{self.last_month[:4]}-12")


def is_month(text: str) -> bool:
    """Whether a text is a month of the years 1000 to 9999, written as YYYY-MM."""
    return re.fullmatch(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])", text) is not None


def months_of_year(year: int | str) -> list[str]:
    """Twelve months of a year, "YYYY-MM"."""
    return [f"{year}-{month:02d}" for month in range(1, 13)]
