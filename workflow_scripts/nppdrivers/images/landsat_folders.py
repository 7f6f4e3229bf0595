"""Fine images in folders: products to read, second deliveries, and of Landsat what is not read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nppdrivers.images.landsat_files import Image, Scene, is_image, match_product, read_ready_table, scene_of
from nppdrivers.images.mgrs.hls import hls_scenes
from nppdrivers.images.mgrs.sentinel2 import sentinel_scenes
from nppdrivers.inputs.paths import files_below

# What is not read, by the beginning of the name; the first that fits counts
_OTHERS = {
    "Collection 1 products": re.compile(
        r"L[COTEM]0\d_L\w{3}_\d{6}_\d{8}_\d{8}_01_(T1|T2|RT|A1|A2)|L[COTEM]0\d\d{6}\d{8}\d{2}(T1|T2|RT)", re.I
    ),
    "Level-1 products (top of atmosphere)": re.compile(r"L[COTEM]0\d_L1\w\w_\d{6}_\d{8}_\d{8}_02_\w\w", re.I),
    "products from before the Collections": re.compile(r"L[COTEM]\d\d{13}[A-Z]{3}\d\d", re.I),
    "products of Level-3 or analysis-ready tiles": re.compile(r"L[COTEM]0\d_(CU|AK|HI)_\d{6}_\d{8}", re.I),
}
_PACKED = (".tar.gz", ".tgz", ".tar.bz2", ".zip", ".7z", ".gz", ".bz2", ".rar")
OTHER_FILES = "files that are no part of a product"
PACKED = "packed archives"


@dataclass(frozen=True)
class LandsatFolder:
    """Content of a folder.

    Attributes
    ----------
    scenes : list of Scene
        By date; of each acquisition the best tier and then the latest processing.
    replaced : list of (str, str)
        Products that were delivered again, and the product that counts in place of each.
    unread : dict of kind to names
        Products, archives and files that are not read, each by its name.
    hidden, broken : list of Path
        Hidden files, and links to nothing.
    """

    scenes: list[Scene]
    replaced: list[tuple[str, str]]
    unread: dict[str, list[str]]
    hidden: list[Path]
    broken: list[Path]


def look_into(folder: str | Path) -> LandsatFolder:
    """Find the Collection 2 Level-2 products in a folder and the folders below it, and what else lies there.

    A product is found by any of its images or by its .tar file.
    """
    files = files_below(folder)
    products: dict[tuple[str, Path], Scene] = {}
    others: list[Path] = []
    for path in files.read:
        match = match_product(path.name)
        if match and is_image(path.name, match):
            home = path if path.suffix.lower() == ".tar" else path.parent
            products.setdefault((match["id"], home), scene_of(match, home))
        else:
            others.append(path)
    kept, replaced = _latest(products.values())
    found = {scene.product_id for scene in products.values()}
    return LandsatFolder(kept, replaced, _unread(others, found), files.hidden, files.broken)


def find_scenes(folder: str | Path) -> list[Scene]:
    """Products that are read of a folder, by date."""
    return look_into(folder).scenes


class FineFolders(NamedTuple):
    """Where the fine images are, and how those of HLS and Sentinel-2 are read.

    landsat, hls, sentinel2: folders. fine_images: table of ready images, whose paths start at data_folder.
    adjacent, aerosol: see `mgrs.hls.HlsScene`. nir, offset: see `mgrs.sentinel2.sentinel_scenes`.
    """

    landsat: str | None = None
    hls: str | None = None
    sentinel2: str | None = None
    fine_images: str | None = None
    data_folder: str | None = None
    adjacent: str = "drop"
    aerosol: str = "keep"
    nir: str = "B8A"
    offset: str = "auto"


def find_images(folders: FineFolders) -> Sequence[Image]:
    """Products in the folders or, without any, ready images in a table; by date.

    Raises
    ------
    ValueError
        When neither a folder nor a table is given.
    """
    images: list[Image] = []
    if folders.landsat:
        images += find_scenes(folders.landsat)
    if folders.hls:
        files = files_below(folders.hls).read
        images += hls_scenes(files, adjacent=folders.adjacent, aerosol=folders.aerosol)[0]
    if folders.sentinel2:
        files = files_below(folders.sentinel2).read
        images += sentinel_scenes(files, nir=folders.nir, offset=folders.offset)[0]
    if images or folders.landsat or folders.hls or folders.sentinel2:
        return sorted(images, key=lambda image: (image.date, image.product_id))
    if folders.fine_images:
        return read_ready_table(folders.fine_images, folders.data_folder)
    raise ValueError("inputs: give landsat, hls or sentinel2, or the table fine_images")


def _latest(scenes: Iterable[Scene]) -> tuple[list[Scene], list[tuple[str, str]]]:
    """One scene for each acquisition, and the products in whose place another counts."""
    best: dict[tuple, Scene] = {}
    replaced = []
    for scene in scenes:
        key = (scene.product_id[:4].upper(), scene.path, scene.row, scene.date)
        other = best.get(key)
        best[key] = scene if other is None or scene.rank > other.rank else other
        if other is not None:
            lost = other if best[key] is scene else scene
            replaced.append((lost.product_id, best[key].product_id))
    ordered = sorted(best.values(), key=lambda scene: (scene.date, scene.product_id))
    return ordered, replaced


def _unread(paths: Iterable[Path], found: set[str]) -> dict[str, list[str]]:
    """Names of what is not read by its kind; what comes with a product that is read is left out."""
    unread: dict[str, dict[str, None]] = {}
    for path in paths:
        for kind, name in _kinds(path, found):
            unread.setdefault(kind, {})[name] = None
    return {kind: list(names) for kind, names in unread.items()}


def _kinds(path: Path, found: set[str]) -> Iterator[tuple[str, str]]:
    match = match_product(path.name)
    if match and match["id"] in found:
        return
    for kind, pattern in _OTHERS.items():
        if other := pattern.match(path.name):
            yield kind, other[0]
            return
    is_packed = path.name.lower().endswith(_PACKED)
    yield (PACKED if is_packed else OTHER_FILES), path.name
