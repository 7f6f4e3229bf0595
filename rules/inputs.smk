"""The raw inputs that a run has, the files of each, and whether they are admitted."""

from snakemake.exceptions import IncompleteCheckpointException

import re

IS_VIRTUAL = paths.is_virtual(config)
INPUTS = paths.input_paths(config, workflow.pathvars.apply("<results>/raw"))
READY_SOIL = paths.given_rasters(config, "soil_rasters")
READY_CLIMATE = paths.given_rasters(config, "climate_rasters")
LIKE = paths.in_data_folder(config, config["grid"]["like"]) if config["grid"]["like"] else None


def has(*names):
    """Whether the run has all these raw inputs."""
    return all(name in INPUTS for name in names)


def raw(name):
    """Files of one raw input: the file itself, or every file of a user's folder, so that a changed one reruns."""
    path = INPUTS[name]
    if IS_VIRTUAL or not Path(path).is_dir():
        return path
    return [str(file) for file in paths.files_below(path).read]


def raw_if_given(name):
    """As `raw`, or nothing where the run does not have that input."""
    return raw(name) if has(name) else []


# what comes from points: all climate variables and soil properties that have no ready raster
STATION_VARIABLES = station_variables(config)
KRIGED = [name for name in config["soil"]["properties"] if has("soil_samples") and name not in READY_SOIL]
# where the scripts of the fine images look for them
FINE_INPUTS = [name for name in ("landsat", "hls", "sentinel2") if has(name)] or ["fine_images"]
IMAGE_SOURCES = (
    {name: INPUTS.get(name) for name in FINE_INPUTS}
    | {"data_folder": config["data"]}
    | config["hls"]
    | config["sentinel2"]
)


def fetched(wildcards):
    """Input function: nothing, once the raw data that are to be fetched are there."""
    if UNFETCHED:
        raise WorkflowError(f"{UNFETCHED}; run: {acquire_command()}")
    return []


def images_of_year(name):
    """Input function: the files of one year of a user's folder (all of a file or folder that the workflow writes)."""

    def files(wildcards):
        found = fetched(wildcards) or raw(name)
        if isinstance(found, str):
            return found
        return [
            file
            for file in found
            if re.search(
                rf"(_{wildcards.year}\d{{4}}[_T]|(A|_doy|\.T\w{{5}}\.){wildcards.year}\d{{3}})",
                file,
                re.IGNORECASE,
            )
        ]

    return files


def fine_images_of_year(wildcards):
    """Input function: the fine images of one year, from all of their folders, or from the table all there are."""
    if FINE_INPUTS == ["fine_images"]:
        return fetched(wildcards) or raw("fine_images")
    return [file for name in FINE_INPUTS for file in as_list(images_of_year(name)(wildcards))]


def as_list(paths):
    """A path, or some, as a list."""
    return [paths] if isinstance(paths, str) else list(paths)


def admitted(wildcards):
    """Input function: nothing, once the checks have admitted all raw inputs.

    `ancient()` would do the same in words, but where the checks themselves are about to run Snakemake takes
    everything behind an ancient input for up to date. Where the checks refused before, their outcome is missing
    and has to be asked for as a file: a checkpoint whose outcome is missing does not run by itself.
    """
    try:
        checkpoints.admit_inputs.get()
    except IncompleteCheckpointException as incomplete:
        if not Path(incomplete.targetfile).exists():
            return str(incomplete.targetfile)
        raise
    return []
