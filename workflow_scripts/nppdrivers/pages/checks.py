"""The page of the input checks: every problem with what to do, and what was found in each input."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nppdrivers.inputs.problems import Problem
from nppdrivers.pages.parts import fill_template, status_table, table

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
    found : mapping of str to (file, found)
        Of each input by its name: its path, and what was found in it, one fact a line.
    notes : sequence of str
        Remarks under the heading.

    Returns
    -------
    str
        The HTML; a section of problems for each input that has any, then all inputs with what was found.
    """
    sections = {}
    for name in dict.fromkeys(problem.input for problem in problems):
        mine = [problem for problem in problems if problem.input == name]
        sections[f"Problems in {_words(name)}"] = [f'<div class="scroll">{table(_problems(mine))}</div>']
    rows = [
        (_words(name), _status([problem for problem in problems if problem.input == name]), facts, path)
        for name, (path, facts) in found.items()
    ]
    sections["Inputs"] = [status_table(("Input", "Status", "Found", "File"), rows, good=_IN_ORDER)]
    if problems:
        notes = ["Nothing was computed. Solve these problems and call the same command again.", *notes]
    return fill_template(f"{title}: inputs, {_status(problems)}", notes, sections)


def _status(problems: Sequence[Problem]) -> str:
    number = len(problems)
    return f"{number} problem{'s' * (number > 1)}" if problems else _IN_ORDER


def _words(name: str) -> str:
    return name.replace("_", " ")


def _problems(problems: Sequence[Problem]) -> pd.DataFrame:
    """Table of problems; the folders stand in the table of inputs."""
    return pd.DataFrame(
        [(Path(each.file).name, each.place, each.problem, each.remedy) for each in problems],
        columns=["File", "Place", "Problem", "What to do"],
    )
