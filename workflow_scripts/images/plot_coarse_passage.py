"""Figure of the passage from MODIS to VIIRS."""

import pandas as pd

from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.ndvi.passage import passage_figure
from nppdrivers.job import running

if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        table = pd.read_csv(snakemake.input.table)
        save(passage_figure(table), snakemake.output.figure, Imprint(**snakemake.params.imprint))
