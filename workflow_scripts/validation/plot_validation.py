"""Draw simulated NPP against MOD17A3HGF and biomass plots."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.charts import validation_scatter
from nppdrivers.job import running


class Inputs(Protocol):
    """Tables that the rule hands over."""

    cells: str
    table: str
    parameters: str


def plot_validation(*, inputs: Inputs, figure_paths: Sequence[str], imprint: Imprint) -> None:
    """Save the scatter of coarse cells and, where there are plots, that of the plots."""
    table = pd.read_csv(inputs.table)
    plots = table[table["kind"] == "plot"].rename(columns={"name": "plot", "reference": "measured"})
    colours = pd.read_csv(inputs.parameters).set_index("class")["colour"]
    figure = validation_scatter(
        pd.read_csv(inputs.cells).dropna(), plots if len(plots) else None, colours=colours
    )
    save(figure, figure_paths, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_validation(
            inputs=snakemake.input,
            figure_paths=snakemake.output.figure,
            imprint=Imprint(**snakemake.params.imprint),
        )
