"""Inputs that were changed in the future."""

import os
import time

import pytest

from nppdrivers.run.clock import refuse_inputs_from_the_future


def test_files_from_the_future_are_named_with_their_time(tmp_path):
    """Files later than now end the call with their names; some seconds and missing files do not matter."""
    for name, ahead_s in {"past": -10, "now": 5, "late": 7200}.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() + ahead_s,) * 2)
    refuse_inputs_from_the_future([tmp_path / "past", tmp_path / "now", tmp_path / "absent"])
    with pytest.raises(ValueError, match="in the future") as refused:
        refuse_inputs_from_the_future(tmp_path.iterdir())
    assert f"{tmp_path / 'late'}: 20" in str(refused.value)
    assert str(tmp_path / "past") not in str(refused.value)


def test_of_many_files_the_first_are_shown(tmp_path):
    """A folder of files from the future gives a short list and their number."""
    paths = [tmp_path / f"{number:02d}" for number in range(20)]
    for path in paths:
        path.touch()
    with pytest.raises(ValueError, match="and 15 more"):
        refuse_inputs_from_the_future(paths, now_s=0)
