"""Write the maps of a run for other programs, each with its colours, and a project that shows them."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from nppdrivers import rasters
from nppdrivers.export.cog import cut_to_area, sample, write_cog
from nppdrivers.export.qgis import Layer, layer_style, write_project
from nppdrivers.export.styles import Style, style_of
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.quantities import quantity


class Place(NamedTuple):
    """What all maps of a run share: grid, path of the study area, land cover classes with their colours."""

    grid: Grid
    study_area: str
    land_cover: pd.DataFrame


def export_map(source: str, target: Path, place: Place) -> Style:
    """Write a map cut to the study area, and its colours next to it for QGIS."""
    name, about = rasters.metadata(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        cut = Path(folder) / target.name
        cut_to_area(source, place.study_area, place.grid, cut)
        style = style_of(sample(cut), quantity(name), about.get("legend"), place.land_cover)
        write_cog(cut, target, style)
    target.with_suffix(".qml").write_text(layer_style(style), encoding="utf-8")
    return style


def export_maps(
    *,
    sources: Sequence[str],
    targets: Sequence[str],
    titles: Sequence[tuple[str, str]],
    place: Place,
    title: str,
    project_path: str,
) -> None:
    """Write all maps and the project; a map without a title has the long name of its quantity."""
    project = Path(project_path)
    layers = []
    for source, target, (group, name) in zip(sources, map(Path, targets), titles, strict=True):
        style = export_map(source, target, place)
        name = name or rasters.tags(source)["long_name"]
        layers.append(Layer(group, name, target.relative_to(project.parent).as_posix(), style))
    write_project(project, title, layers, place.grid)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        parameters = pd.read_csv(snakemake.input.parameters).rename(columns={"number": "code"})
        export_maps(
            sources=snakemake.input.maps,
            targets=snakemake.output.maps,
            titles=snakemake.params.titles,
            place=Place(Grid.load(snakemake.input.grid), snakemake.input.study_area, parameters),
            title=snakemake.params.title,
            project_path=snakemake.output.project,
        )
