"""Functions that give rules their inputs, outputs and memory."""

import re

# what the fusion scripts need to know, and into how many tiles an interval is cut
FUSION = {name: config["fusion"][name] for name in ("window", "classes", "consistency")}
BANDS = config["fusion"]["fuse"] == "bands"
TILES = config["fusion"]["tiles"]
PART = "{interval}" if TILES == 1 else "{interval}/{scatteritem}"


def settings_table(path):
    """Path of a table of constants: as given where it exists, else beside the workflow's own settings."""
    return path if Path(path).exists() else str(SCRIPTS.parent / path)


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


def layers_of_year(sensor):
    """Rasters of a year: NDVI and, where the bands are fused, red and near infrared."""
    ends = {"ndvi": ""} | ({"red": "_red", "nir": "_nir"} if BANDS else {})
    return {layer: f"<results>/ndvi/{sensor}/{{year}}{end}.tif" for layer, end in ends.items()}


def images_to_fuse():
    """Fine and coarse images of all years, NDVI and, where the bands are fused, these; days of the coarse ones."""
    images = {"coarse_day": expand("<results>/ndvi/modis/{year}_day.tif", year=YEARS)}
    for name, sensor in {"fine": "landsat", "coarse": "modis"}.items():
        for layer, path in layers_of_year(sensor).items():
            images[name if layer == "ndvi" else f"{name}_{layer}"] = expand(path, year=YEARS)
    return images


def fused_part(suffix):
    """Output of a fusion job: a file of its interval or, where intervals are cut into tiles, of one tile."""
    path = f"<results>/ndvi/fused/{PART}{suffix}"
    return path if TILES == 1 else temp(path)


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
