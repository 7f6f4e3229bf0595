"""Files of a finished run on a grid of more cells, made when a job asks for them."""

import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
from affine import Affine
from pyhdf.SD import SD, SDC
from rasterio.windows import Window

from nppdrivers.grid import Grid

ROWS = 256  # written at a time


class Enlarged:
    """Files of a run as they would be on a square grid of more cells, in a folder of their own.

    Rasters are repeated side by side, polygons, lines and points stretched, tables taken as they are.

    Parameters
    ----------
    run : path
        Folder in which Snakemake ran.
    folder : path
        Where the larger files go, under the paths that they have in the run.
    site : str
    cells : int
        Of the larger grid, at least those of the run.
    """

    def __init__(self, run: Path, folder: Path, site: str, cells: int) -> None:
        self.run, self.folder = run, folder
        self.grid_path = f"results/{site}/grid/grid.json"
        self.small = Grid.load(run / self.grid_path)
        edge = round(cells**0.5)
        self.grid = Grid(self.small.crs, self.small.transform, cells // edge, edge)
        (folder / self.grid_path).parent.mkdir(parents=True, exist_ok=True)
        self.grid.save(folder / self.grid_path)

    def make(self, name: str) -> None:
        """Make one file of the run, unless it is there."""
        source, target = self.run / name, self.folder / name
        if target.exists() or not source.is_file():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        makers = {".tif": self._raster, ".gpkg": self._layers, ".hdf": self._composite}
        makers.get(source.suffix.lower(), shutil.copyfile)(source, target)

    def _raster(self, source: Path, target: Path) -> None:
        with rasterio.open(source) as small:
            on_grid = self.small.matches(small.crs, small.transform, small.shape)
            height, width = self.grid.shape if on_grid else self._repeated(small.shape)
            profile = small.profile | {"height": height, "width": width, "bigtiff": "if_safer"}
            with rasterio.open(target, "w", **profile) as large:
                large.descriptions, large.units = small.descriptions, small.units
                large.update_tags(**small.tags())
                for band in small.indexes:
                    values = small.read(band)
                    for first in range(0, height, ROWS):
                        rows = min(ROWS, height - first)
                        repeated = _repeat(values, range(first, first + rows), width)
                        large.write(repeated, band, window=Window(0, first, width, rows))

    def _repeated(self, shape: tuple[int, int]) -> tuple[int, int]:
        """Shape of an image that covers as much of the larger grid as it did of the small one."""
        return (
            int(np.ceil(shape[0] * self.grid.height / self.small.height)),
            int(np.ceil(shape[1] * self.grid.width / self.small.width)),
        )

    def _layers(self, source: Path, target: Path) -> None:
        left, top = self.small.transform.c, self.small.transform.f
        stretch = (
            Affine.translation(left, top)
            @ Affine.scale(self.grid.width / self.small.width, self.grid.height / self.small.height)
            @ Affine.translation(-left, -top)
        )
        matrix = [stretch.a, stretch.b, stretch.d, stretch.e, stretch.c, stretch.f]
        for layer, kind in pyogrio.list_layers(source):
            table = pyogrio.read_dataframe(source, layer=layer)
            if kind is not None:
                assert isinstance(table, gpd.GeoDataFrame)
                own = table.crs
                table = table.to_crs(self.small.crs)
                table = table.set_geometry(table.geometry.affine_transform(matrix)).to_crs(own)
            pyogrio.write_dataframe(table, target, layer=layer)

    def _composite(self, source: Path, target: Path) -> None:
        small, large = SD(str(source)), SD(str(target), SDC.WRITE | SDC.CREATE)
        shape = next(iter(small.datasets().values()))[1]
        height, width = self._repeated(shape)
        structure = str(small.attributes()["StructMetadata.0"])
        large.attr("StructMetadata.0").set(SDC.CHAR8, _stretched(structure, shape, (height, width)))
        for name, (_, _, kind, _) in small.datasets().items():
            read, written = small.select(name), large.create(name, kind, (height, width))
            for key, (value, _, type_, _) in read.attributes(full=1).items():
                written.attr(key).set(type_, value)
            written.setcompress(SDC.COMP_DEFLATE, 1)
            written[:] = _repeat(read[:], range(height), width)
            written.endaccess()
        large.end()


def _repeat(values: np.ndarray, rows: range, width: int) -> np.ndarray:
    """These rows of an array that is repeated in both directions without end."""
    return values[np.array(rows) % values.shape[0]][:, np.arange(width) % values.shape[1]]


def _stretched(structure: str, shape: tuple[int, int], larger: tuple[int, int]) -> str:
    """HDF-EOS description of a grid of more pixels with the same upper left corner."""
    left, top, right, bottom = map(
        float, ",".join(re.findall(r"(?:UpperLeftPoint|LowerRight)Mtrs=\((.+?)\)", structure)).split(",")
    )
    right = left + (right - left) * larger[1] / shape[1]
    bottom = top + (bottom - top) * larger[0] / shape[0]
    structure = re.sub(r"LowerRightMtrs=\(.+?\)", f"LowerRightMtrs=({right:.6f},{bottom:.6f})", structure)
    structure = re.sub(r"\bXDim=\d+", f"XDim={larger[1]}", structure)
    return re.sub(r"\bYDim=\d+", f"YDim={larger[0]}", structure)
