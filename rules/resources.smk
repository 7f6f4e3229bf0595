"""Memory of jobs, from the size of the grid or of the files they read."""

import json


def block_cells(grid):
    """Cells of a block of the fusion: its rows, half a moving window and windows of coarse pixels around them."""
    margin = config["fusion"]["window"] // 2 + round(2.5 * COARSE_PIXEL_M / grid["transform"][0])
    return max(1_000_000, 128 * grid["width"]) + 2 * margin * grid["width"]


def memory(bytes_per_cell, base_mb=600, blocks=False):
    """Memory of a job [MB] from the cells of the grid, or of one block with its margins, and the attempt."""

    def mem_mb(wildcards, input, attempt):
        cells = 250_000
        if Path(input.grid).exists():
            grid = json.loads(Path(input.grid).read_text())
            cells = grid["height"] * grid["width"]
            if blocks:
                cells = min(cells, block_cells(grid))
        return int(attempt * (base_mb + cells * bytes_per_cell / 1e6))

    return mem_mb


def weather_memory(wildcards, input, attempt):
    """Memory of a job that reads the weather [MB], from the size of its files and the attempt."""
    files = getattr(input, "weather", None) or []
    files = [Path(file) for file in ([files] if isinstance(files, str) else files)]
    size_mb = sum(file.stat().st_size for file in files if file.exists()) / 1e6
    return int(attempt * (1000 + 4 * size_mb))
