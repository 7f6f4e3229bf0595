"""Images put away one by one."""

import numpy as np
import pytest

from nppdrivers import dated_bands, rasters
from nppdrivers.dated_bands import PutAway
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
