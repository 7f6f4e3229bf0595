"""What the rules of images and fusion share: layers of a year, images to fuse, files of a span of intervals."""

# what the fusion scripts need to know
FUSION = {name: config["fusion"][name] for name in ("method", "window", "classes", "consistency")}
# whether predictions of the fusion model are weighed with simpler ones
WEIGHED = config["fusion"]["method"] == "combined"
# windows at the scale of the coarse images follow from it
COARSE_PIXEL_M = coarse_products.pixel_width_m(config["coarse"]["products"])
# what brings VIIRS to MODIS, where the series has both
PASSAGE = (
    {"passage": "<results>/ndvi/coarse_passage.csv", "land_cover": "<results>/grid/land_cover.tif"}
    if HAS_PASSAGE
    else {}
)
BANDS = config["fusion"]["layers"] == "bands"


def layers_of_year(sensor):
    """Rasters of a year: NDVI and, where the bands are fused, red and near infrared."""
    ends = {"ndvi": ""} | ({"red": "_red", "nir": "_nir"} if BANDS else {})
    return {layer: f"<results>/ndvi/{sensor}/{{year}}{end}.tif" for layer, end in ends.items()}


def images_to_fuse():
    """Fine and coarse images of all years, NDVI and, where the bands are fused, these; days of the coarse ones."""
    images = {"coarse_day": expand("<results>/ndvi/coarse/{year}_day.tif", year=YEARS)}
    for name, sensor in {"fine": "landsat", "coarse": "coarse"}.items():
        for layer, path in layers_of_year(sensor).items():
            images[name if layer == "ndvi" else f"{name}_{layer}"] = expand(path, year=YEARS)
    return images


def fused_spans(suffix):
    """Input function: the files of all spans of intervals, known only once the base images are chosen."""

    def files(wildcards):
        with checkpoints.select_base_images.get().output.intervals.open() as table:
            next(table)
            names = dict.fromkeys(line.split(",")[0] for line in table)
        return [f"<results>/ndvi/fused/{name}{suffix}" for name in names]

    return files


def monthly_ndvi(method):
    """Monthly NDVI of all years by that method: the run's own, or composed for the spread alone."""
    folder = "monthly" if method == config["ndvi"]["monthly"] else f"monthly_{method}"
    return expand(f"<results>/ndvi/{folder}/{{year}}.tif", year=YEARS)
