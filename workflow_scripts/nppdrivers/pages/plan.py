"""The page of a plan: what would be fetched, when there are scenes, and which stations there are."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

import pandas as pd

from nppdrivers.pages.parts import fill_template, table

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
    sections = {} if scenes.empty else {"Landsat scenes": [timeline(scenes, years)]}
    sections |= {
        name: [f'<div class="scroll whole">{table(rows)}</div>']
        for name, rows in tables.items()
        if not rows.empty
    }
    return fill_template(title, notes, sections)


def timeline(scenes: pd.DataFrame, years: list[int]) -> str:
    """Draw the scenes of each satellite along the years as SVG; the darker a dot, the fewer clouds.

    Parameters
    ----------
    scenes : DataFrame
        platform, date (ISO 8601) and cloud [%]; a scene without cloud cover is drawn hollow.
    years : list of int
        Of the period, shown whole.
    """
    platforms = sorted(set(scenes["platform"]))
    height = _TOP + _ROW * len(platforms) + 24
    first = date(years[0], 1, 1).toordinal()
    days = date(years[-1] + 1, 1, 1).toordinal() - first

    def x(day: str) -> float:
        return _LEFT + _WIDTH * (date.fromisoformat(day).toordinal() - first) / days

    bottom = height - 22
    marks = []
    for year in years:
        left = x(f"{year}-01-01")
        marks.append(f'<line x1="{left:.1f}" x2="{left:.1f}" y1="0" y2="{bottom}" stroke="#dfe3e7"/>')
        middle = x(f"{year}-07-02")
        marks.append(f'<text x="{middle:.1f}" y="{height - 6}" text-anchor="middle">{year}</text>')
    for row, platform in enumerate(platforms):
        y = _TOP + _ROW * (row + 0.5)
        marks.append(f'<text x="0" y="{y + 4:.1f}">{escape(platform)}</text>')
        own = scenes[scenes["platform"] == platform]
        marks += [_dot(x(day), y, cloud) for day, cloud in zip(own["date"], own["cloud [%]"], strict=True)]
    caption = "Each dot is a scene: the darker, the fewer clouds over the whole scene."
    return (
        f'<figure><svg viewBox="0 0 {_LEFT + _WIDTH + 10} {height}" width="100%" role="img" font-size="12" '
        f'fill="#1c2126" aria-label="Landsat scenes by satellite and day">{"".join(marks)}</svg>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _dot(x: float, y: float, cloud: float) -> str:
    """Mark of a scene; hollow where the cloud cover is not known."""
    known = cloud == cloud
    shade = 1 - 0.85 * cloud / 100 if known else 0
    fill = f'fill="#0b6e4f" fill-opacity="{shade:.2f}"' if known else 'fill="none"'
    words = f"{cloud:.0f} % cloud" if known else "cloud cover not stated"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}" {fill} stroke="#0b6e4f" stroke-opacity="0.5">'
        f"<title>{words}</title></circle>"
    )
