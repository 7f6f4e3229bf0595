"""The P-model of the comparison at flux towers against another form of its equations."""

import importlib.util
import sys

import house
import numpy as np
import pytest

SPEC = importlib.util.spec_from_file_location(
    "towers_p_model", house.REPOSITORY / "benchmarks" / "towers_p_model.py"
)
p_model = sys.modules[SPEC.name] = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(p_model)


def test_efficiency_by_the_ratio_of_internal_to_ambient_co2():
    """At 20 degC, 1 kPa and 400 ppm, where ci / ca is 0.694, the yield is that of the internal CO2."""
    ambient, compensation = 40.53, 3.339  # Pa
    internal = 0.69435 * ambient
    m = (internal - compensation) / (internal + 2 * compensation)
    limited = m * np.sqrt(1 - (0.41 / m) ** (2 / 3))
    expected = 0.081785 * (0.352 + 0.022 * 20 - 3.4e-4 * 400) * limited * 12.0107
    found = p_model.light_use_efficiency(np.array(20.0), np.array(1000.0), np.array(400.0))
    assert found == pytest.approx(expected, rel=1e-3)


def test_dry_air_and_cold_lower_the_efficiency():
    """Efficiency falls as air gets drier or colder, and is 0 where the yield would be negative."""
    wet, dry, cold, frozen = p_model.light_use_efficiency(
        np.array([20.0, 20.0, 2.0, -40.0]), np.array([300.0, 3000.0, 300.0, 50.0]), np.full(4, 380.0)
    )
    assert wet > dry > 0
    assert wet > cold > 0
    assert frozen == 0
