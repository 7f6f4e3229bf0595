"""Words and numbers as figures print them."""

import numpy as np

from nppdrivers.figures.labels import number, panel_title, unit_text, wrapped


def test_units_as_printed():
    """Powers are raised, degrees get their sign, dimensionless units vanish."""
    assert unit_text("gC m-2 yr-1") == "gC m⁻² yr⁻¹"
    assert unit_text("g cm-3") == "g cm⁻³"
    assert [unit_text(unit) for unit in ("degC", "%", "1", "")] == ["°C", "%", "", ""]
    assert [number(value) for value in (0, 1234.5, -0.012345, np.nan)] == ["0", "1,234", "−0.0123", "–"]


def test_panels_are_lettered_and_headings_wrapped():
    """The third panel is (c); a heading breaks between words, a word longer than the line stays whole."""
    assert panel_title(2, "Soil") == "(c) Soil"
    assert wrapped("mean annual net primary productivity", 12) == "mean annual\nnet primary\nproductivity"
    assert wrapped("productivity", 5) == "productivity"
