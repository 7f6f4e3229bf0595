"""The analysis grid."""

import numpy as np
import pytest
from affine import Affine

from nppdrivers.grid import TILE_ROWS, Grid, thinned_cells, tile_rows, utm_crs


@pytest.fixture
def grid():
    return Grid.around((640_000, 3_930_000, 640_100, 3_930_070), "EPSG:32649", 30, 15)


def test_covers_the_bounds_on_the_lattice(grid):
    """The grid covers its bounds with the fewest cells whose edges lie at origin + k * size."""
    west, south, east, north = grid.bounds
    assert west <= 640_000 < west + 30 and east - 30 < 640_100 <= east
    assert south <= 3_930_000 < south + 30 and north - 30 < 3_930_070 <= north
    assert all((edge - 15) % 30 == 0 for edge in grid.bounds)


def test_survives_a_file(grid, tmp_path):
    """A saved grid loads as an equal one."""
    grid.save(tmp_path / "grid.json")
    assert Grid.load(tmp_path / "grid.json") == grid


def test_cell_centres_find_their_cells(grid):
    """The cell that holds the centre of a cell is that cell; a point outside has none."""
    rows, columns = grid.cell_of(*grid.xy())
    assert np.array_equal(rows, np.indices(grid.shape)[0])
    assert np.array_equal(columns, np.indices(grid.shape)[1])
    assert grid.cell_of(0.0, 0.0) == (-1, -1)


@pytest.mark.parametrize("cells", [1, 7, 12, 1000])
def test_blocks_cover_each_row_once(grid, cells):
    """Blocks of rows cover the grid without overlap, whatever their size."""
    rows = np.concatenate([np.arange(grid.height)[block] for block in grid.row_blocks(cells)])
    assert np.array_equal(rows, np.arange(grid.height))


def test_blocks_end_with_tiles():
    """Blocks of more rows than a tile has end with a row of tiles, and none is larger than asked for."""
    grid = Grid.around((0, 0, 3_000, 6_000), "EPSG:32649", 30)
    for cells in (3_300, 5_000, 10_000):
        blocks = list(grid.row_blocks(cells))
        assert all(block.start % TILE_ROWS == 0 for block in blocks) and blocks[-1].stop == grid.height
        assert max(block.stop - block.start for block in blocks) * grid.width <= cells


@pytest.mark.parametrize("count", [1, 3, 7, 47])
def test_tiles_cover_the_grid(count):
    """Tiles follow one another without gap and differ by a row at most; blocks of a tile cover the tile."""
    grid = Grid.around((0, 0, 900, 4_700), "EPSG:32649", 100)
    tiles = [tile_rows(f"{number}-of-{count}", grid.height) for number in range(1, count + 1)]
    rows = np.arange(grid.height)
    assert np.array_equal(np.concatenate([rows[tile] for tile in tiles]), rows)
    sizes = [tile.stop - tile.start for tile in tiles]
    assert max(sizes) - min(sizes) <= 1
    for tile in tiles:
        covered = np.concatenate([rows[block] for block in grid.row_blocks(27, rows=tile)])
        assert np.array_equal(covered, rows[tile])


def test_too_many_tiles_are_refused():
    """More tiles than rows raise a ValueError that names the setting."""
    with pytest.raises(ValueError, match=r"tiles: 48 tiles of a grid of 47 rows; take fewer"):
        tile_rows("1-of-48", 47)


def test_block_coordinates_are_those_of_the_whole(grid):
    """Coordinates of a block equal the same rows of the whole grid, in metres and in degrees."""
    for place in (grid.xy, grid.lonlat):
        whole = place()
        for part, of in zip(place(slice(1, 3)), whole, strict=True):
            assert np.array_equal(part, of[1:3])


def test_matches_only_the_same_lattice(grid):
    """A raster shifted by a tenth of a cell, of other shape or of another zone is another grid."""
    assert grid.matches("EPSG:32649", grid.transform, grid.shape)
    assert not grid.matches("EPSG:32649", grid.transform @ Affine.translation(0.1, 0), grid.shape)
    assert not grid.matches("EPSG:32649", grid.transform, (grid.height, grid.width + 1))
    assert not grid.matches("EPSG:32650", grid.transform, grid.shape)


@pytest.mark.parametrize(
    "place, zone",
    [((112.7, 35.5), "EPSG:32649"), ((-68.1, -16.5), "EPSG:32719"), ((125.7, 57.7), "EPSG:32651")],
)
def test_utm_zone(place, zone):
    """The UTM zone of a place, north and south of the equator."""
    assert utm_crs(*place) == zone


def test_swapped_coordinates_are_named():
    """A latitude that has no UTM zone is explained by swapped coordinates."""
    with pytest.raises(ValueError, match="swapped"):
        utm_crs(35.5, 112.7)


@pytest.mark.parametrize("size", [1, 2, 7, 60])
@pytest.mark.parametrize("step", [1, 2, 3, 5])
def test_thinned_cells_lie_in_their_squares(size, step):
    """The cell that stands for a square lies in it, also in the last one, which may be cut off."""
    cells = thinned_cells(size, step)
    assert len(cells) == -(-size // step)
    assert (cells // step == np.arange(len(cells))).all() and cells.max() < size


def test_cells_of_a_thinned_grid_lie_where_their_squares_lie():
    """The middle of a cell of the thinned grid lies in the cell that is taken, where the step is odd."""
    grid = Grid.around((0, 0, 330, 420), "EPSG:32649", 30)
    thinned = grid.every(3)
    rows, columns = thinned.taken()
    assert thinned.shape == (len(rows), len(columns))
    x, y = thinned.xy(slice(0, -1))
    found = grid.cell_of(x[:, :-1], y[:, :-1])
    assert np.array_equal(found[0][:, 0], rows[:-1]) and np.array_equal(found[1][0], columns[:-1])
    assert grid.every(1) is grid
