"""A raster that is cut off is found by the places of its blocks, in every kind of TIFF."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from nppdrivers.checks.raster.whole import refuse_damaged
from nppdrivers.inputs.problems import InputError

KINDS = {
    "strips": {},
    "tiles": {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"},
    "bands apart": {"interleave": "band", "count": 3},
    "bigtiff": {"BIGTIFF": "YES", "tiled": True, "blockxsize": 64, "blockysize": 64},
    "big-endian": {"ENDIANNESS": "BIG"},
    "one strip": {"blockysize": 100},
}


def write(path, crs="EPSG:32649", **options):
    """Write noise, which compresses badly."""
    about = {"driver": "GTiff", "width": 90, "height": 100, "count": 1, "dtype": "uint16", "crs": crs}
    about |= {"transform": from_origin(5e5, 4e6, 30, 30)} | options
    values = np.random.default_rng(1).integers(0, 9999, (about["count"], 100, 90))
    with rasterio.open(path, "w", **about) as target:
        target.write(values.astype("uint16"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_passes_and_a_cut_one_is_refused(tmp_path, kind):
    """One byte less than all of its blocks is too little; the message has both numbers."""
    path = tmp_path / "image.tif"
    write(path, **KINDS[kind])
    refuse_damaged(str(path))
    content = path.read_bytes()
    path.write_bytes(content[: int(0.9 * len(content))])
    with pytest.raises(InputError, match=r"is cut off: \d+ of at least \d+ bytes|cannot be opened"):
        refuse_damaged(str(path))


def test_without_place_or_content_it_is_refused(tmp_path):
    """A TIFF without a coordinate system, and a page under the name of one."""
    path = tmp_path / "image.tif"
    write(path, crs=None)
    with pytest.raises(InputError, match="no coordinate system"):
        refuse_damaged(str(path))
    path.write_text("<html>404 Not Found</html>")
    with pytest.raises(InputError, match="cannot be opened"):
        refuse_damaged(str(path))


def test_a_system_beside_the_file_counts(tmp_path):
    """A TIFF whose coordinate system lies in an .aux.xml file passes."""
    path = tmp_path / "image.tif"
    write(path, PROFILE="BASELINE")
    assert path.with_suffix(".tif.aux.xml").exists()
    refuse_damaged(str(path))
