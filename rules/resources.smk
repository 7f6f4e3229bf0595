"""Memory and time of jobs, from the size of the grid or of the files they read.

Only clusters look at them. A job that failed for want of either asks for as much again at each further attempt.
"""

import json
import math

# What Python and the libraries of a script take, with Snakemake, which a job of a cluster holds twice: 320 + 630 MB
BASE_MB = 1000
# Most steps read their rasters by blocks of so many cells
BLOCK_CELLS = 1_000_000
# Figures read every nth cell of a grid with more cells along a side
DRAWN_CELLS = 1600**2


def cells_in(grid_path):
    """Cells of a grid; 0 while it is not made."""
    if not Path(grid_path).is_file():
        return 0
    grid = json.loads(Path(grid_path).read_text())
    return grid["height"] * grid["width"]


def cells_of_grid(input):
    """Cells of the grid; a quarter of a million while it is not made, or where a job does not read it."""
    return cells_in(getattr(input, "grid", None) or "") or 250_000


def block_cells(grid):
    """Cells of a block of the fusion: its rows, half a moving window and windows of coarse pixels around them."""
    margin = config["fusion"]["window"] // 2 + round(2.5 * COARSE_PIXEL_M / grid["transform"][0])
    return max(1_000_000, 128 * grid["width"]) + 2 * margin * grid["width"]


def memory(bytes_per_cell=0, base_mb=BASE_MB, blocks=False, most_cells=None, tiles=1):
    """Memory of a job [MB] from the cells of its tile, or of one block with its margins, and the attempt.

    The memory of most jobs is that of a block, whatever the tiles are.
    """

    def mem_mb(wildcards, input, attempt):
        cells = min(cells_of_grid(input) / tiles, most_cells or math.inf)
        if blocks and Path(input.grid).is_file():
            cells = min(cells, block_cells(json.loads(Path(input.grid).read_text())))
        return int(attempt * (base_mb + cells * bytes_per_cell / 1e6))

    return mem_mb


def runtime(minutes_per_million_cells, tiles=1):
    """Longest time of a job [min] from the cells of its tile and the attempt: some ten times what was measured."""

    def minutes(wildcards, input, attempt):
        return int(attempt * (15 + minutes_per_million_cells * cells_of_grid(input) / tiles / 1e6))

    return minutes


def weather_memory(wildcards, input, attempt):
    """Memory of a job that reads the weather [MB], from the size of its files and the attempt."""
    files = getattr(input, "weather", None) or []
    files = [Path(file) for file in ([files] if isinstance(files, str) else files)]
    size_mb = sum(file.stat().st_size for file in files if file.exists()) / 1e6
    return int(attempt * (BASE_MB + 4 * size_mb))
