"""Tables of land degradation: indicators and their judgements, and every fault of them at once."""

import pandas as pd
import pytest
from house import REPOSITORY

from nppdrivers.inputs.hazards.weighting import read_indicators, read_judgements
from nppdrivers.inputs.problems import InputError

NAMES = ["depth", "cracks", "goaf"]
MATRIX = "indicator,depth,cracks,goaf\ndepth,1,3,7\ncracks,1/3,1,3\ngoaf,1/7,1/3,1\n"


def judged(folder, text=MATRIX):
    """Write and read a matrix of judgements."""
    (folder / "ahp.csv").write_text(text, encoding="utf-8")
    return read_judgements(folder / "ahp.csv", NAMES)


def indicators(folder, **changed):
    """Read the project's table of indicators with columns of its first row changed."""
    table = pd.read_csv(REPOSITORY / "config" / "hazard_indicators.csv").astype(object)
    for name, value in changed.items():
        table.loc[0, name] = value
    table.to_csv(folder / "indicators.csv", index=False)
    return read_indicators(folder / "indicators.csv")


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        (MATRIX, 0),
        (MATRIX.replace("1/3", "0.33").replace("1/7", "0.14"), 3),
        (MATRIX.replace("1/3", "0.333").replace("1/7", "0.143"), 3),
        (MATRIX.replace("1/3", "").replace("1/7", ""), 3),
        (MATRIX.replace("depth,1,3", "depth,,3"), 0),
        ("indicator,goaf,depth,cracks\ngoaf,1,1/7,1/3\ncracks,3,1/3,1\ndepth,7,1,3\n", 0),
    ],
)
def test_judgements_are_completed(tmp_path, text, assumed):
    """Rounded, empty and reordered judgements give the matrix of exact fractions, and what was assumed."""
    values, stated = judged(tmp_path, text)
    assert values.to_numpy().tolist() == [[1, 3, 7], [1 / 3, 1, 3], [1 / 7, 1 / 3, 1]]
    assert len(stated) == assumed


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1/7", "1/5", "depth against goaf: 7, and 0.2 the other way round"),
        ("1/7", "1-Jul", "row goaf, column depth: 1-Jul is no judgement"),
        ("1/7", "1月7日", "format the cells as text"),
        ("1/7", "-7", "-7 is no judgement"),
        ("1/7", "1/0", "1/0 is no judgement"),
        ("1/7,1/3,1", "1/7,1/3,2", "goaf against itself is 2"),
        ("cracks,1/3", "crack,1/3", "no row cracks; unknown row crack"),
        ("depth,cracks", "depth,goaf", "no column cracks"),
        ("goaf,1/7,1/3,1\n", "goaf,1/7,1/3,1\ngoaf,1/7,1/3,1\n", "row goaf more than once"),
    ],
)
def test_faults_of_judgements(tmp_path, old, new, message):
    """Each fault is named by its indicators."""
    with pytest.raises(InputError, match=r"ahp\.csv") as caught:
        judged(tmp_path, MATRIX.replace(old, new))
    assert message in str(caught.value)


def test_faults_of_judgements_come_together(tmp_path):
    """Two cells that are no numbers and a pair that does not agree are three problems."""
    text = MATRIX.replace("depth,1,3,7", "depth,1,x,5").replace("cracks,1/3", "cracks,y")
    with pytest.raises(InputError) as caught:
        judged(tmp_path, text)
    assert len(caught.value.problems) == 4  # and without both numbers that pair has no judgement


def test_contradictory_judgements_are_named(tmp_path):
    """A circle of judgements is refused by the names of the indicators."""
    text = "indicator,depth,cracks,goaf\ndepth,1,3,1/3\ncracks,1/3,1,3\ngoaf,3,1/3,1\n"
    with pytest.raises(InputError, match=r"contradict each other[\s\S]*depth against cracks"):
        judged(tmp_path, text)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"layers": "subsidence+cavity"}, "unknown layer cavity"),
        ({"layers": "cracks"}, "method attribute needs polygons, cracks has none"),
        ({"method": "mean"}, "method mean is unknown"),
        ({"attribute": "depth"}, "unknown attribute depth"),
        ({"minimum": 9}, "minimum 9 and maximum 5"),
        ({"direction": "up"}, "direction up is unknown"),
        ({"reach_m": "far"}, "reach_m is far"),
        ({"indicator": "seepage"}, "seepage: more than once"),
    ],
)
def test_faults_of_indicators(tmp_path, changed, message):
    """Each fault of the table of indicators is reported."""
    assert len(indicators(tmp_path)) == 6
    with pytest.raises(InputError, match=r"indicators\.csv") as caught:
        indicators(tmp_path, **changed)
    assert message in str(caught.value)


def test_faults_of_indicators_come_together(tmp_path):
    """Faults of several columns are reported at once; a lacking column with all that are needed."""
    with pytest.raises(InputError) as caught:
        indicators(tmp_path, method="mean", direction="up", reach_m=-1)
    assert len(caught.value.problems) == 3
    (tmp_path / "short.csv").write_text("indicator,layers\na,goaf\n")
    with pytest.raises(InputError, match="no column method, attribute"):
        read_indicators(tmp_path / "short.csv")
