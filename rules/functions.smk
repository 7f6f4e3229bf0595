"""Functions that give rules their inputs, outputs and memory."""

import re


def driver_raster(name):
    """Path of the raster of a driver."""
    folder = {"climate": "climate/mean", "soil": "soil", "mining": "mining"}
    category = next(category for category, drivers in CATEGORY_DRIVERS.items() if name in drivers)
    return f"<results>/{folder[category]}/{name}.tif"


def images_of_year(name):
    """Input function: the files of one year of a user's folder (all of a file or folder that the workflow writes)."""

    def files(wildcards):
        found = raw(name)
        if isinstance(found, str):
            return found
        return [
            file
            for file in found
            if re.search(rf"(_{wildcards.year}\d{{4}}_|(A|_doy){wildcards.year}\d{{3}})", file)
        ]

    return files


def fused_intervals(suffix):
    """Input function: the files of all intervals, known only once the base images are chosen."""

    def files(wildcards):
        with checkpoints.select_base_images.get().output.intervals.open() as table:
            next(table)
            names = [line.split(",")[0] for line in table]
        return [f"<results>/ndvi/fused/{name}{suffix}" for name in names]

    return files


def monthly_ndvi(method):
    """Monthly NDVI of all years by that method: the run's own, or composed for the spread alone."""
    folder = "monthly" if method == config["monthly_ndvi"] else f"monthly_{method}"
    return expand(f"<results>/ndvi/{folder}/{{year}}.tif", year=YEARS)


def figure(name, category):
    """File of a figure, marked for the report that Snakemake makes."""
    return report(f"<results>/figures/{name}.png", category=category)


def memory(bytes_per_cell, base_mb=600):
    """Memory of a job [MB] from the number of cells of the grid and the attempt."""

    def mem_mb(wildcards, input, attempt):
        cells = 250_000
        if Path(input.grid).exists():
            shape = re.findall(r'"(?:height|width)": (\d+)', Path(input.grid).read_text())
            cells = int(shape[0]) * int(shape[1])
        return int(attempt * (base_mb + cells * bytes_per_cell / 1e6))

    return mem_mb


def weather_memory(wildcards, input, attempt):
    """Memory of a job that reads the weather [MB], from the size of its files and the attempt."""
    files = getattr(input, "weather", None) or []
    files = [Path(file) for file in ([files] if isinstance(files, str) else files)]
    size_mb = sum(file.stat().st_size for file in files if file.exists()) / 1e6
    return int(attempt * (1000 + 4 * size_mb))
