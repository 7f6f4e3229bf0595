"""Write the tables of a run for people and other programs, and the Data Package that describes them."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from nppdrivers.export.sources import Source, sources_of_run
from nppdrivers.export.tables import Table, data_package, resource, write_table
from nppdrivers.job import running


def export_tables(
    tables: Iterable[Table],
    targets: Iterable[str],
    package_path: str,
    *,
    about: Mapping[str, str],
    sources: Iterable[Source],
    excel: bool,
) -> None:
    """Write each table, and the package; `about` has its title and the licence of the results."""
    package = Path(package_path)
    resources = []
    for table, target in zip(tables, map(Path, targets), strict=True):
        schema = write_table(table, target, excel=excel)
        resources.append(resource(table, target, package.parent, schema))
    named = [{"title": source.title} for source in sources]
    described = data_package(about["title"], resources, about["licence"], named)
    package.write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        manifest = Path(snakemake.input.manifest) if snakemake.input.manifest else None
        captions = zip(params.tables.items(), snakemake.input.tables, strict=True)
        export_tables(
            [Table(name, caption, Path(path)) for (name, caption), path in captions],
            snakemake.output.tables,
            snakemake.output.package,
            about=params.about,
            sources=sources_of_run(params.inputs, manifest, params.virtual_title),
            excel=params.excel,
        )
