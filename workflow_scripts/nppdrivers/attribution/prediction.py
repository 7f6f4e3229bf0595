"""Map of what forests predict, by blocks of rows."""

from collections.abc import Sequence

import numpy as np

from nppdrivers import rasters
from nppdrivers.forest import Forest
from nppdrivers.grid import Grid, tile_rows, within


def predict_map(
    grid: Grid, forests: Sequence[Forest], study_area: str, drivers: Sequence[str], path: str, tile: str
) -> None:
    """Write mean and standard deviation of the forests in a tile of the grid, inside the study area."""
    own, bands = tile_rows(tile, grid.height), ["NPP", "standard deviation over the seeds"]
    with rasters.create(
        path, grid.part(own), "forest_prediction", bands=bands, forests=len(forests)
    ) as target:
        for rows in grid.row_blocks(rows=own):
            X = rasters.read_columns(drivers, study_area, grid, rows)
            predictions = np.array([forest.predict(X) for forest in forests])
            spread = predictions.std(axis=0, ddof=1) if len(forests) > 1 else np.full(len(X), np.nan)
            target.write(np.stack([predictions.mean(axis=0), spread]), within(rows, own))
