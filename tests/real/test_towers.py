"""CASA at flux towers: what docs/npp.md states of the comparison with monthly GPP of FLUXNET2015."""

import importlib.util
import sys

import house
import pytest

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def compared(real_data):
    """The comparison of `benchmarks/towers.py` by model, and the efficiencies fitted by class."""
    folder = real_data / "towers"
    if not folder.is_dir():
        pytest.skip(f"the flux towers of benchmarks/towers.py are not at {folder}")
    source = house.REPOSITORY / "benchmarks" / "towers.py"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(source.parent)
        spec = importlib.util.spec_from_file_location("towers", source)
        benchmark = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(benchmark)
    towers = benchmark.Towers(benchmark.read_towers(folder), 0.5)
    return benchmark.compare(towers, 0.5).astype(float), benchmark.efficiencies(towers, 0.5, "class")


def test_level_and_pattern_of_the_tables(compared):
    """The default table follows the towers with r 0.79 at three quarters of their level, zhu2007 at 0.95."""
    scores, _ = compared
    assert scores.loc["CASA, zhu2007_mixed", "r"] >= 0.79
    assert scores.loc["CASA, zhu2007_mixed", "level"] == pytest.approx(0.74, abs=0.01)
    assert scores.loc["CASA, zhu2007", "level"] == pytest.approx(0.95, abs=0.01)


def test_efficiencies_fitted_to_other_towers_err_less(compared):
    """Fitted by class without the tower that is scored, CASA has a smaller error than with any table."""
    scores, fitted = compared
    tables = scores[scores.index.str.startswith("CASA")]
    best = scores.loc["fitted: by class x all three"]
    assert best["rmse"] < tables["rmse"].min()
    assert best["r"] > tables["r"].max()
    assert fitted.loc["forest", "low"] > 0.475
