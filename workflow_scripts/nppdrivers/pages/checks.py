"""The page of the input checks: problems and warnings with what to do, and what was found in each input."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from nppdrivers.inputs.problems import InputWarning, Problem, counted
from nppdrivers.pages.parts import fill_template
from nppdrivers.pages.tables import status_table, table

_IN_ORDER = "in order"


def checks_page(
    title: str, problems: Sequence[Problem], found: Mapping[str, tuple[str, str]], notes: Sequence[str] = ()
) -> str:
    """Write one self-contained page of the checks of a run.

    Parameters
    ----------
    title : str
        Heading of the run.
    problems : sequence of Problem
        Warnings among them are shown after the problems, in sections of their own.
    found : mapping of str to (file, found)
        Of each input by its name: its path, and what was found in it, one fact a line.
    notes : sequence of str
        Remarks under the heading.

    Returns
    -------
    str
        The HTML; sections of problems and of warnings for each input that has any, then all inputs with what
        was found.
    """
    refused = [problem for problem in problems if not isinstance(problem, InputWarning)]
    warned = [problem for problem in problems if isinstance(problem, InputWarning)]
    sections = _sections("Problems", refused) | _sections("Warnings", warned)
    rows = [
        (_words(name), _status(_of(name, problems)), facts, path) for name, (path, facts) in found.items()
    ]
    sections["Inputs"] = [status_table(("Input", "Status", "Found", "File"), rows, good=_IN_ORDER)]
    if refused:
        notes = ["Nothing was computed. Solve these problems and call the same command again.", *notes]
    elif warned:
        notes = ["The run goes on: what the warnings name may be true. Look at them before the maps.", *notes]
    return fill_template(f"{title}: inputs, {_status(problems)}", notes, sections)


def _sections(kind: str, problems: Sequence[Problem]) -> dict[str, list[Markup]]:
    """A section of each input that has any."""
    return {
        f"{kind} in {_words(name)}": [
            Markup('<div class="scroll">{}</div>').format(table(_problems(_of(name, problems))))
        ]
        for name in dict.fromkeys(problem.input for problem in problems)
    }


def _of(name: str, problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.input == name]


def _status(problems: Sequence[Problem]) -> str:
    return counted(problems) or _IN_ORDER


def _words(name: str) -> str:
    return name.replace("_", " ")


def _problems(problems: Sequence[Problem]) -> pd.DataFrame:
    """Table of problems; the folders stand in the table of inputs."""
    return pd.DataFrame(
        [(Path(each.file).name, each.place, each.problem, each.remedy) for each in problems],
        columns=["File", "Place", "Problem", "What to do"],
    )
