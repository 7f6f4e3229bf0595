"""The raw inputs that a run has, and the files of each."""

<<<<<<< HEAD
# The virtual basin's raw files, as the rule simulate_virtual_basin writes them.
VIRTUAL = workflow.pathvars.apply("<results>/raw")
VIRTUAL_INPUTS = {
    "study_area": "study_area.gpkg",
    "river": "river.gpkg",
    "mines": "mines.gpkg",
    "dem": "dem.tif",
    "land_cover": "land_cover.tif",
    "landsat": "landsat",
    "modis": "modis",
    "stations": "stations.csv",
    "weather": "weather.csv",
    "soil_samples": "soil_samples.csv",
    "survey": "survey.gpkg",
    "mod17": "mod17",
    "plots": "plots.csv",
}
IS_VIRTUAL = config["inputs"] == "virtual_basin"


def in_data_folder(path):
    """Path of an input, relative paths taken from the folder `data`."""
    return str(Path(config.get("data") or ".", path))


def input_paths():
    """Path of each raw input that the run has."""
    if IS_VIRTUAL:
        return {name: f"{VIRTUAL}/{path}" for name, path in VIRTUAL_INPUTS.items()}
    given = {name: path for name, path in config["inputs"].items() if isinstance(path, str) and path}
    paths = {name: in_data_folder(path) for name, path in given.items()}
    # the table of ready images may stand beside the settings instead of beside the images
    tables = {name: path for name, path in given.items() if name == "fine_images" and Path(path).exists()}
    return paths | tables | {name: in_data_folder(path) for name, path in ready_rasters().items()}


def given_rasters(name):
    """Path or pattern of the ready raster of each property or variable that has one."""
    return (
        {} if IS_VIRTUAL else {key: path for key, path in (config["inputs"].get(name) or {}).items() if path}
    )


def ready_rasters():
    """Path of each ready raster: soil_raster_<property>, and climate_raster_<variable>_<year>."""
    soil = {f"soil_raster_{name}": path for name, path in given_rasters("soil_rasters").items()}
    first, last = (int(config["period"][key][:4]) for key in ("first_month", "last_month"))
    return soil | {
        f"climate_raster_{name}_{year}": path.replace("{year}", str(year))
        for name, path in given_rasters("climate_rasters").items()
        for year in range(first, last + 1)
    }


INPUTS = input_paths()
=======
IS_VIRTUAL = paths.is_virtual(config)
INPUTS = paths.input_paths(config)
READY_SOIL = paths.given_rasters(config, "soil_rasters")
READY_CLIMATE = paths.given_rasters(config, "climate_rasters")
LIKE = paths.in_data_folder(config, config["grid"]["like"]) if config["grid"]["like"] else None
>>>>>>> 6a9ffd7 (Report every wrong setting in one message of short lines, each with what to take instead)


def has(*names):
    """Whether the run has all these raw inputs."""
    return all(name in INPUTS for name in names)


def raw(name):
    """Files of one raw input: the file itself, or every file of a user's folder, so that a changed one reruns."""
    path = INPUTS[name]
    if IS_VIRTUAL or not Path(path).is_dir():
        return path
    return sorted(str(file) for file in Path(path).rglob("*") if file.is_file())


def raw_if_given(name):
    """As `raw`, or nothing where the run does not have that input."""
    return raw(name) if has(name) else []


# what comes from points: all climate variables and soil properties that have no ready raster
STATION_VARIABLES = station_variables(config)
KRIGED = [name for name in config["soil"]["properties"] if has("soil_samples") and name not in READY_SOIL]
# where the scripts of the fine images look for them
IMAGE_SOURCES = {
    "landsat_folder": INPUTS.get("landsat"),
    "fine_images": INPUTS.get("fine_images"),
    "data_folder": config["data"],
}


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
