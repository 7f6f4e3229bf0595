#!/usr/bin/env bash
# rasterio 1.4.4: a raster that is opened through a custom opener can read any raster of the machine.
#
# Expected: with `opener` all bytes come from the function that was given; a file that it calls remote.tif is read as
# a GeoTIFF, or not at all.
# Seen: the format is taken from the content, not from the name. Where a server sends the text of a virtual raster
# (VRT) under the name of a GeoTIFF, GDAL opens the files that the text names by itself, past the opener: a program
# that copies windows of remote images copies local ones. With driver="GTiff" the text is refused. The same is true of
# bytes in memory (rasterio.MemoryFile).
#
# Run: bash findings/rasterio_opener_virtual_raster.sh   (needs Python 3.11 and a way to install packages)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet rasterio==1.4.4 numpy==2.4.6 2> install.log || { cat install.log; exit 1; }
cat > remote.py <<'CODE'
import io
from pathlib import Path

import numpy as np
import rasterio
from rasterio.errors import RasterioIOError
from rasterio.transform import from_origin

own = Path("own.tif").resolve()
place = {"crs": "EPSG:32649", "transform": from_origin(500000, 4000000, 30, 30)}
with rasterio.open(own, "w", driver="GTiff", height=1, width=1, count=1, dtype="uint8", **place) as target:
    target.write(np.full((1, 1, 1), 77, "uint8"))
sent = f"""<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>
<SourceFilename>{own}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>""".encode()


def opener(path, mode="rb"):
    """What a server has: one file."""
    if not path.endswith("remote.tif"):
        raise FileNotFoundError(path)
    return io.BytesIO(sent)


with rasterio.open("remote.tif", opener=opener) as source:
    print("driver", source.driver, "reads", source.read().ravel(), "of a file that the opener does not have")
    assert source.driver == "VRT" and source.read().item() == 77
with rasterio.MemoryFile(sent, filename="upload.tif") as memory, memory.open() as source:
    print("the same from memory:", source.read().ravel())
    assert source.read().item() == 77
try:
    rasterio.open("remote.tif", opener=opener, driver="GTiff")
except RasterioIOError as error:
    print("with driver='GTiff':", error)
else:
    raise AssertionError("with driver='GTiff' it is opened too")
CODE
venv/bin/python -W ignore remote.py || { echo "CHANGED"; exit 1; }
