"""Memory of jobs, from the size of the grid or of the files they read."""

import re


def memory(bytes_per_cell, base_mb=600, blocks=False):
    """Memory of a job [MB] from the cells of the grid, or of one block with its margins, and the attempt."""

    def mem_mb(wildcards, input, attempt):
        cells = 250_000
        if Path(input.grid).exists():
            shape = re.findall(r'"(?:height|width)": (\d+)', Path(input.grid).read_text())
            cells = int(shape[0]) * int(shape[1])
            if blocks:
                width = int(re.search(r'"width": (\d+)', Path(input.grid).read_text())[1])
                cells = min(cells, max(1_000_000, 128 * width) + 2 * 45 * width)
        return int(attempt * (base_mb + cells * bytes_per_cell / 1e6))

    return mem_mb


def weather_memory(wildcards, input, attempt):
    """Memory of a job that reads the weather [MB], from the size of its files and the attempt."""
    files = getattr(input, "weather", None) or []
    files = [Path(file) for file in ([files] if isinstance(files, str) else files)]
    size_mb = sum(file.stat().st_size for file in files if file.exists()) / 1e6
    return int(attempt * (1000 + 4 * size_mb))
