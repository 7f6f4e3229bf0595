"""The tutorials that need no run print what their pages show."""

import pytest
import tutorials


@pytest.mark.parametrize("name", ["fuse_two_dates", "npp_of_a_pixel"])
def test_tutorial_prints_what_it_shows(name):
    """Each block runs after those before it and prints what the page shows."""
    for shown, printed in tutorials.outputs(tutorials.TUTORIALS / f"{name}.md"):
        assert printed == shown
