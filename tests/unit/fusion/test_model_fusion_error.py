"""The rule that learns from images left out: its files, also where there was nothing to leave out."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fusion.leave_one_out import SAMPLE_COLUMNS, TABLE_COLUMNS
from fusion.model_fusion_error import model_fusion_error
from nppdrivers.fusion.combination import Weights

DAYS = [f"2013-0{month}-01" for month in range(1, 10)]


def learn(folder, scores, errors, weighed):
    """Run the rule on tables and read what it writes."""
    paths = {name: folder / name for name in ("scores", "errors")}
    for name, table in (("scores", scores), ("errors", errors)):
        table.to_csv(paths[name], index=False)
    output = SimpleNamespace(**{name: folder / f"{name}.out" for name in ("weights", "model", "table")})
    model_fusion_error(
        score_paths=[paths["scores"]], error_paths=[paths["errors"]], output=output, weighed=weighed
    )
    return json.loads(output.weights.read_text()), pd.read_csv(output.table, dtype={"date": str})


@pytest.mark.parametrize("weighed", [False, True])
def test_without_an_image_left_out_the_weights_are_those_given(tmp_path, weighed):
    """A run with one clear image has tables without rows: the default weights, a table without rows."""
    empty = (pd.DataFrame(columns=columns) for columns in (TABLE_COLUMNS, SAMPLE_COLUMNS))
    weights, table = learn(tmp_path, *empty, weighed)
    assert weights == {name: list(values) for name, values in vars(Weights()).items()}
    assert table.empty


def test_scores_are_those_of_weights_without_the_date(tmp_path):
    """The weighed scores follow from the sampled errors; those of the model stand next to them."""
    rng = np.random.default_rng(0)
    number = 200 * len(DAYS)
    model_error, line_error = rng.normal(0, [[0.03], [0.03]], (2, number))
    errors = pd.DataFrame({"date": np.repeat(DAYS, 200), "gap": 8.0, "one_side": False})
    errors["departure"] = model_error - line_error
    errors = errors.assign(
        coarse_departure=rng.normal(0, 0.02, number),
        detail_departure=rng.normal(0, 0.02, number),
        observed=rng.random(number),
    )
    errors = errors.assign(error=model_error, coarse_error=0.1)
    scores = pd.DataFrame({"date": DAYS, "sensor": "OLI", "n": 200, "fused_rmse": 0.03})
    scores = scores.reindex(columns=TABLE_COLUMNS)
    _, table = learn(tmp_path, scores, errors, weighed=True)
    np.testing.assert_allclose(table["model_rmse"], 0.03)
    assert table["fused_rmse"].between(0.019, 0.026).all()  # 0.0212 by the weights of equal precision
    assert table["within_1.96_se_percent"].between(88, 100).all()
    assert list(table.columns).index("fused_rmse") < list(table.columns).index("model_rmse")
