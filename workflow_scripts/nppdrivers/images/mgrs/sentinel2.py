"""Sentinel-2 Level-2A images as they lie in folders: products in SAFE form, or a GeoTIFF a band.

The reflectance of processing baselines from 04.00 on has an offset of -1000 counts. Some archives have taken
it off already; `images.mgrs.baseline` finds out which.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

from nppdrivers.images.fine_products import Tabulated
from nppdrivers.images.mgrs.baseline import offset_of
from nppdrivers.images.mgrs.pixels import read_window, scaled
from nppdrivers.quality import sentinel2_clear

# Names of layers in SAFE products and copies of them, and those of other catalogues
_LAYERS = {"b04": "B04", "red": "B04", "b08": "B08", "nir": "B08", "b8a": "B8A", "nir08": "B8A", "scl": "SCL"}
_FILE = re.compile(
    r"(?!MSK_)(?:^|.*_)(?P<layer>B04|B08|B8A|SCL|red|nir|nir08)(?:_[126]0m)?\.(?:jp2|tiff?)$", re.I
)
_TILE_DAY = re.compile(
    r"(?:^|_)T?(?P<tile>\d{2}[C-X][A-Z]{2})_(?P<date>\d{8})(?:T(?P<time>\d{6}))?(?:_|$)", re.I
)
_PRODUCT = re.compile(
    r"(?P<platform>S2[A-D])_MSIL2A_(?P<date>\d{8})T\d{6}_N(?P<baseline>\d{4})_R\d{3}_", re.I
)
_PLATFORM = re.compile(r"(?:^|_)(S2[A-D])_", re.I)
SCL_FILL = 0


@dataclass(frozen=True)
class SentinelScene(Tabulated):
    """An image of a tile and a day.

    Attributes
    ----------
    product_id : str
    date : date of acquisition
    tile : str
    platform : str
        "S2A", ..., or "" where no name says which.
    layers : mapping of layer to Path
        Of B04, B8A or B08, SCL.
    nir : {"B8A", "B08"}
        Near-infrared band that is read.
    add_offset : float or None
        Counts to add to the stored numbers; None where that is not known.
    baseline : str
        Processing baseline, such as "0400", or "".
    """

    product_id: str
    date: date
    tile: str
    platform: str
    layers: dict[str, Path]
    nir: str
    add_offset: float | None = None
    baseline: str = ""
    sensor: str = "MSI"

    @property
    def reference(self) -> str:
        """Raster that gives the lattice: that of red, or of a coarser near infrared."""
        names = ("B04", self.nir) if self.has_detail else (self.nir, "B04")
        return str(next(self.layers[name] for name in (*names, *self.layers) if name in self.layers))

    @property
    def has_detail(self) -> bool:
        """Whether band 8, of 10 m, gives the detail within the pixels of band 8A, of 20 m."""
        return self.nir == "B8A" and {"B04", "B08", "B8A"} <= set(self.layers)

    @property
    def files(self) -> list[str]:
        """Rasters that are read; one that is missing under the name that it would have."""
        folder = Path(self.reference).parent
        names = ["B04", self.nir, "SCL", *(["B08"] if self.has_detail else [])]
        return [str(self.layers.get(name, folder / f"{name}.tif")) for name in names]

    @property
    def red_nir(self) -> list[tuple[str, int]]:
        """Raster and band number of red and of near infrared."""
        return [(path, 1) for path in self.files[:2]]

    @property
    def scaling(self) -> tuple[float, float]:
        """Scale and offset: reflectance [1] = stored x scale + offset.

        Raises
        ------
        ValueError
            When it is not known whether the offset of the processing baseline is applied.
        """
        if self.add_offset is None:
            raise ValueError(
                f"{self.reference}: whether the offset of processing baseline 04.00 is applied is not known; "
                "give the file MTD_MSIL2A.xml or the item of the catalogue (.json) with the bands, or set "
                "sentinel2.offset to applied or to_apply"
            )
        return self.product.scale, self.add_offset * self.product.scale

    @property
    def quality(self) -> tuple[str, int]:
        """Raster of the quality layer, and its number where there is no image."""
        return self.files[2], SCL_FILL

    @property
    def acquisition(self) -> tuple[object, ...]:
        """What deliveries of one image have in common; of these the latest baseline counts."""
        return self.platform, self.tile, self.date

    def covered(self, quality: np.ndarray) -> np.ndarray:
        """Pixels with an image, by the quality layer."""
        return quality != SCL_FILL

    def clear(self, quality: np.ndarray) -> np.ndarray:
        """Pixels that show clear ground or water, by the quality layer."""
        return sentinel2_clear(quality)

    def reflectance(self, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Red and NIR reflectance [1], NaN where not clear, and where the scene has data at all.

        Where band 8 is there, near infrared is that of band 8A with the detail of band 8: band 8 times the
        ratio of band 8A to the mean of band 8 in each pixel of 20 m.
        """
        size = _pixel_m(self.reference)
        red, nir = (_on_lattice(path, window, size, self.fill) for path, _ in self.red_nir)
        if self.has_detail:
            nir = self._detailed(nir, window, size)
        quality = _on_lattice(self.quality[0], window, size, SCL_FILL, is_class=True)
        covered = np.isfinite(red) & np.isfinite(nir)
        usable = covered & self.clear(quality.astype("uint8"))
        return *scaled(red, nir, *self.scaling, usable), covered

    def _detailed(self, nir: np.ndarray, window: Window, size: float) -> np.ndarray:
        """Band 8A on smaller pixels with the detail of band 8; both less their offset."""
        add = np.float32(self.scaling[1] / self.scaling[0])
        path, large = str(self.layers["B08"]), _pixel_m(str(self.layers["B8A"]))
        fine = _on_lattice(path, window, size, self.fill) + add
        times = round(large / size)
        means = _copies(_means(path, _around(window, times), times, self.fill), window, times) + add
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (nir + add) / means
        return np.where(np.isfinite(ratio), fine * ratio - add, nir)


def _pixel_m(path: str) -> float:
    with rasterio.open(path) as source:
        return float(source.transform.a)


def _on_lattice(path: str, window: Window, size: float, fill: float, *, is_class: bool = False) -> np.ndarray:
    """A layer on pixels of another size of the same corner: means of smaller ones, copies of larger ones.

    A mean with a missing part is missing (NaN); of classes the upper left one counts.
    """
    times = round(size / _pixel_m(path))
    if times < 1:
        times = round(_pixel_m(path) / size)
        values = read_window(path, 1, _around(window, times), fill)
        return _copies(values if is_class else _known(values, fill), window, times)
    if is_class:
        return read_window(path, 1, _stretched(window, times), fill)[::times, ::times]
    return _means(path, window, times, fill)


def _means(path: str, window: Window, times: int, fill: float) -> np.ndarray:
    """Means of a band in a window of pixels so many times as wide as its own; NaN where a part is missing."""
    values = _known(read_window(path, 1, _stretched(window, times), fill), fill)
    height, width = (number // times for number in values.shape)
    return values.reshape(height, times, width, times).mean(axis=(1, 3))


def _known(values: np.ndarray, fill: float) -> np.ndarray:
    """Stored numbers, NaN for the fill."""
    return np.where(values == fill, np.float32(np.nan), values.astype("float32"))


def _stretched(window: Window, times: int) -> Window:
    """A window of larger pixels, in pixels of which so many lie along the edge of a larger one."""
    return Window(*(times * number for number in window.flatten()))


def _around(window: Window, times: int) -> Window:
    """The pixels so many times as wide that a window meets."""
    left, top, width, height = (int(number) for number in window.flatten())
    first, upper = left // times, top // times
    return Window(first, upper, -(-(left + width) // times) - first, -(-(top + height) // times) - upper)


def _copies(large: np.ndarray, window: Window, times: int) -> np.ndarray:
    """What the larger pixels around a window (`_around`) have at each of its own."""
    left, top, width, height = (int(number) for number in window.flatten())
    values = large.repeat(times, 0).repeat(times, 1)
    return values[top % times : top % times + height, left % times : left % times + width]


def sentinel_scenes(
    files: Iterable[Path], *, nir: str = "B8A", offset: str = "auto"
) -> tuple[list[SentinelScene], list[Path], list[tuple[str, str]]]:
    """Scenes of these files by date.

    Parameters
    ----------
    files : iterable of Path
    nir : {"B8A", "B08"}
        Band of near infrared; where a scene has only the other one, that one.
    offset : {"auto", "applied", "to_apply"}
        Whether the offset of baseline 04.00 is applied already, or found out for each product.

    Returns
    -------
    scenes : list of SentinelScene
        Of each acquisition the one of the latest processing baseline.
    others : list of Path
        Files that are no layer that is read.
    replaced : list of (str, str)
        Products in whose place another one counts, and that one.
    """
    found: dict[str, SentinelScene] = {}
    others = []
    for path in sorted(files):
        match = _FILE.match(path.name)
        key = _acquisition(path) if match else None
        if match is None or key is None:
            others.append(path)
            continue
        layer = _LAYERS[match["layer"].lower()]
        scene = found.setdefault(key.product_id, key)
        if layer not in scene.layers or "10m" in path.name or (layer != "B04" and "20m" in path.name):
            scene.layers[layer] = path
    latest: dict[tuple, SentinelScene] = {}
    for scene in found.values():
        other = latest.get(scene.acquisition, scene)
        latest[scene.acquisition] = max(scene, other, key=lambda each: each.baseline)
    # what a strip shows of a tile may come as two products of one baseline: both count
    kept = [scene for scene in found.values() if scene.baseline == latest[scene.acquisition].baseline]
    replaced = [
        (scene.product_id, latest[scene.acquisition].product_id)
        for scene in found.values()
        if scene.baseline != latest[scene.acquisition].baseline
    ]
    scenes = sorted(kept, key=lambda scene: (scene.date, scene.product_id))
    return [_completed(scene, nir, offset) for scene in scenes], others, replaced


def _completed(scene: SentinelScene, nir: str, offset: str) -> SentinelScene:
    """A scene with the band of near infrared that it has, and its offset."""
    other = {"B8A": "B08", "B08": "B8A"}[nir]
    band = other if nir not in scene.layers and other in scene.layers else nir
    return replace(scene, nir=band, add_offset=offset_of(scene.layers, band, scene.baseline, offset))


def is_level_1(name: str) -> bool:
    """Whether a name is that of a Level-1C product, as seen through the atmosphere, or of a part of it."""
    return "_MSIL1C_" in name.upper() or name.upper().startswith("L1C_")


def _acquisition(path: Path) -> SentinelScene | None:
    """An empty scene of the product that a file belongs to, by the names of its folders and its own."""
    names = [path.name, *(parent.name for parent in path.parents)]
    if any(is_level_1(name) for name in names):
        return None
    product = next((match for name in names if (match := _PRODUCT.search(name))), None)
    placed = next((match for name in names if (match := _TILE_DAY.search(re.sub(r"\.\w+$", "", name)))), None)
    if placed is None:
        return None
    platform = next((match[1].upper() for name in names if (match := _PLATFORM.search(name))), "")
    tile, day = placed["tile"].upper(), placed["date"]
    owner = next((name for name in names if _PRODUCT.search(name)), None)
    if owner is None:
        holder = next((name for name in names[1:] if _TILE_DAY.search(name)), None)
        owner = holder or f"{platform or 'S2'}_T{tile}_{day}"
    return SentinelScene(
        re.sub(r"\.SAFE$", "", owner, flags=re.I),
        datetime.strptime(day, "%Y%m%d").date(),
        tile,
        platform,
        {},
        "B8A",
        baseline=product["baseline"] if product else "",
    )
