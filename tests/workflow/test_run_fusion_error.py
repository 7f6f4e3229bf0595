"""The fused NDVI of the tiny virtual basin and its standard error."""

import pandas as pd
import pytest

pytestmark = pytest.mark.workflow


def test_images_left_out_are_predicted_better_than_by_the_coarse_image(finished):
    """On each image left out fusion beats the coarse image; most errors lie within 1.96 standard errors."""
    table = pd.read_csv(finished.results / "ndvi" / "leave_one_out.csv")
    assert len(table) >= 10
    assert (table["fused_rmse"] < table["coarse_rmse"]).all()
    assert table["within_1.96_se_percent"].mean() > 88


def test_standard_error_covers_the_truth(finished):
    """At least 90 % of the truth lies within 1.96 standard errors; where these are largest, so are errors."""
    table = pd.read_csv(finished.results / "validation" / "fusion_error.csv").set_index("cells")
    assert table.loc["all", "within_1.96_se_percent"] > 90
    assert table.loc["standard error, fifth 5", "rmse"] > 1.5 * table.loc["standard error, fifth 1", "rmse"]


def test_every_date_has_a_residual_and_a_standard_error(finished):
    """The table by date has a row a composite, no value missing, and residuals below the standard error."""
    table = pd.read_csv(finished.results / "ndvi" / "fusion_by_date.csv")
    assert len(table) >= 46
    assert table["date"].is_unique
    assert table.notna().all(axis=None)
    assert table["residual_rms"].mean() < table["fused_standard_error"].mean()
