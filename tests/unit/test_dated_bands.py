"""Images put away one by one, maps row by row."""

import numpy as np
import pytest

from nppdrivers import dated_bands, rasters
from nppdrivers.dated_bands import PutAway, StoredMaps
from nppdrivers.grid import Grid

GRID = Grid.around((0, 0, 600, 900), "EPSG:32649", 30)
NAMES = ["2013-01-01", "2013-01-17", "2013-02-02"]


@pytest.fixture
def images():
    """Red and near infrared of three dates."""
    return np.random.default_rng(1).uniform(0, 1, (3, 2, *GRID.shape)).astype("float32")


def test_images_come_back_in_their_order(images, tmp_path, monkeypatch):
    """Rasters written by blocks of rows hold what each takes of the images, and nothing else is left."""
    monkeypatch.setattr(dated_bands, "BLOCK_CELLS", 100)
    layers = {
        str(tmp_path / "red.tif"): ("red_reflectance", lambda rows: rows[:, 0]),
        str(tmp_path / "ndvi.tif"): ("ndvi", lambda rows: rows[:, 1] - rows[:, 0]),
    }
    (tmp_path / ".ndvi.unfinished").mkdir()
    (tmp_path / ".ndvi.unfinished" / "0.npy").write_bytes(b"of a killed job")
    with PutAway(tmp_path / "ndvi.tif") as put_away:
        for image in images:
            put_away.add(image)
        put_away.write(layers, GRID, bands=NAMES, harmonised="none")
        assert np.array_equal(np.stack(list(put_away)), images)
    assert np.array_equal(rasters.read(tmp_path / "red.tif", GRID), images[:, 0])
    assert np.array_equal(rasters.read(tmp_path / "ndvi.tif", GRID), images[:, 1] - images[:, 0])
    assert rasters.band_names(tmp_path / "red.tif") == NAMES
    assert rasters.tags(tmp_path / "red.tif")["harmonised"] == "none"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ndvi.tif", "red.tif"]


def test_a_failed_job_leaves_nothing(images, tmp_path):
    """Images are removed also where the job ends with an error."""
    with pytest.raises(ValueError, match="bad input"), PutAway(tmp_path / "ndvi.tif") as put_away:
        put_away.add(images[0])
        raise ValueError("bad input")
    assert list(tmp_path.iterdir()) == []


def test_stored_maps_are_read_at_cells(tmp_path):
    """Cells in any order, some twice, have the values of all maps; the folder shows no file."""
    rng = np.random.default_rng(2)
    maps, stored = rng.normal(size=(9, 7, 3)).astype("float32"), StoredMaps((9, 7), 3, tmp_path)
    stored.write(maps[4:], 4)
    stored.write(maps[:4].transpose(2, 0, 1).copy().transpose(1, 2, 0), 0)
    places = np.column_stack([rng.integers(9, size=40), rng.integers(7, size=40)])
    np.testing.assert_array_equal(stored.at(places), maps[tuple(places.T)])
    assert stored.at(places[:0]).shape == (0, 3)
    assert list(tmp_path.iterdir()) == []
