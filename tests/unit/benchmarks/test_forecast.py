"""The forecast of what a large area takes, and the costs it rests on."""

import importlib
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def benchmark(monkeypatch):
    """Import of a module of the benchmarks."""
    monkeypatch.syspath_prepend(PROJECT / "benchmarks")
    return importlib.import_module


def test_hours_of_a_schedule_worked_out_by_hand(benchmark):
    """Two jobs and a long one side by side, then one that waits for all; cores and the queue count."""
    forecast = benchmark("forecast")
    rules = {
        "short": forecast.Rule(2, 3600.0, set()),
        "long": forecast.Rule(1, 7200.0, set()),
        "last": forecast.Rule(1, 1800.0, {"short", "long"}),
    }
    assert forecast.hours(rules, 3, 0) == 2.5
    assert forecast.hours(rules, 2, 0) == 2.5  # the long one goes first
    assert forecast.hours(rules, 1, 0) == 4.5
    assert forecast.hours(rules, 3, 360) == pytest.approx(2.6)


def test_fit_of_costs_recovers_a_law_and_counts_each_size_alike(benchmark):
    """A planted constant and growth come back; a large grid does not outweigh a small one."""
    costs = benchmark("costs")
    cells = np.array([0.2, 0.2, 1.0, 4.0])
    np.testing.assert_allclose(costs.fit(cells, 3 + 5 * cells), [3, 5])
    constant, growth = costs.fit(np.array([0.01, 100.0]), np.array([2.0, 1002.0]))
    assert constant == pytest.approx(1.9, abs=0.01) and growth == pytest.approx(10, abs=0.01)


def test_table_of_measured_steps_is_read(benchmark, tmp_path):
    """Rows of the table are taken by their rule, other lines are not."""
    costs = benchmark("costs")
    path = tmp_path / "table.md"
    path.write_text(
        "| rule | jobs | MB | CPU s |\n|---|---|---|---|\n| krige_soil | 7 | 420 | 9.7 |\n\nfailed:\n"
    )
    assert costs.read_table(path, 1e6) == {"krige_soil": (1.0, 9.7, 420.0)}


def test_area_has_jobs_of_its_intervals_tiles_and_sites(benchmark):
    """Shorter spans of a large grid are more jobs with the same work; tiles and sites multiply jobs."""
    forecast = benchmark("forecast")
    run = {"fuse_ndvi": forecast.Rule(4, 0.0, set()), "krige_soil": forecast.Rule(7, 0.0, {"fuse_ndvi"})}
    whole = forecast.rules_of_area(run, 1e8, 4, {}, 1)
    short = forecast.rules_of_area(run, 1e8, 80, {}, 2)
    tiled = forecast.rules_of_area(run, 1e8, 80, {"fuse_ndvi": 25}, 1)
    assert [rules["fuse_ndvi"].jobs for rules in (whole, short, tiled)] == [4, 160, 2000]
    work = [rules["fuse_ndvi"].job_s - forecast.START_S for rules in (whole, short)]
    assert work[1] == pytest.approx(work[0] / 20)
    assert short["krige_soil"] == whole["krige_soil"]._replace(jobs=14)
