"""The page of the input checks: problems and warnings with what to do, and what was found in each input.

checks.csv has its texts in other languages; problems and what to do are in English, as in the terminal.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from nppdrivers.inputs.problems import InputWarning, Problem, counted
from nppdrivers.language.speech import speaker
from nppdrivers.pages.parts import fill_template
from nppdrivers.pages.tables import status_table, table

_IN_ORDER = "in order"


def checks_page(
    title: str,
    problems: Sequence[Problem],
    found: Mapping[str, tuple[str, str]],
    notes: Sequence[str] = (),
    language: str = "en",
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
    language : {"en", "zh"}

    Returns
    -------
    str
        The HTML; sections of problems and of warnings for each input that has any, then all inputs with what
        was found.
    """
    say = speaker(language, __file__)
    refused = [problem for problem in problems if not isinstance(problem, InputWarning)]
    warned = [problem for problem in problems if isinstance(problem, InputWarning)]
    sections = _sections("Problems", refused, say) | _sections("Warnings", warned, say)
    rows = [
        (say(_words(name)), _status(_of(name, problems), say), "\n".join(map(say, facts.split("\n"))), path)
        for name, (path, facts) in found.items()
    ]
    columns = [say(name) for name in ("Input", "Status", "Found", "File")]
    sections[say("Inputs")] = [status_table(columns, rows, good=say(_IN_ORDER))]
    if refused:
        notes = ["Nothing was computed. Solve these problems and call the same command again.", *notes]
    elif warned:
        notes = ["The run goes on: what the warnings name may be true. Look at them before the maps.", *notes]
    heading = say("{}: inputs, {}").format(title, _status(problems, say))
    return fill_template(heading, map(say, notes), sections, language, say)


def _sections(kind: str, problems: Sequence[Problem], say: Callable[[str], str]) -> dict[str, list[Markup]]:
    """A section of each input that has any."""
    return {
        say(f"{kind} in {_words(name)}"): [
            Markup('<div class="scroll">{}</div>').format(
                table(_problems(_of(name, problems)).rename(columns=say))
            )
        ]
        for name in dict.fromkeys(problem.input for problem in problems)
    }


def _of(name: str, problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.input == name]


def _status(problems: Sequence[Problem], say: Callable[[str], str]) -> str:
    return say(counted(problems) or _IN_ORDER)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _problems(problems: Sequence[Problem]) -> pd.DataFrame:
    """Table of problems; the folders stand in the table of inputs."""
    return pd.DataFrame(
        [(Path(each.file).name, each.place, each.problem, each.remedy) for each in problems],
        columns=["File", "Place", "Problem", "What to do"],
    )
