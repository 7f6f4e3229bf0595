"""What a run says of how far it is, with a clock of the test."""

import logging
import re

import house
import pytest
import yaml

from nppdrivers.run.progress import AtProgress, Progress, Step, hidden, in_words, largest_mb, processor_s

CELLS = 200_000
FUSE, DRAW, OTHER = Step("fuse_ndvi", "fusion"), Step("plot_npp", "npp"), Step("none_such", "pages")


def minutes(text: str) -> int:
    """The time in a message."""
    return int(re.search(r"about (\d+) min", text)[1])


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_costs_grow_with_jobs_and_cells():
    """Each job costs at least its start, and a rule without a measurement costs something too."""
    assert processor_s([FUSE] * 3, CELLS) == pytest.approx(3 * processor_s([FUSE], CELLS))
    assert processor_s([FUSE], 10 * CELLS) > processor_s([FUSE], CELLS) > processor_s([DRAW], CELLS) > 1
    assert processor_s([FUSE._replace(tiles=4)], 4 * CELLS) == processor_s([FUSE], CELLS)
    assert processor_s([OTHER], CELLS) > 1 and largest_mb([OTHER], CELLS) == 0
    assert largest_mb([DRAW, FUSE], CELLS) == largest_mb([FUSE], CELLS) > 100


def test_before_a_run():
    """Jobs, time and memory come before the first job; without a grid the time is not known."""
    progress = Progress(2, Clock())
    assert "is known when the grid is made" in progress.before([FUSE] * 9, 0)
    text = progress.before([FUSE] * 90, CELLS)
    assert text.startswith("90 jobs on 2 cores: about ") and "MB" in text
    assert minutes(text) == pytest.approx(90 * processor_s([FUSE], CELLS) / 2 / 60, abs=1)
    assert "on 1 core:" in Progress(1, Clock()).before([FUSE], CELLS)


@pytest.mark.parametrize("slowness", [0.7, 1, 3])
def test_time_left_follows_the_machine(slowness):
    """On a machine of another speed the time left comes near the right one, and falls as jobs end."""
    clock = Clock()
    progress, job_s = Progress(1, clock), slowness * processor_s([FUSE], CELLS)
    times = []
    for done in range(6, 54, 6):
        clock.now = done * job_s
        times.append(minutes(progress.line([FUSE] * (60 - done), [FUSE] * done, CELLS)))
    assert times == sorted(times, reverse=True)
    assert times[-1] == pytest.approx((60 - done) * job_s / 60, rel=0.1, abs=1)


def test_the_choice_of_base_images_adds_no_time():
    """Jobs of the fusion count before Snakemake knows them: what is left does not jump when it does."""
    clock, years = Clock(), [Step("leave_one_out", "fusion")] * 6
    fusing = [FUSE, Step("map_fusion_error", "fusion")] * 6
    progress = Progress(1, clock)
    clock.now = 100
    before = progress.line([DRAW], years, CELLS)
    assert minutes(before) == minutes(progress.line([*fusing, DRAW], years, CELLS)) > 1
    assert not hidden([*years, *fusing]) and len(hidden(years)) == len(fusing)


def test_messages_are_rare_and_name_stages():
    """The first message comes with the grid, the next after a while; the stages with most jobs come first."""
    clock = Clock()
    progress, left = Progress(1, clock), [DRAW, FUSE, FUSE, OTHER]
    assert not progress.is_due(0)
    assert progress.is_due(CELLS)
    assert progress.line(left, [], CELLS).startswith("Jobs left: fusion 2, npp 1, pages 1; about ")
    assert not progress.is_due(CELLS)
    clock.now = 30
    assert progress.is_due(CELLS)
    assert ", others 4; about" in progress.line([Step("all", f"{n}") for n in range(9)], [], CELLS)


def test_words_for_times():
    """Times are rounded to what one would say."""
    found = [in_words(seconds) for seconds in (5, 70, 600, 7200, 21600)]
    assert found == ["half a minute", "a minute", "10 min", "2.0 hours", "6.0 hours"]


def test_ended_jobs_are_counted():
    """Snakemake's records of ended jobs are collected until it says how far it is."""
    seen: list[set[int]] = []
    logger = logging.Logger("test")
    logger.addHandler(AtProgress(lambda finished: seen.append(set(finished))))
    for extra in ({}, {"event": "job_finished", "job_id": 4}, {"event": "job_finished", "job_id": 7}):
        logger.info("", extra=extra)
    assert not seen
    logger.info("", extra={"event": "progress"})
    assert seen == [{4, 7}]


def test_steps_that_a_large_area_makes_long_state_their_time():
    """Where a job on 100 million cells takes half of the time given by default, its rule asks for more."""
    profile = yaml.safe_load((house.REPOSITORY / "profiles/slurm/config.yaml").read_text())
    given_s = 60 * int(profile["default-resources"]["runtime"].split("*")[0])
    short = []
    for path in sorted((house.REPOSITORY / "rules").glob("*.smk")):
        parts = re.split(r"^ *(?:rule|checkpoint) (\w+):", path.read_text(), flags=re.MULTILINE)[1:]
        for rule, text in zip(parts[::2], parts[1::2], strict=True):
            needed_s = processor_s([Step(rule, "")], 100_000_000)
            if needed_s > given_s / 2 and "runtime=" not in text and "localrule" not in text:
                short.append(rule)
    # the simulated place is never that large
    assert set(short) <= {"simulate_virtual_basin", "score_truth"}
