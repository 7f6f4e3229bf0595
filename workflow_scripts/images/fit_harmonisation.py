"""Fit the relations between the sensors' NDVI from the run's own images."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields

import pandas as pd

from nppdrivers.grid import Grid
from nppdrivers.images import harmonisation
from nppdrivers.images.landsat_folders import FineFolders, find_images
from nppdrivers.job import running


def fit_harmonisation(
    *,
    grid_path: str,
    sources: Mapping[str, str | None],
    years: Collection[int],
    max_days: int,
    table_path: str,
) -> None:
    """Write a row for each relation that images of these years need; those of other years help to fit it."""
    grid = Grid.load(grid_path)
    images = find_images(FineFolders(**sources))
    needed = harmonisation.needed_relations({image.sensor for image in images if image.date.year in years})
    counted = harmonisation.count_pairs(images, grid, max_days)
    relations = [harmonisation.fit_relation(*pair, counted[pair]) for pair in needed]
    columns = [column.name for column in fields(harmonisation.Relation)]
    table = pd.DataFrame([asdict(relation) for relation in relations], columns=columns)
    logging.info("fitted relations:\n%s", table.to_string(index=False))
    table.to_csv(table_path, index=False, float_format="%.6g")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        fit_harmonisation(
            grid_path=snakemake.input.grid,
            sources=snakemake.params.sources,
            years=snakemake.params.years,
            max_days=snakemake.params.max_days,
            table_path=snakemake.output.table,
        )
