"""Sheets and files: the same bytes twice, 300 dpi, the note."""

import matplotlib as mpl
import pytest
from drawing import AREA, GRID, random_map, texts
from PIL import Image

from nppdrivers.figures.canvas import Imprint, save, sheet
from nppdrivers.figures.maps import mean_npp


def test_note_is_printed(tmp_path):
    """The note is printed on the figure once, at its lower right corner; without one nothing is."""
    figure = sheet(6, 2)
    save(figure, tmp_path / "plain.png")
    assert texts(figure) == []
    save(figure, tmp_path / "noted.png", Imprint("virtual basin"))
    assert texts(figure) == ["virtual basin"]
    extent = figure.texts[0].get_window_extent()
    assert figure.bbox.x1 / 2 < extent.x0 and extent.x1 < figure.bbox.x1 and extent.y1 < figure.bbox.y1 / 2


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_the_same_figure_gives_the_same_bytes(tmp_path, ending):
    """A figure drawn twice, once under other settings of the user, is written as the same bytes."""
    files = [tmp_path / "folder" / f"first.{ending}", tmp_path / f"again.{ending}"]
    save(mean_npp(300 * random_map(), GRID, outline=AREA), files[0], Imprint("virtual basin"))
    with mpl.rc_context({"font.size": 15, "axes.facecolor": "red", "savefig.dpi": 50}):
        save(mean_npp(300 * random_map(), GRID, outline=AREA), files[1:], Imprint("virtual basin"))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_saved_at_300_dpi_without_leftovers(tmp_path):
    """The PNG has 300 dots to the inch and no date or version in it, and no unfinished file stays."""
    save(sheet(2, 1), tmp_path / "figure.png")
    with Image.open(tmp_path / "figure.png") as image:
        assert image.size == (600, 300)
        assert image.info.keys() == {"dpi"}
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]
    with pytest.raises(ValueError, match=r"figure.jpg: give figures a name that ends in .png"):
        save(sheet(1, 1), tmp_path / "figure.jpg")


def test_one_figure_goes_to_all_its_files(tmp_path):
    """The note is printed once and every file is of the format of its name."""
    save(
        sheet(2, 1),
        [tmp_path / f"figure.{ending}" for ending in ("png", "pdf", "svg")],
        Imprint("virtual basin"),
    )
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "figure.svg").read_text(encoding="utf-8").count('id="text_') == 1
