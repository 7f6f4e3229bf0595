"""Check of the soil samples."""

from pathlib import Path

import pandas as pd

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.samples.places import place_findings
from nppdrivers.checks.samples.soil_columns import column_findings
from nppdrivers.checks.samples.soil_values import value_findings
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.soil import read_soil_samples
from nppdrivers.kriging.choice import FEWEST, MINIMUM_SAMPLES
from nppdrivers.quantities import SOIL

_SAMPLE_YEARS = 5  # soil changes slowly


def check_soil_samples(study: Study, path: Path) -> Findings:
    """Check the samples, and that they have the properties of the run from about its years."""
    columns = study.columns.get("soil_samples", {})
    samples = read_soil_samples(path, WGS84, columns)
    counts = (f"{name} {samples[name].count()}" for name in SOIL if name in samples)
    yield f"{len(samples)} samples, values of {', '.join(counts)}"
    yield from place_findings(samples, study, path)
    yield from value_findings(samples, columns, path)
    yield from column_findings(samples, [name for name in SOIL if name in samples], str(path))
    for name in study.soil_properties:
        number = int(samples[name].count()) if name in samples else 0
        if number == 0:
            message = f"no value of {name}"
            yield Problem(str(path), "", message, f"add a column {name}, or take it out of soil.properties")
        elif number < FEWEST:
            message = f"{number} values of {name}, a map needs {FEWEST}"
            yield Problem(
                str(path), f"column {name}", message, "add samples, or take it out of soil.properties"
            )
        elif number < MINIMUM_SAMPLES:
            message = f"{number} values of {name}: fewer than the {MINIMUM_SAMPLES} that kriging needs"
            remedy = "the map will be of inverse distances or the mean; add samples where there are more"
            yield InputWarning(str(path), f"column {name}", message, remedy)
    if "date" in samples:
        yield from _sample_dates(samples["date"], study, path)


def _sample_dates(dates: pd.Series, study: Study, path: Path) -> Findings:
    """Dates must be readable, and not many years from the study."""
    days = pd.to_datetime(dates, errors="coerce", format="ISO8601")
    if days.notna().any():
        yield f"taken {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
    unread = dates.notna() & days.isna()
    if unread.any():
        message = f"{dates[unread].iloc[0]} is not a date"
        yield Problem(str(path), "column date", message, "write dates as YYYY-MM-DD")
    first, last = (pd.Timestamp(day) for day in (study.period.first_day, study.period.last_day))
    far = pd.DateOffset(years=_SAMPLE_YEARS)
    outside = days[(days < first - far) | (days > last + far)]
    if len(outside):
        message = f"{len(outside)} samples were taken more than {_SAMPLE_YEARS} years outside the study"
        yield Problem(str(path), "column date", message, "check the dates, or leave these samples out")
