"""Write the catalogue of a run: STAC collection, RO-Crate, and how to cite it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from nppdrivers import __version__, rasters
from nppdrivers.export.sources import sources_of_run
from nppdrivers.export.titles import map_title
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.pages.catalogue.citation import citation_text
from nppdrivers.pages.catalogue.crate import write_crate
from nppdrivers.pages.catalogue.run import Result, Run, read_inputs
from nppdrivers.pages.catalogue.stac import write_stac
from nppdrivers.pages.results.provenance import citations, commit, licences
from nppdrivers.period import Period


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the run does not have."""

    grid: str
    files: str
    citation: str
    manifest: str | list[str]
    settings: str
    code: str
    maps: Sequence[str]
    others: Sequence[str]
    tables: Sequence[str]


class Outputs(Protocol):
    """Files of the catalogue."""

    stac: str
    crate: str
    citation: str


class Settings(Protocol):
    """What the run is called, its licence and period; year and title of each map; titles of other files."""

    title: str
    virtual_title: str
    licence: str
    period: Mapping[str, str]
    maps: Sequence[Mapping[str, Any]]
    others: Sequence[str]
    tables: Mapping[str, str]


def maps_of(inputs: Inputs, settings: Settings) -> list[Result]:
    """Maps with their titles."""
    return [
        Result(
            Path(path),
            map_title(about["title"], about["words"], rasters.tags(path)["product"], str),
            about["words"].get("year", ""),
        )
        for path, about in zip(inputs.maps, settings.maps, strict=True)
    ]


def write_catalogue(*, inputs: Inputs, output: Outputs, settings: Settings) -> None:
    """Write all three."""
    crate, revision = Path(output.crate), commit()
    software = " ".join(filter(None, [f"nppdrivers {__version__}", revision and f"({revision})"]))
    run = Run(
        folder=crate.parent,
        title=settings.title,
        software=software,
        licence=settings.licence,
        grid=Grid.load(inputs.grid),
        period=Period(**settings.period),
        inputs=read_inputs(Path(inputs.files)),
    )
    maps = maps_of(inputs, settings)
    others = [Result(Path(path), title) for path, title in zip(inputs.others, settings.others, strict=True)]
    captions = zip(inputs.tables, settings.tables.values(), strict=True)
    tables = [Result(Path(path), caption) for path, caption in captions]
    write_stac(Path(output.stac).parent, run, maps, others)
    code = [
        Result(Path(inputs.settings), "Settings of the run"),
        Result(Path(inputs.code), "Digest of the code of every script"),
    ]
    write_crate(crate, run, [*maps, *others, *tables], code)
    manifest = Path(str(inputs.manifest)) if inputs.manifest else None
    names = [name for name, _ in run.inputs_by_name()]
    sources = sources_of_run(names, manifest, settings.virtual_title)
    terms = [] if settings.virtual_title else licences(names, "", str)
    text = citation_text(run.description, revision, citations(Path(inputs.citation)), terms, sources)
    Path(output.citation).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_catalogue(inputs=snakemake.input, output=snakemake.output, settings=snakemake.params)
