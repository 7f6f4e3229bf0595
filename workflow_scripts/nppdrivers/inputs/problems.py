"""Problems of inputs: what is wrong, where, and what to do; many are reported at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SHOWN = 5  # lines or values named in one message


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one input.

    Attributes
    ----------
    file : str
        Path of the file, or the name of the input.
    place : str
        Where in it: a line, a column, a layer; empty for the whole file.
    problem : str
        What is wrong, with the value found.
    remedy : str
        What to do.
    input : str
        Name of the input in the configuration, where it is known.
    """

    file: str
    place: str
    problem: str
    remedy: str
    input: str = ""

    def __str__(self) -> str:
        place = f", {self.place}" if self.place else ""
        return f"{self.file}{place}: {self.problem}\n    -> {self.remedy}"


@dataclass(frozen=True)
class InputWarning(Problem):
    """Something that looks wrong in one input but may be true: it is reported, and the run goes on."""


class InputError(ValueError):
    """An input cannot be used; `problems` holds every reason found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def lines_of(rows: Iterable[int]) -> str:
    """Name the lines of a file that these rows come from (the header is line 1)."""
    lines = sorted({int(row) + 2 for row in rows})
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return f"line {', '.join(map(str, lines[:SHOWN]))}{more}"


def report(problems: Iterable[Problem]) -> str:
    """Write problems, or warnings, as text, grouped by file in the order found."""
    problems = list(problems)
    if not problems:
        return "All inputs are in order.\n"
    lines = [f"{counted(problems)} in the inputs"]
    for file in dict.fromkeys(problem.file for problem in problems):
        lines += ["", file]
        for problem in (one for one in problems if one.file == file):
            place = f"{problem.place}: " if problem.place else ""
            lines += [f"  - {place}{problem.problem}", f"    {problem.remedy}"]
    return "\n".join(lines) + "\n"


def counted(problems: Iterable[Problem]) -> str:
    """Count problems and warnings in words: "1 problem, 2 warnings"; empty when there are none."""
    warned = [isinstance(problem, InputWarning) for problem in problems]
    numbers = {"problem": warned.count(False), "warning": warned.count(True)}
    return ", ".join(f"{number} {name}{'s' * (number > 1)}" for name, number in numbers.items() if number)


def unreadable(path: str | Path, error: object) -> Problem:
    """Give the problem of a file that is absent or cannot be read."""
    if not Path(path).exists():
        return Problem(str(path), "", "no such file", "correct the path in the configuration")
    return Problem(str(path), "", f"cannot be read ({error})", "export or copy the file again")
