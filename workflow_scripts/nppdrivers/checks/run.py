"""Check all inputs before anything is computed, and report everything that is wrong together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nppdrivers.checks import images, rasters, tables, vectors
from nppdrivers.checks.study import Study, Told, collected
from nppdrivers.grid import Grid
from nppdrivers.inputs.problems import Problem, report, unreadable
from nppdrivers.inputs.quantities import SOIL
from nppdrivers.period import Period

__all__ = ["Inspection", "check_inputs", "inspect_inputs", "report"]

_APART = ("touch the study area", "touches the study area", "lies in the study area")


@dataclass(frozen=True)
class Inspection:
    """What was seen in the inputs.

    Attributes
    ----------
    problems : list of Problem
    found : mapping of str to (file, found)
        Of each input by its name: its path, and what it holds, one fact a line.
    """

    problems: list[Problem]
    found: dict[str, tuple[str, str]]


def check_inputs(inputs: Mapping[str, str | Path], **asked: object) -> list[Problem]:
    """Check all inputs and return all their problems; an empty list when there are none.

    See `inspect_inputs` for the parameters.
    """
    return inspect_inputs(inputs, **asked).problems


def inspect_inputs(
    inputs: Mapping[str, str | Path],
    *,
    first_month: str,
    last_month: str,
    land_cover_codes: Collection[int],
    variables: Sequence[str] = ("temperature", "precipitation"),
    soil_properties: Sequence[str] = (),
    columns: Mapping[str, Mapping[str, str]] | None = None,
    data_folder: str | Path | None = None,
    grid: Grid | None = None,
    min_base_percent: float = 0.0,
    soil_factors: Mapping[str, float] | None = None,
    modis_products: Sequence[str] = ("MOD13Q1",),
    slc_off: str = "keep",
    weather_format: str = "auto",
) -> Inspection:
    """Check all inputs: their problems, and what was found in each.

    Parameters
    ----------
    inputs : mapping of name to path
        Of study_area, river, mines, dem, land_cover, survey, soil_samples, stations, weather,
        monthly_weather, landsat, modis and mod17 (folders), fine_images, plots, zones, npp_points,
        soil_raster_<property>, climate_raster_<variable>_<year>. What is not given is not checked, and of
        other names only whether the file is there.
    first_month, last_month : str
        Of the study, "YYYY-MM".
    land_cover_codes : collection of int
        Codes of the land cover classes that the configuration knows.
    variables : sequence of str
        Weather variables that the run needs in every month.
    soil_properties : sequence of str
        Properties that the run needs of the soil samples.
    columns : mapping, optional
        For an input that is a table its column names: name here to name in the file.
    data_folder : path, optional
        Where relative paths in the table of ready images start.
    grid : Grid, optional
        Grid of the run, where there is no study area.
    min_base_percent : float
        Least clear share of the study area that makes the images of a day a base image [%].
    soil_factors : mapping, optional
        What brings a ready soil raster to the unit of its property, by property.
    modis_products : sequence of str
        MOD13 and MYD13 products that the run reads.
    slc_off : {"keep", "drop"}
        Whether the striped images of Landsat 7 are used.
    weather_format : str
        Of `weather_files.read_records`.
    """
    study = Study(
        inputs,
        Period(first_month, last_month),
        frozenset(land_cover_codes),
        variables,
        soil_properties,
        columns or {},
        data_folder,
        grid,
        min_base_percent,
        soil_factors or {},
        modis_products,
        slc_off,
        weather_format,
    )
    problems, found = [], {}
    for name, path in inputs.items():
        told = _told(study, name, Path(path))
        problems += [_named(one, name, inputs) for one in told if isinstance(one, Problem)]
        found[name] = str(path), "\n".join(one for one in told if isinstance(one, str))
    return Inspection(problems + _study_area_apart(problems, inputs), found)


def _told(study: Study, name: str, path: Path) -> list[Problem | str]:
    if not path.exists():
        return [unreadable(path, "absent")]
    check = _CHECKS.get(name)
    if name.startswith("climate_raster_"):
        check = partial(rasters.check_climate, variable=name.removeprefix("climate_raster_")[:-5])
    return collected(partial(check, study, path), path) if check else ["is there"]


def _named(problem: Problem, name: str, inputs: Mapping[str, str | Path]) -> Problem:
    """Name the input: the one checked, or another one whose file the problem blames."""
    blamed = next((one for one, path in inputs.items() if str(path) == problem.file), name)
    return replace(problem, input=blamed)


def _study_area_apart(problems: Iterable[Problem], inputs: Mapping[str, str | Path]) -> list[Problem]:
    """Blame the study area when two inputs or more lie elsewhere."""
    apart = {problem.input for problem in problems if problem.problem.endswith(_APART)}
    if len(apart) < 2 or "study_area" not in inputs:
        return []
    said, remedy = f"{len(apart)} inputs do not touch it", "check its coordinates and its coordinate system"
    return [Problem(str(inputs["study_area"]), "", said, remedy, "study_area")]


_CHECKS: dict[str, Callable[[Study, Path], Told]] = {
    "study_area": vectors.check_study_area,
    "river": partial(vectors.check_layer, shape="line"),
    "mines": partial(vectors.check_layer, shape="polygon"),
    "zones": partial(vectors.check_layer, shape="polygon"),
    "survey": vectors.check_survey,
    "dem": rasters.check_dem,
    "land_cover": rasters.check_land_cover,
    "soil_samples": tables.check_soil_samples,
    "stations": tables.check_stations,
    "weather": tables.check_weather,
    "monthly_weather": tables.check_monthly_weather,
    "plots": tables.check_plots,
    "npp_points": tables.check_npp_points,
    "landsat": images.check_landsat,
    "fine_images": images.check_landsat,
    "modis": images.check_modis,
    "mod17": images.check_mod17,
    **{f"soil_raster_{name}": partial(rasters.check_soil, name=name) for name in SOIL},
}
