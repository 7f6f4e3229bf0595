"""One fault of many files as one problem, with their number and the first names."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import replace
from pathlib import Path

from nppdrivers.checks.findings import listed
from nppdrivers.inputs.problems import Problem

_SHOWN = 3  # names of further files
_NUMBER = re.compile(r"[-+]?\d[\d.,:e+-]*")


def joined(problems: Iterable[Problem]) -> list[Problem]:
    """Join problems of different files of one input that differ in numbers and names alone.

    Parameters
    ----------
    problems : iterable of Problem

    Returns
    -------
    list of Problem
        In the order found; a joined one has the file and the words of its first.
    """
    alike: dict[Hashable, list[Problem]] = {}
    for problem in problems:
        same = alike.setdefault(_kind(problem), [])
        if not same or all(problem.file != other.file for other in same):
            same.append(problem)
        else:  # a second fault of the same file stands alone
            alike[len(alike), problem] = [problem]
    return [_join(same) for same in alike.values()]


def _kind(problem: Problem) -> Hashable:
    """What two problems of the same fault have in common."""
    texts = (problem.input, problem.place, problem.problem.replace(problem.file, ""), problem.remedy)
    return type(problem), *(_NUMBER.sub("0", text) for text in texts)


def _join(problems: list[Problem]) -> Problem:
    first, *others = problems
    if not others:
        return first
    names = listed([Path(problem.file).name for problem in others], _SHOWN)
    text = f"{first.problem}; the same in {len(others)} further file{'s' * (len(others) > 1)}: {names}"
    return replace(first, problem=text)
