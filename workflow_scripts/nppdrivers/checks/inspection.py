"""Check all inputs before anything is computed, and report everything that is wrong together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nppdrivers.checks import coarse_images, images, rasters, tables, vectors
from nppdrivers.checks.findings import Elsewhere, Finding, Findings, findings_of
from nppdrivers.checks.later_jobs.by_input import later_checks
from nppdrivers.checks.raster import lattice
from nppdrivers.checks.same_faults import joined
from nppdrivers.checks.samples import plots, soil
from nppdrivers.checks.study import FINE_INPUTS, Study
from nppdrivers.inputs.problems import InputWarning, Problem, unreadable
from nppdrivers.quantities import SOIL

LIKE = "grid.like"


@dataclass(frozen=True)
class Inspection:
    """Everything that the checks found in the inputs.

    Attributes
    ----------
    problems : list of Problem
        What cannot be used; none of them is a warning.
    warnings : list of InputWarning
        What looks wrong but may be true.
    found : mapping of str to (path, facts)
        Of each input by its name: its path, and what it contains, one fact a line.
    """

    problems: list[Problem]
    warnings: list[InputWarning]
    found: dict[str, tuple[str, str]]


def inspect(study: Study) -> Inspection:
    """Check every input of a study, and pass on what its settings look like.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Inspection
        All problems and warnings of all inputs, and what was found in each.
    """
    inputs = dict(study.inputs) | ({LIKE: study.like} if study.like else {})
    problems: list[Problem] = [
        InputWarning("settings", place, message, remedy, "settings")
        for place, message, remedy in study.plan.remarks
    ]
    found = {}
    for name, path in inputs.items():
        findings = _findings(study, name, Path(path))
        problems += [_named(problem, name, inputs) for problem in findings if isinstance(problem, Problem)]
        found[name] = str(path), "\n".join(fact for fact in findings if isinstance(fact, str))
    problems = joined(problems + _study_area_elsewhere(problems, inputs))
    refused = [problem for problem in problems if not isinstance(problem, InputWarning)]
    return Inspection(refused, [each for each in problems if isinstance(each, InputWarning)], found)


def _findings(study: Study, name: str, path: Path) -> list[Finding]:
    """Findings of one input; of a name without a check only whether it exists."""
    if not path.exists():
        return [unreadable(path, "absent")]
    check = _CHECKS.get(name)
    if name.startswith("climate_raster_"):
        variable, _, year = name.removeprefix("climate_raster_").rpartition("_")
        check = partial(rasters.check_climate, variable=variable, year=year)
    if check is None:
        return ["exists"]
    findings = findings_of(partial(check, study, path), path)
    if not any(_is_refusal(finding) for finding in findings):
        # what is in order by itself is asked whether later jobs will take it
        for later in later_checks(study, name):
            findings += findings_of(partial(later, study, path), path)
    return findings


def _is_refusal(finding: Finding) -> bool:
    return isinstance(finding, Problem) and not isinstance(finding, InputWarning)


def _named(problem: Problem, name: str, inputs: Mapping[str, str | Path]) -> Problem:
    """Name the input: the one checked, or another one whose file the problem blames."""
    blamed = next((other for other, path in inputs.items() if str(path) == problem.file), name)
    return replace(problem, input=blamed)


def _study_area_elsewhere(problems: Iterable[Problem], inputs: Mapping[str, str | Path]) -> list[Problem]:
    """Blame the study area when two inputs or more lie elsewhere."""
    elsewhere = {problem.input for problem in problems if isinstance(problem, Elsewhere)}
    if len(elsewhere) < 2 or "study_area" not in inputs:
        return []
    message = f"{len(elsewhere)} inputs do not touch it"
    remedy = "check its coordinates and its coordinate system"
    return [Problem(str(inputs["study_area"]), "", message, remedy, "study_area")]


def _check_study_area(study: Study, path: Path) -> Findings:
    """Check the study area, and the grid that the settings lay around it."""
    yield from vectors.check_study_area(study, path)
    yield from lattice.check_grid_system(study, path)


_CHECKS: dict[str, Callable[[Study, Path], Findings]] = {
    LIKE: lattice.check_like,
    "study_area": _check_study_area,
    "river": vectors.check_river,
    "mines": partial(vectors.check_polygons, name="mines"),
    "zones": partial(vectors.check_polygons, name="zones"),
    "survey": vectors.check_survey,
    vectors.INDICATORS: vectors.check_indicators,
    vectors.JUDGEMENTS: vectors.check_judgements,
    "dem": rasters.check_dem,
    "land_cover": rasters.check_land_cover,
    "soil_samples": soil.check_soil_samples,
    "stations": tables.check_stations,
    "weather": tables.check_weather,
    "monthly_weather": tables.check_monthly_weather,
    "plots": plots.check_plots,
    "npp_points": plots.check_npp_points,
    **{name: partial(images.check_fine, name=name) for name in FINE_INPUTS},
    "coarse": coarse_images.check_coarse,
    "mod17": coarse_images.check_mod17,
    **{f"soil_raster_{name}": partial(rasters.check_soil, name=name) for name in SOIL},
}
