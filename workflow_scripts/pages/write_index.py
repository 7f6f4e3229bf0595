"""Write the page of all results."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.language import CHINESE_FONTS, chinese_font
from nppdrivers.grid import Grid
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running
from nppdrivers.pages.results.layers import Map, Place, atlas_of
from nppdrivers.pages.results.page import Contents, Entry, results_page
from nppdrivers.pages.results.places import Vectors, map_contents, table_of_places
from nppdrivers.pages.results.provenance import provenance
from nppdrivers.pages.words import speaker


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the run does not have."""

    grid: str
    study_area: str
    area: str | list[str]
    river: str | list[str]
    stages: str
    settings: str
    files: str
    citation: str
    summaries: list[str]
    parameters: str
    months: str
    maps: list[str]
    project: str
    vectors: str | list[str]
    cubes: list[str]
    animations: list[str]
    package: str


class Settings(Protocol):
    """What the page is called, its language, and what it lists."""

    title: str
    note: str
    language: str
    figures: Mapping[str, Sequence[str]]
    formats: Sequence[str]
    tables: Mapping[str, Sequence[str]]
    maps: Sequence[Mapping[str, Any]]


# another job writes these, which needs all that the page needs
CATALOGUE = {
    "catalogue of the run (STAC, RO-Crate)": ["catalog/collection.json", "ro-crate-metadata.json"],
    "how to cite this run": ["CITATION.txt"],
}


def entries(listed: Mapping[str, Sequence[str]], forms: Sequence[str]) -> list[Entry]:
    """Figures or tables, whose names fill the forms of their files."""
    return [
        Entry(section, [form.format(name) for form in forms], caption)
        for name, (section, caption) in listed.items()
    ]


def place_of(inputs: Inputs, folder: Path) -> Place:
    """What all layers of the map share."""
    grid = Grid.load(inputs.grid)
    land_cover = pd.read_csv(inputs.parameters).rename(columns={"number": "code"})
    return Place(folder / "maps", grid, rasters.read_mask(inputs.study_area, grid), land_cover)


def notes_of(settings: Settings) -> list[str]:
    """What to know before all else: that the place is simulated, why figures are in another language."""
    say, notes = speaker(settings.language), []
    if settings.note:
        notes.append(
            say("Everything on this page is drawn from a simulated place: {}.").format(settings.note)
        )
    if settings.language != "en" and chinese_font() is None:
        notes.append(
            say(
                "The figures are in English: this machine has no font with Chinese letters, such as {}."
            ).format(CHINESE_FONTS[0])
        )
    return notes


def summary_of(paths: Sequence[str]) -> dict[str, list[str]]:
    """Sentences by heading."""
    summary: dict[str, list[str]] = {}
    for path in paths:
        summary |= json.loads(Path(path).read_text(encoding="utf-8"))["sections"]
    return summary


def write_index(*, inputs: Inputs, settings: Settings, page_path: str) -> None:
    """Write one self-contained page."""
    target = Path(page_path)
    say = speaker(settings.language)
    place = place_of(inputs, target.parent)
    vectors = Vectors.read(str(inputs.vectors) if inputs.vectors else None)
    lines = {"area": layer_if_given(inputs.area or None), "river": layer_if_given(inputs.river or None)}
    months = pd.read_csv(inputs.months)

    def relative(path: str | list[str]) -> str:
        return Path(str(path)).relative_to(target.parent).as_posix()

    contents = Contents(
        title=settings.title,
        notes=notes_of(settings),
        summary=summary_of(inputs.summaries),
        stages=pd.read_csv(inputs.stages, keep_default_na=False),
        files={
            say("maps in colour for QGIS"): [relative(inputs.project)],
            say("mines, zones, stations and points"): [relative(inputs.vectors)] if inputs.vectors else [],
            say("months as NetCDF"): [relative(path) for path in inputs.cubes],
            say("months as animation"): [relative(path) for path in inputs.animations],
            say("tables with units and few digits"): [relative(inputs.package)],
            **{say(words): names for words, names in CATALOGUE.items()},
        },
        figures=entries(settings.figures, [f"figures/{{}}.{end}" for end in ("png", *settings.formats)]),
        tables=entries(settings.tables, ["tables/{}.csv", "{}.csv"]),
        atlas=atlas_of([Map(**each) for each in settings.maps], place, say),
        map=map_contents(vectors, lines, months, place.grid, say),
        places=table_of_places(vectors.polygons, say),
    )
    about = provenance(Path(inputs.settings), Path(inputs.files), Path(inputs.citation), settings.note, say)
    page = results_page(contents, about, target.parent, settings.language)
    target.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_index(inputs=snakemake.input, settings=snakemake.params, page_path=snakemake.output.page)
