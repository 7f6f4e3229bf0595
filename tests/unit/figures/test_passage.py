"""The figure of the passage from MODIS to VIIRS."""

import pandas as pd

from nppdrivers.figures.ndvi.passage import passage_figure


def test_bars_are_the_table():
    """A bar for each class and season as high as its bias, and pairs for what is left of the difference."""
    table = pd.DataFrame(
        {
            "land_cover": ["forest"] * 4 + ["grassland"] * 4,
            "season": ["Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov"] * 2,
            "bias": [0.04, 0.03, 0.05, 0.04, 0.02, 0.01, -0.01, 0.02],
            "standard_error": 0.002,
            "rmse_before": 0.05,
            "rmse_after": 0.02,
        }
    )
    left, right = passage_figure(table).axes
    heights = [patch.get_height() for patch in left.patches]
    assert sorted(heights) == sorted(table["bias"])
    assert [patch.get_height() for patch in right.patches].count(0.02) == 8
    assert [label.get_text() for label in left.get_xticklabels()] == ["forest", "grassland"]
