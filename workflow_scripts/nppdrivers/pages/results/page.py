"""The page of results, one file: plain words, map, places, figures, tables, files, provenance."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from nppdrivers.pages.parts import anchor
from nppdrivers.pages.results.figures import embedded
from nppdrivers.pages.results.layers import Atlas
from nppdrivers.pages.results.provenance import Provenance
from nppdrivers.pages.results.run_tables import run_table
from nppdrivers.pages.results.sentences import sentence
from nppdrivers.pages.tables import status_table, table
from nppdrivers.pages.templates import environment
from nppdrivers.pages.words import speaker, translations

PAGE_LIMIT = 14_900_000  # [bytes]
ROWS_SHOWN = 200  # longer tables are cut on the page, never in their file
SCRIPTS = (
    "page.js", "packing.js", "layers.js", "page.charts.js", "page.overlays.js", "page.details.js",
    "page.map.js", "page.controls.js", "page.tables.js", "page.start.js",
)  # fmt: skip


class Entry(NamedTuple):
    """A figure or a table: section, files relative to the page of which the first is shown, and caption."""

    section: str
    files: Sequence[str]
    caption: str


class Contents(NamedTuple):
    """All that a page shows.

    Attributes
    ----------
    title : str
    notes : list of str
        Remarks under the heading, such as "virtual basin".
    summary : mapping of str to list of str
        Sentences by heading, shown before all else.
    stages : DataFrame
        Columns stage, status, reason: what was done or left out, and why.
    files : mapping of str to list of str
        Files for other programs, relative to the page, by what they have.
    figures, tables : list of Entry
        Figures are embedded, scaled down to fit the size of the page; tables are cut at `ROWS_SHOWN` rows.
    atlas : Atlas
        Layers of the map.
    map : mapping
        What the map shows besides its layers: size, degrees, places, overlays, as page.map.js reads it.
    places : DataFrame
        Table of mines and zones, in the order of ``map["places"]``.
    """

    title: str
    notes: list[str]
    summary: Mapping[str, Sequence[str]]
    stages: pd.DataFrame
    files: Mapping[str, Sequence[str]]
    figures: Sequence[Entry]
    tables: Sequence[Entry]
    atlas: Atlas
    map: Mapping[str, Any]
    places: pd.DataFrame


def results_page(contents: Contents, about: Provenance, folder: Path, language: str = "en") -> str:
    """One self-contained page of all results.

    Parameters
    ----------
    contents : Contents
    about : Provenance
    folder : path
        Of the results: figures and tables are read from it, and links start there.
    language : {"en", "zh"}

    Returns
    -------
    str
        The HTML; it needs no other file and opens by a double click. Only its links lead to files next to it.

    Raises
    ------
    ValueError
        When the figures do not fit into a page of 15 MB.
    """
    say = speaker(language)
    html = (
        environment()
        .get_template("results/page.html")
        .render(
            language=language,
            say=say,
            title=contents.title,
            notes=contents.notes,
            summary={
                say(heading): [sentence(text, language) for text in lines]
                for heading, lines in contents.summary.items()
            },
            sections=_sections(contents, say),
            chapters=_chapters(contents, folder, language),
            stages=_stages(contents.stages, say),
            places=table(contents.places.rename(columns=say), has_places=True),
            has_places=not contents.places.empty,
            has_courses=contents.map["has_courses"],
            files=contents.files,
            maps=_files(contents.atlas),
            about=about,
            inputs=table(about.inputs.rename(columns=say)),
            data=_data(contents, language),
            texts=contents.atlas.texts,
            style=_source("page.css"),
            scripts=[_source(name) for name in SCRIPTS],
        )
    )
    return _with_figures(html, [folder / figure.files[0] for figure in contents.figures])


def _sections(contents: Contents, say: Callable[[str], str]) -> list[tuple[str, str]]:
    """Identity and name of each section, for the navigation."""
    fixed = [("summary", "In plain words")] if contents.summary else []
    fixed += [("map", "Map")] + ([("places", "Mines and zones")] if not contents.places.empty else [])
    chapters = dict.fromkeys(entry.section for entry in (*contents.figures, *contents.tables))
    named = [(f"chapter-{anchor(name)}", name) for name in chapters]
    last = [("files", "Maps and files"), ("stages", "Stages"), ("provenance", "Where this comes from")]
    return [(key, say(name)) for key, name in fixed + named + last]


def _chapters(contents: Contents, folder: Path, language: str) -> list[dict[str, Any]]:
    """Figures and tables by section, in the order in which sections first occur."""
    say = speaker(language)
    chapters: dict[str, dict[str, Any]] = {}
    for kind, entries in (("figures", contents.figures), ("tables", contents.tables)):
        for number, entry in enumerate(entries):
            empty: dict[str, Any] = {
                "name": say(entry.section),
                "id": anchor(entry.section),
                "figures": [],
                "tables": [],
            }
            shown = {"number": number, "files": entry.files, "caption": say(entry.caption)}
            if kind == "tables":
                rows, headings = run_table(
                    folder / entry.files[0], entry.files[1].removesuffix(".csv"), language
                )
                shown |= {
                    "rows": table(rows.head(ROWS_SHOWN), headings=headings),
                    "more": len(rows) - ROWS_SHOWN,
                    "count": len(rows),
                }
            chapters.setdefault(entry.section, empty)[kind].append(shown)
    return list(chapters.values())


def _stages(stages: pd.DataFrame, say: Callable[[str], str]) -> Markup:
    rows = [
        [say(stage), say(status), say(reason)] for stage, status, reason in stages.itertuples(index=False)
    ]
    return status_table([say(name) for name in ("Stage", "Status", "Reason")], rows, good=say("done"))


def _files(atlas: Atlas) -> dict[str, list[tuple[str, list[str]]]]:
    """Title and files of each map, by group."""
    groups: dict[str, dict[str, list[str]]] = {}
    for layer in atlas.layers:
        names = dict.fromkeys(f"{pack}.tif" for pack, _ in layer["slices"])
        groups.setdefault(layer["group"], {})[layer["title"]] = list(names)
    return {group: list(maps.items()) for group, maps in groups.items()}


def _data(contents: Contents, language: str) -> Markup:
    """All that the script reads, as JSON in which nothing can end the element that has it."""
    atlas = contents.atlas
    data = {
        "words": translations(language),
        "layers": atlas.layers,
        "grids": atlas.grids,
        "packs": atlas.packs,
    }
    text = json.dumps(data | dict(contents.map), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _source(name: str) -> Markup:
    """Text of a style or script of this project."""
    return Markup((files("nppdrivers.pages.results") / name).read_text(encoding="utf-8"))


def _with_figures(html: str, paths: Sequence[Path]) -> str:
    """Put the figures, as wide as there is room for, where the template names them by number."""
    parts = re.split("\x00figure (\\d+)\x00", html)
    room = PAGE_LIMIT - sum(len(part.encode()) for part in parts)
    figures = embedded(paths, room)
    for place in range(1, len(parts), 2):
        figure = figures[int(parts[place])]
        size = f'width="{figure.width}" height="{figure.height}"'
        parts[place] = f'{size} src="data:image/webp;base64,{figure.content}"'
    return "".join(parts)
