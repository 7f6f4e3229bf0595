"""Cells with NPP, and blocks of them."""

import numpy as np
from affine import Affine

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.npp.cells import Cells, cells_around

GRID = Grid("EPSG:32649", Affine(30, 0, 500_000, 0, -30, 4_000_000), 7, 5)


def cells():
    """Map of NPP with gaps, classes, and the cells."""
    npp = np.arange(35.0).reshape(7, 5)
    npp[1, :] = np.nan
    npp[4, 2] = np.nan
    classes = (np.arange(35).reshape(7, 5) % 3 + 1).astype("uint8")
    return npp, classes, Cells.from_map(npp, classes, GRID)


def test_blocks_read_what_the_whole_map_has(tmp_path):
    """Blocks of two rows put together give the values and codes of all cells with NPP, each once."""
    npp, classes, found = cells()
    year = np.stack([npp, npp + 100]) / 1000
    rasters.write(tmp_path / "ndvi.tif", year, GRID, "ndvi", bands=["2018-01", "2018-02"])
    together, codes = np.full((2, found.number), np.nan), np.zeros(found.number)
    for block in found.blocks(size=10):
        together[:, block.positions] = block.read(tmp_path / "ndvi.tif", GRID)
        codes[block.positions] = block.codes
    valid = ~np.isnan(npp)
    np.testing.assert_array_equal(together, year[:, valid].astype("float32"))
    np.testing.assert_array_equal(codes, classes[valid])


def test_values_return_to_their_places():
    """The map of the cells' own values, block by block, is the map they came from."""
    npp, _, found = cells()
    values = npp[~np.isnan(npp)]
    parts = [block.to_rows(values[block.positions]) for block in found.blocks(size=10)]
    np.testing.assert_array_equal(np.concatenate(parts), npp)


def test_cells_of_plots():
    """A point is its cell, a plot of 90 m nine cells, fewer at the edge, NaN outside the grid."""
    npp = np.arange(35.0).reshape(7, 5)
    x, y = 500_000 + 30 * 2.5, 4_000_000 - 30 * 4.5
    np.testing.assert_array_equal(cells_around(npp, GRID, x, y), npp[4:5, 2])
    np.testing.assert_array_equal(cells_around(npp, GRID, x, y, 90.0), npp[3:6, 1:4].ravel())
    assert cells_around(npp, GRID, 500_001, 3_999_999, 90.0).size == 4
    for outside in ((500_000 - 500, y), (x, 4_000_500), (500_000 + 30 * 6, y)):
        assert np.isnan(cells_around(npp, GRID, *outside, 90.0)).all()
