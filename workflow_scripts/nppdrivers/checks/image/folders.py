"""Files in the folders of images that are not read: counted and named, none passed over in silence."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.study import Study
from nppdrivers.images import coarse_images
from nppdrivers.images.landsat_folders import OTHER_FILES, PACKED, FineFolders, LandsatFolder
from nppdrivers.images.mgrs.hls import hls_scenes
from nppdrivers.images.mgrs.sentinel2 import SentinelScene, is_level_1, sentinel_scenes
from nppdrivers.inputs.paths import files_below
from nppdrivers.inputs.problems import InputWarning, Problem

_SHOWN = 3
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz")
_TILE = re.compile(r"h\d{2}v\d{2}", re.IGNORECASE)
_REMEDIES = {
    "Collection 1 products": "download the Collection 2 Level-2 products of the same scenes in their place",
    PACKED: "unpack them; .tar files are read as they are",
}
_OTHER_PRODUCTS = "read are Collection 2 Level-2 products alone: download these of the same scenes"


def landsat_folder(content: LandsatFolder, path: Path) -> Findings:
    """Name products that are not read, second deliveries, preliminary products, and further files."""
    for kind, names in content.unread.items():
        if kind == OTHER_FILES:
            yield f"{len(names)} {kind}, not read: {listed(names, _SHOWN)}"
        else:
            message = f"{len(names)} {kind} are not read: {listed(names, _SHOWN)}"
            yield InputWarning(str(path), "", message, _REMEDIES.get(kind, _OTHER_PRODUCTS))
    if content.replaced:
        pairs = [f"{new} in place of {old}" for old, new in content.replaced]
        yield f"{len(pairs)} acquisitions were delivered again, one counts: {listed(pairs, _SHOWN)}"
    preliminary = [scene.product_id for scene in content.scenes if scene.tier == "RT"]
    if preliminary:
        message = f"{len(preliminary)} products of real-time processing: {listed(preliminary, _SHOWN)}"
        remedy = "download the T1 or T2 products that replaced them: their geometry and calibration are final"
        yield InputWarning(str(path), "", message, remedy)
    yield from _skipped(content.hidden, content.broken, path)


def tile_folder(study: Study, path: Path, name: str) -> Findings:
    """Name what is not read of a folder of HLS or Sentinel-2, and what is not as it should be."""
    files = files_below(path)
    if name == "hls":
        scenes, others = hls_scenes(files.read)
        versions = sorted({scene.version for scene in scenes})
        if len(versions) > 1:
            message = f"images of HLS versions {' and '.join(versions)}"
            yield Problem(str(path), "", message, "download all of them in version 2.0: their masks differ")
        if "landsat" in study.inputs and any(scene.sensor == "HLSL30" for scene in scenes):
            message = "HLSL30 has the same images as the folder of Landsat"
            yield Problem(str(path), "", message, "leave out inputs.landsat, or the files of HLS.L30")
    else:
        nir = FineFolders(**study.fine_choices).nir
        found, others, replaced = sentinel_scenes(files.read, nir=nir)
        if replaced:
            pairs = [f"{new} in place of {old}" for old, new in replaced]
            yield f"{len(pairs)} acquisitions were delivered again, one counts: {listed(pairs, _SHOWN)}"
        yield from _sentinel_bands(found, nir)
    yield from _unread(others, path)
    yield from _skipped(files.hidden, files.broken, path)


def _unread(others: Sequence[Path], path: Path) -> Findings:
    """Count what is not read of a folder of HLS or Sentinel-2, by why it is not."""
    level_1 = [file for file in others if any(is_level_1(part) for part in file.parts)]
    packed = [file for file in others if file.suffix.lower() in _ARCHIVES]
    kinds = {
        "files of Level-1C": (level_1, "download the Level-2A products of the same scenes"),
        PACKED: (packed, "unpack them"),
    }
    for kind, (files, remedy) in kinds.items():
        if files:
            names = listed([file.name for file in files], _SHOWN)
            yield InputWarning(str(path), "", f"{len(files)} {kind} are not read: {names}", remedy)
    images = [
        file.name
        for file in others
        if file.suffix.lower() in (".tif", ".tiff", ".jp2", ".hdf") and file not in level_1
    ]
    if images:
        yield f"{len(images)} images of other names or layers, not read: {listed(images, _SHOWN)}"


def _sentinel_bands(scenes: Sequence[SentinelScene], asked: str) -> Findings:
    """Several scenes of which only some have the band of near infrared that is asked for."""
    bands = {scene.nir for scene in scenes if scene.nir in scene.layers}
    if len(bands) > 1:
        (other,) = bands - {asked}
        some = [scene.product_id for scene in scenes if scene.nir == other]
        message = f"no band {asked} for {len(some)} images, so that {other} is read: {listed(some, _SHOWN)}"
        remedy = f"add {asked} of these, or set sentinel2.nir to {other}"
        yield InputWarning(scenes[0].reference, "", message, remedy)


def coarse_folder(path: Path, products: Sequence[str]) -> Findings:
    """Name files of the products that are not read, second deliveries of a tile, and further files."""
    files = files_below(path)
    own = [file for file in files.read if file.name.upper().startswith(tuple(products))]
    unread = [file.name for file in own if not coarse_images.can_be_read(file)]
    if unread:
        message = f"{len(unread)} files of {' and '.join(products)} are not read: {listed(unread, _SHOWN)}"
        remedy = "files as delivered are read: .hdf, .h5 or .tif with a date such as A2010129 in their names"
        yield InputWarning(str(path), "", message, remedy)
    twice = _delivered_twice(own)
    if twice:
        yield f"{len(twice)} tiles were delivered again, the later counts: {listed(twice, _SHOWN)}"
    others = [file.name for file in files.read if file not in set(own)]
    if others:
        yield f"{len(others)} files of other names, not read: {listed(others, _SHOWN)}"
    yield from _skipped(files.hidden, files.broken, path)


def _delivered_twice(files: Collection[Path]) -> list[str]:
    """Date and tile of the HDF files that there is another of."""
    keys = Counter(
        f"{file.name[:16]}.{tile[0]}"
        for file in files
        if file.suffix.lower() in (".hdf", ".h5") and (tile := _TILE.search(file.name))
    )
    return [key for key, number in keys.items() if number > 1]


def _skipped(hidden: Sequence[Path], broken: Sequence[Path], path: Path) -> Findings:
    if hidden:
        yield f"{len(hidden)} hidden files, not read: {listed([file.name for file in hidden], _SHOWN)}"
    if broken:
        message = f"{len(broken)} links lead to nothing: {listed([link.name for link in broken], _SHOWN)}"
        yield Problem(str(path), "", message, "bring back what they point to, or remove the links")
