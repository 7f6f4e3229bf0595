"""Write the maps of a run for other programs, each with its colours, and a project that shows them."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from nppdrivers import rasters
from nppdrivers.export.cog import cut_to_area, sample, write_cog
from nppdrivers.export.qgis import Layer, layer_style, write_project
from nppdrivers.export.styles import Style, style_of
from nppdrivers.export.titles import map_title
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.language.words import speaker
from nppdrivers.quantities import quantity


class Place(NamedTuple):
    """What all maps of a run share: grid, path of the study area, classes of land cover, language."""

    grid: Grid
    study_area: str
    land_cover: pd.DataFrame
    language: str


def export_map(source: str, target: Path, place: Place) -> Style:
    """Write a map cut to the study area, and its colours next to it for QGIS, in the language of the run."""
    name, about = rasters.metadata(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        cut = Path(folder) / target.name
        cut_to_area(source, place.study_area, place.grid, cut)
        style = style_of(sample(cut), quantity(name), about.get("legend"), place.land_cover)
        write_cog(cut, target, style)  # names of classes in it are for programs: English
    style = style.spoken(speaker(place.language))
    target.with_suffix(".qml").write_text(layer_style(style), encoding="utf-8")
    return style


def export_maps(
    *,
    sources: Sequence[str],
    targets: Sequence[str],
    names: Sequence[Mapping[str, Any]],
    place: Place,
    title: str,
    project_path: str,
) -> None:
    """Write all maps and the project; `names` has group, title and words of each, as config/maps.csv."""
    project, say = Path(project_path), speaker(place.language)
    layers = []
    for source, target, about in zip(sources, map(Path, targets), names, strict=True):
        style = export_map(source, target, place)
        title_of_map = map_title(about["title"], about["words"], rasters.tags(source)["product"], say)
        path = target.relative_to(project.parent).as_posix()
        layers.append(Layer(say(about["group"]), title_of_map, path, style))
    write_project(project, title, layers, place.grid)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        grid, params = Grid.load(snakemake.input.grid), snakemake.params
        classes = pd.read_csv(snakemake.input.parameters).rename(columns={"number": "code"})
        export_maps(
            sources=snakemake.input.maps,
            targets=snakemake.output.maps,
            names=params.names,
            place=Place(grid, snakemake.input.study_area, classes, params.language),
            title=params.title,
            project_path=snakemake.output.project,
        )
