"""Animations: a frame a map, in the same colours, the same bytes twice."""

import numpy as np
from drawing import AREA, GRID, random_map
from matplotlib import colormaps
from PIL import Image

from nppdrivers.figures.animation import animate
from nppdrivers.figures.canvas import Imprint


def test_each_map_has_its_frame(tmp_path):
    """Frames differ by map and title alone and start again; low and high have the ends of the colours."""
    low, high = np.zeros(GRID.shape), np.ones(GRID.shape)
    animate({"Jan": low, "Feb": high}, GRID, "ndvi", tmp_path / "folder" / "months.gif", outline=AREA)
    with Image.open(tmp_path / "folder" / "months.gif") as animation:
        assert animation.n_frames == 2 and animation.info["loop"] == 0
        frames = []
        for number in range(2):
            animation.seek(number)
            frames.append(np.asarray(animation.convert("RGB")).astype(int))
    for frame, end in zip(frames, (0.0, 1.0), strict=True):
        colour = 255 * np.array(colormaps["YlGn"](end)[:3])
        assert np.mean(np.abs(frame - colour).max(axis=2) < 6) > 0.2
    right = frames[0].shape[1] * 3 // 4
    assert np.mean(np.abs(frames[0] - frames[1])[frames[0].shape[0] // 4 :, right:].max(axis=2) > 30) < 0.01


def test_the_same_maps_give_the_same_bytes(tmp_path):
    """Nothing of the day or of chance is in the file, and no unfinished one stays."""
    maps = {"Jan": random_map(), "Feb": random_map()}
    for name in ("a.gif", "b.gif"):
        animate(maps, GRID, "ndvi", tmp_path / name, imprint=Imprint("virtual basin"))
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gif", "b.gif"]
