"""The analytic hierarchy process."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nppdrivers import degradation

CONFIG = Path(__file__).resolve().parents[3] / "config"
# Saaty 2008, Int. J. Services Sciences 1:83-98: consumption of coffee, wine, tea, beer, sodas, milk, water.
DRINKS = np.array(
    [
        [1, 9, 5, 2, 1, 1, 1 / 2],
        [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
        [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
        [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
        [1, 9, 4, 2, 1, 2, 1 / 2],
        [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
        [2, 9, 9, 3, 2, 3, 1],
    ]
)


def test_weights_of_the_drinks():
    """Saaty's published example: the weights and the consistency ratio."""
    weights, ratio = degradation.ahp_weights(DRINKS)
    assert weights == pytest.approx([0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], abs=0.002)
    assert ratio == pytest.approx(0.022, abs=0.002)


@pytest.mark.parametrize("method", ["eigenvector", "geometric_mean"])
def test_consistent_judgements_return_their_weights(method):
    """From judgements that are quotients of weights both methods return those weights."""
    wanted = np.array([0.4, 0.3, 0.2, 0.1])
    weights, ratio = degradation.ahp_weights(wanted[:, None] / wanted, method)
    assert weights == pytest.approx(wanted, abs=1e-12)
    assert ratio == pytest.approx(0, abs=1e-12)


def test_proposed_judgements():
    """The judgements of the settings are consistent and weigh subsidence most."""
    table = pd.read_csv(CONFIG / "ahp_matrix.csv", dtype=str).set_index("indicator")
    matrix = table.map(lambda text: eval(text, {}))
    weights, ratio = degradation.ahp_weights(matrix.to_numpy(float))
    assert weights == pytest.approx([0.333, 0.195, 0.195, 0.107, 0.107, 0.064], abs=0.001)
    assert ratio == pytest.approx(0.006, abs=0.001)
    degradation.check_consistency(matrix.astype(float))


def test_contradictory_judgements_are_named():
    """A circle of judgements (a over b over c over a) is refused and its judgements are named."""
    names = ["depth", "slope", "cracks", "seepage"]
    matrix = pd.DataFrame(np.ones((4, 4)), index=names, columns=names)
    for first, second in (("depth", "slope"), ("slope", "cracks"), ("cracks", "depth")):
        matrix.loc[first, second], matrix.loc[second, first] = 7, 1 / 7
    with pytest.raises(ValueError, match="consistency ratio") as refused:
        degradation.check_consistency(matrix)
    assert "depth against slope" in str(refused.value)
    assert "seepage" not in str(refused.value)
    with pytest.raises(ValueError, match="1 against 2"):
        degradation.ahp_weights(matrix.to_numpy())
    assert degradation.weights_and_ratio(matrix)[1] > 0.1


@pytest.mark.parametrize(
    "matrix, message",
    [
        (np.ones((2, 3)), "square"),
        (np.ones((11, 11)), "1 to 10"),
        (np.array([[1, 3], [3, 1]]), "reciprocal"),
        (np.array([[1, -2], [-0.5, 1]]), "positive"),
    ],
)
def test_impossible_matrices_are_refused(matrix, message):
    """A matrix that is no pairwise comparison is refused with the reason."""
    with pytest.raises(ValueError, match=message):
        degradation.ahp_weights(matrix)
