"""The page of a plan: what would be fetched, when there are scenes, and which stations there are."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
from markupsafe import Markup

from nppdrivers.pages.parts import fill_template
from nppdrivers.pages.tables import table
from nppdrivers.pages.templates import macro

_LEFT, _WIDTH, _ROW, _TOP = 90, 780, 34, 12  # of the timeline [px]
_RADIUS = 4


def plan_page(
    title: str,
    notes: Sequence[str],
    tables: Mapping[str, pd.DataFrame],
    scenes: pd.DataFrame,
    years: list[int],
) -> str:
    """Write one self-contained page of a plan.

    Parameters
    ----------
    title : str
        Heading.
    notes : sequence of str
        Remarks under the heading.
    tables : mapping of str to DataFrame
        Table of each section; empty ones are left out.
    scenes : DataFrame
        platform, date (ISO 8601) and cloud [%] of each scene.
    years : list of int
        Of the period.

    Returns
    -------
    str
        The HTML.
    """
    sections = {} if scenes.empty else {"Fine images": [timeline(scenes, years)]}
    sections |= {
        name: [Markup('<div class="scroll whole">{}</div>').format(table(rows))]
        for name, rows in tables.items()
        if not rows.empty
    }
    return fill_template(title, notes, sections)


def timeline(scenes: pd.DataFrame, years: list[int]) -> Markup:
    """Draw the scenes of each satellite along the years as SVG; the darker a dot, the fewer clouds.

    Parameters
    ----------
    scenes : DataFrame
        platform, date (ISO 8601) and cloud [%]; a scene without cloud cover is drawn hollow.
    years : list of int
        Of the period, shown whole.
    """
    platforms = sorted(set(scenes["platform"]))
    first = date(years[0], 1, 1).toordinal()
    days = date(years[-1] + 1, 1, 1).toordinal() - first

    def x(day: str) -> float:
        return round(_LEFT + _WIDTH * (date.fromisoformat(day).toordinal() - first) / days, 1)

    marks = [(x(f"{year}-01-01"), x(f"{year}-07-02"), year) for year in years]
    rows = [
        (
            platform,
            _TOP + _ROW * (number + 0.5),
            [_dot(x(day), cloud) for day, cloud in _of(platform, scenes)],
        )
        for number, platform in enumerate(platforms)
    ]
    size = (_LEFT + _WIDTH + 10, _TOP + _ROW * len(platforms) + 24)
    return macro("plan.html", "timeline", size, marks, rows, _RADIUS)


def _of(platform: str, scenes: pd.DataFrame) -> list[tuple[str, float]]:
    """Day and cloud of the scenes of a platform."""
    own = scenes[scenes["platform"] == platform]
    return list(zip(own["date"], own["cloud [%]"], strict=True))


def _dot(x: float, cloud: float) -> tuple[float, str | None, str]:
    """Place, shade and words of a scene; without a shade where the cloud cover is not known."""
    if cloud != cloud:
        return x, None, "cloud cover not stated"
    return x, f"{1 - 0.85 * cloud / 100:.2f}", f"{cloud:.0f} % cloud"
