"""Files and folders that the settings name: they exist, and have names that Snakemake can use.

The standard library alone: the Snakefile asks before any job.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nppdrivers.acquire import site
from nppdrivers.checks.schema import nearest
from nppdrivers.inputs import paths


def named_files(settings: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Everything that is named exists; of a path with braces only these are reported.

    Parameters
    ----------
    settings : mapping
        Completed by what is fetched.
    folder : path
        Where the tables that come with the workflow lie.
    """
    for key in ("indicators", "judgements"):
        path = Path(settings["mining"][key])
        if not path.exists() and not (folder / path).exists():
            yield absent(f"mining.{key}", str(path))
    if paths.is_virtual(settings):
        return
    if problems := list(_braces(settings)):
        yield from problems
    elif settings["data"] and not Path(settings["data"]).is_dir():
        yield absent("data", settings["data"])
    else:
        yield from _inputs(settings)


def _inputs(settings: Mapping[str, Any]) -> Iterator[str]:
    """Inputs and the area that exist, but for what is still to be fetched."""
    fetched, inputs = site.fetched_inputs(settings), paths.input_paths(settings)
    awaited = bool(fetched) and bool(site.what_is_missing(settings))
    area = (settings.get("acquire") or {}).get("area")
    area = paths.in_data_folder(settings, area) if area else ""
    if area and not Path(area).exists():
        yield absent("acquire.area", area)
    for name, file in inputs.items():
        if file == area or Path(file).exists() or (name in fetched and awaited):
            continue
        if name not in fetched:
            yield absent(paths.setting_of(name), file)
        else:
            yield f"{paths.setting_of(name)}: no archive has {file}; shorten the period, or give it in inputs"


def _braces(settings: Mapping[str, Any]) -> Iterator[str]:
    """Paths with braces, of which Snakemake would take the word for a wildcard."""
    asked = settings["acquire"]
    named = {
        "data": settings["data"],
        "acquire.area": asked.get("area"),
        "acquire.folder": asked.get("folder"),
    }
    named |= {"grid.like": settings["grid"]["like"]}
    fetched_places = [path for path in (asked.get("area"), asked.get("folder")) if path]
    for key, path in leaves(settings["inputs"]):
        if path and not path.startswith(tuple(fetched_places)):  # these follow from the settings of acquire
            named[f"inputs.{key}"] = path
    for key, path in named.items():
        plain = path or ""
        if key.startswith("inputs.climate_rasters."):
            plain = plain.replace("{year}", "")
        if set("{}") & set(plain):
            yield f"{key}: {path} has braces, which stand for wildcards in Snakemake; give it another name"


def absent(key: str, path: str) -> str:
    """Message for a file or folder that does not exist, with the nearest name that exists."""
    folder = Path(path).parent
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    return f"{key}: {path} does not exist; {nearest(Path(path).name, names) or 'correct the path'}"


def leaves(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted key and value of every setting that is not a section."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
