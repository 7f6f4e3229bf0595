"""Correct data of other climates give no message."""

import pytest
from basin_variants import CLIMATES, move_basin
from input_mistakes import NAMES, OTHERS, copy_inputs, inspect, write_basin

from nppdrivers.inputs.problems import report

# the whole list, with five seeds, is that of benchmarks/input_checks.py --false-alarms
FAST = ("boreal", "southern hemisphere")


@pytest.fixture(scope="module")
def basin(tmp_path_factory):
    """Raw folder of the tiny virtual basin."""
    return write_basin(tmp_path_factory.mktemp("basin"))


@pytest.mark.parametrize("name", FAST)
def test_correct_data_of_another_climate_have_no_message(basin, tmp_path, name):
    """Moved to that climate, in space, season, weather and greenness, the basin passes without a message."""
    copy_inputs(basin, tmp_path / "raw", NAMES | OTHERS)
    move_basin(tmp_path / "raw", CLIMATES[name])
    seen = inspect(tmp_path / "raw")
    assert report([*seen.problems, *seen.warnings]) == "All inputs are in order.\n"
    low, high = (60, 64) if name == "boreal" else (-34, -32)
    latitude = float(seen.found["study_area"][1].split("latitude ")[1].split(" to ")[0])
    assert low < latitude < high
