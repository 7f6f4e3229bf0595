"""Reports on climate surfaces."""

import numpy as np

from nppdrivers.climate.diagnostics import varies_less_than_error


def test_a_map_within_its_error_is_recognised():
    """A range of 0.035 with an error of 1.5 shows nothing, one of 3 does; an unknown error: no."""
    values = np.array([[10.0, 10.035], [np.nan, 10.02]])
    assert varies_less_than_error(values, 1.5)
    assert not varies_less_than_error(np.array([10.0, 13.0]), 1.5)
    assert not varies_less_than_error(values, np.nan)
    assert not varies_less_than_error(np.full(3, np.nan), 1.5)
