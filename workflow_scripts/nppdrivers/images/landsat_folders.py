"""Content of a folder of Landsat downloads: products to read, second deliveries, and what is not read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nppdrivers.images.landsat_files import Image, Scene, is_image, match_product, read_ready_table, scene_of
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


def find_images(
    landsat_folder: str | None, fine_images: str | None, data_folder: str | None
) -> Sequence[Image]:
    """Products in a folder or, without one, ready images in a table whose paths start at the data folder."""
    if landsat_folder:
        return find_scenes(landsat_folder)
    if fine_images:
        return read_ready_table(fine_images, data_folder)
    raise ValueError("inputs: give exactly one of landsat and fine_images")


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
