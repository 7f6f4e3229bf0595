"""How far a run is and about how long it still takes, from what jobs of each rule cost in measured runs."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from typing import NamedTuple

from nppdrivers.registers import register

START_S = 1.2  # processor time of the start of a job, which the records of short jobs lack
UNKNOWN_S = 5.0  # of a job of a rule that was not measured
TRUSTED_S = 60  # of a run, after which its own speed counts as much as that of the measured runs
PAUSE_S = 20  # between two messages
SHOWN = 5  # stages in a message
# Jobs that only the choice of base images lets Snakemake know: about one of each a year, as of the first rule
YEARLY, HIDDEN = "leave_one_out", ("fuse_ndvi", "map_fusion_error")

_COSTS = {row.pop("rule"): {name: float(value) for name, value in row.items()} for row in register(__file__)}


class Step(NamedTuple):
    """A job that is still to do: rule, stage (the folder of its script), and tiles of which it has one."""

    rule: str
    stage: str
    tiles: int = 1


def processor_s(steps: Iterable[Step], cells: int) -> float:
    """Processor time of jobs on a grid of so many cells [s], on the machine of the measured runs."""
    total = 0.0
    for step in steps:
        cost = _COSTS.get(step.rule)
        work = cost["s"] + cost["s_per_million"] * cells / step.tiles / 1e6 if cost else UNKNOWN_S
        total += max(START_S, work)
    return total


def largest_mb(steps: Iterable[Step], cells: int) -> float:
    """Memory of the largest of jobs on a grid of so many cells [MB]."""
    known = [_COSTS[step.rule] for step in steps if step.rule in _COSTS]
    return max((cost["mb"] + cost["mb_per_million"] * cells / 1e6 for cost in known), default=0.0)


class Progress:
    """What a run says of itself.

    The time left is the cost of the jobs left, over the cost that a second of this run has done so far; while
    the run is young, a core counts as fast as that of the measured runs.

    Parameters
    ----------
    cores : int
    clock : callable
        Seconds.
    """

    def __init__(self, cores: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._cores, self._clock = cores, clock
        self._began = self._said = clock()
        self._cells = 0

    def before(self, left: Sequence[Step], cells: int) -> str:
        """What is to do and about how long it takes; no time while the grid is not made (0 cells)."""
        jobs = f"{len(left)} jobs on {self._cores} core{'s' * (self._cores != 1)}"
        if not cells:
            return f"{jobs}. About how long they take is known when the grid is made."
        mb = 10 * round(largest_mb(left, cells) / 10)
        return f"{jobs}: about {in_words(self._left_s(left, cells, []))}; the largest takes about {mb} MB."

    def is_due(self, cells: int) -> bool:
        """Whether it is time for a message: the first when the grid is made, then once in a while."""
        is_first = bool(cells) and not self._cells
        return bool(cells) and (is_first or self._clock() - self._said >= PAUSE_S)

    def line(self, left: Sequence[Step], done: Sequence[Step], cells: int) -> str:
        """Jobs left by stage, those with most jobs first, and the time they take."""
        self._said, self._cells = self._clock(), cells
        stages = sorted(Counter(step.stage for step in left).items(), key=lambda item: (-item[1], item[0]))
        named = [f"{stage} {number}" for stage, number in stages[:SHOWN]]
        if others := sum(number for _, number in stages[SHOWN:]):
            named.append(f"others {others}")
        return f"Jobs left: {', '.join(named)}; about {in_words(self._left_s(left, cells, done))}."

    def _left_s(self, left: Sequence[Step], cells: int, done: Sequence[Step]) -> float:
        """Wall time that is left [s]."""
        spent = self._clock() - self._began
        rate = (processor_s(done, cells) + TRUSTED_S * self._cores) / (spent + TRUSTED_S)
        return processor_s([*left, *hidden([*left, *done])], cells) / rate


def hidden(known: Iterable[Step]) -> list[Step]:
    """Jobs of the fusion that are not known yet, by the known jobs of a run."""
    rules = [step.rule for step in known]
    if set(HIDDEN) & set(rules):
        return []
    return [Step(rule, "fusion") for rule in HIDDEN] * rules.count(YEARLY)


def in_words(seconds: float) -> str:
    """A time as one says it."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return "a minute" if minutes else "half a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} hours"


class AtProgress(logging.Handler):
    """Calls a function with the ids of all finished jobs whenever Snakemake says how many there are."""

    def __init__(self, call: Callable[[Set[int]], None]) -> None:
        super().__init__()
        self._call, self._finished = call, set[int]()

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one record of Snakemake's log."""
        event = getattr(record, "event", None)
        if event == "job_finished":
            self._finished.add(record.job_id)  # type: ignore[attr-defined]
        elif event == "progress":
            self._call(self._finished)
