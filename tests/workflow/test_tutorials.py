"""The tutorial on the certainty map prints what its page shows, from a finished run."""

import pytest
import tutorials

pytestmark = pytest.mark.workflow


def test_certainty_map(finished, monkeypatch):
    """Each block runs in the folder of the project and prints what the page shows."""
    monkeypatch.chdir(finished.folder)
    for shown, printed in tutorials.outputs(tutorials.TUTORIALS / "certainty_map.md"):
        assert printed == shown
