"""SoilGrids 2.0: the files of a property, and the mean of the topsoil from them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio

from nppdrivers.acquire.network.windows import unfinished
from nppdrivers.acquire.plan import MOSAIC, Wanted

# Property of the project to that of SoilGrids, and what brings its whole numbers to the unit of the project
PROPERTIES = {
    "SOC": ("soc", 0.1),  # dg kg-1 to g kg-1
    "TN": ("nitrogen", 0.01),  # cg kg-1 to g kg-1
    "pH": ("phh2o", 0.1),  # pH x 10
    "CF": ("clay", 0.1),  # g kg-1 to %
    "BD": ("bdod", 0.01),  # cg cm-3 to g cm-3
}
# Layer to its thickness [cm]: together the upper 30 cm
_LAYERS = {"0-5cm": 5, "5-15cm": 10, "15-30cm": 15}


def wanted_soil(url: str, expected_bytes: int) -> list[Wanted]:
    """Files of all properties and layers.

    Parameters
    ----------
    url : str
        Folder of SoilGrids on its server, with a slash at its end.
    expected_bytes : int
        Estimate of the size of a window.
    """
    return [
        Wanted(
            part="SoilGrids",
            collection="SoilGrids 2.0",
            item=name,
            asset=layer,
            href=f"{url}{name}/{name}_{layer}_mean.vrt",
            file=f"soil/soilgrids/{name}_{layer}_mean.tif",
            way=MOSAIC,
            expected_bytes=expected_bytes,
        )
        for name, _ in PROPERTIES.values()
        for layer in _LAYERS
    ]


def topsoil(folder: Path) -> list[str]:
    """Write the mean of the upper 30 cm of each property, weighted by thickness, in the unit of the project.

    Parameters
    ----------
    folder : Path
        Of the raw data.

    Returns
    -------
    list of str
        Files, below that folder; a property that lacks a layer is left out.
    """
    made = []
    for own, (name, factor) in PROPERTIES.items():
        paths = [folder / f"soil/soilgrids/{name}_{layer}_mean.tif" for layer in _LAYERS]
        if all(path.exists() for path in paths):
            _write_mean(paths, factor, folder / f"soil/{own}.tif")
            made.append(f"soil/{own}.tif")
    return made


def _write_mean(paths: Sequence[Path], factor: float, target: Path) -> None:
    """Mean of layers by their thickness; NaN where any has no value."""
    layers = []
    for path in paths:
        with rasterio.open(path) as source:
            profile, stored = source.profile, source.read(1)
            # 0 stands for no prediction too: no soil has 0 of any of these
            layers.append(np.where((stored == source.nodata) | (stored == 0), np.nan, stored * factor))
    mean = np.average(layers, axis=0, weights=list(_LAYERS.values())).astype("float32")
    profile |= {"dtype": "float32", "nodata": np.nan, "driver": "GTiff", "compress": "deflate"}
    with unfinished(target) as temporary, rasterio.open(temporary, "w", **profile) as written:
        written.write(mean, 1)
