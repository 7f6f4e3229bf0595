"""Light yields of the members of the ensemble at the cells among which all cells are ranked."""

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp import spread
from nppdrivers.npp.cells import BLOCK_CELLS, Block
from nppdrivers.npp.spread import Choices, Ensemble, Inputs, Sample


def cells_by_row(inputs: Inputs, grid: Grid) -> np.ndarray:
    """Cells with NPP in each row (H,)."""
    return np.concatenate(
        [
            np.isfinite(rasters.read_inside(inputs.npp, inputs.study_area, grid, rows)).sum(axis=1)
            for rows in grid.row_blocks()
        ]
    )


def sample_npp_spread(*, inputs: Inputs, sample_path: str, choices: Choices) -> None:
    """Write every so many of the cells with NPP: as many as a grid without tiles ranks among."""
    grid = Grid.load(inputs.grid)
    members, by_row = Ensemble(inputs, choices), cells_by_row(inputs, grid)
    above = np.cumsum(by_row) - by_row
    step = spread.step_of(int(by_row.sum()))
    parts = []
    for rows in grid.row_blocks(BLOCK_CELLS):
        cells, npp = spread.cells_of(inputs, grid, rows)
        mask, taken = cells.mask.copy(), spread.every_nth(int(above[rows.start]), step)
        here = np.zeros(cells.number, bool)
        here[taken] = True
        mask[cells.mask] = here
        block = Block(rows, mask, cells.codes[taken], slice(0, int(here.sum())))
        yields = members.yields(block, grid)[: members.yields_of_members]
        parts.append((yields, block.codes, npp[taken]))
    yields, codes, values = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    Sample(yields, codes, values, step, above).save(sample_path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        sample_npp_spread(
            inputs=snakemake.input,
            sample_path=snakemake.output.sample,
            choices=Choices.of(snakemake.params.choices),
        )
