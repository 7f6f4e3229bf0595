"""Results without records are compared with a call by their own settings and digests."""

from base64 import urlsafe_b64encode

import pytest
import yaml

from nppdrivers.run.records import changes_without_records

SETTINGS = {"site": "mine", "fusion": {"window": 51, "classes": 4}, "npp": {"terms": ["fpar"]}}
CODE = {"npp/simulate_npp": "aa", "soil/krige_soil": "bb"}


@pytest.fixture
def compare(tmp_path, monkeypatch):
    """Compare a call with results that were copied here without their records."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results" / "mine").mkdir(parents=True)
    (tmp_path / "results" / "mine" / "settings.yaml").write_text(yaml.safe_dump(SETTINGS))
    (tmp_path / "results" / "mine" / "code.yaml").write_text(yaml.safe_dump(CODE))
    return lambda settings, code: changes_without_records("results/mine", ".snakemake", settings, code)


def test_equal_settings_and_code_are_accepted(compare):
    """The same settings in another order and the same code differ in nothing."""
    assert compare(dict(reversed(SETTINGS.items())), CODE) == []


def test_differences_are_named(compare):
    """A changed, an added and a missing setting and a changed script are named by their dotted names."""
    settings = {"site": "mine", "fusion": {"window": 31, "classes": 4, "tiles": 2}}
    changes = compare(settings, CODE | {"soil/krige_soil": "cc"})
    assert changes == ["fusion.tiles", "fusion.window", "npp", "the code of soil/krige_soil"]


def test_records_or_no_results_leave_it_to_snakemake(compare, tmp_path):
    """Where Snakemake has its record of the settings, or there are no results yet, nothing is compared."""
    record = urlsafe_b64encode(b"results/mine/settings.yaml").decode()
    (tmp_path / ".snakemake" / "metadata").mkdir(parents=True)
    (tmp_path / ".snakemake" / "metadata" / record).write_text("{}")
    assert compare({"site": "other"}, {}) == []
    assert changes_without_records("results/none", ".snakemake", SETTINGS, CODE) == []
