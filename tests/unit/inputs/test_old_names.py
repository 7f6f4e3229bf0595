"""Settings under their former names."""

from nppdrivers.inputs.settings.old_names import take_old_names


def test_former_names_count_with_a_note():
    """A section and an input called `modis` are read as `coarse`; each is noted, with what to write."""
    settings = {
        "modis": {"products": ["MYD13Q1"]},
        "coarse": {"products": ["MOD13Q1"]},
        "inputs": {"modis": "composites", "landsat": "scenes"},
    }
    notes = take_old_names(settings)
    assert settings == {
        "coarse": {"products": ["MYD13Q1"]},
        "inputs": {"coarse": "composites", "landsat": "scenes"},
    }
    assert [(key, remedy) for key, _, remedy in notes] == [
        ("modis", "write coarse in its place"),
        ("inputs.modis", "write inputs.coarse in its place"),
    ]


def test_a_setting_that_moved_up_counts_with_a_note():
    """`fusion.tiles` is read as `tiles`, over its default, and noted; the rest of the section stays."""
    settings = {"tiles": 1, "fusion": {"window": 51, "tiles": 4}}
    ((key, message, remedy),) = take_old_names(settings)
    assert settings == {"tiles": 4, "fusion": {"window": 51}}
    assert key == "fusion.tiles" and "called tiles now" in message and "tiles" in remedy


def test_names_of_now_stay():
    """Settings without a former name are left as they are; of two inputs the name of now is read."""
    settings = {"coarse": {"products": ["MOD13Q1"]}, "inputs": "virtual_basin"}
    assert take_old_names(settings) == []
    assert settings == {"coarse": {"products": ["MOD13Q1"]}, "inputs": "virtual_basin"}
    settings = {"inputs": {"modis": "old", "coarse": "new"}}
    assert take_old_names(settings) == []  # the schema then refuses the one that is not read
    assert settings["inputs"] == {"modis": "old", "coarse": "new"}
