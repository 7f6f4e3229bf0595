"""Offset of the reflectance of a Sentinel-2 product: stated by the product, its catalogue, or its files.

From processing baseline 04.00 on (25 January 2022, and products that were processed again) the stored
numbers are 1000 too high, so that dark ground is not cut off at 0. What must not happen is to take the offset
off twice where an archive has done so, or not at all.
"""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import rasterio

OFFSET = -1000.0
_FIRST_BASELINE = 4.0
_BAND_IDS = {"B04": "3", "B08": "7", "B8A": "8"}
_METADATA = "MTD_MSIL2A.xml"
_LEVELS = 5  # folders above a band in which the metadata of a product may lie


def offset_of(layers: Mapping[str, Path], nir: str, baseline: str, setting: str = "auto") -> float | None:
    """Counts to add to the stored numbers of red and near infrared before they are scaled.

    Parameters
    ----------
    layers : mapping of layer to Path
    nir : str
        Layer of near infrared.
    baseline : str
        Processing baseline by the name of the product, such as "0400"; "" where no name says it.
    setting : {"auto", "applied", "to_apply"}
        What the user says of products without metadata; what a product states itself counts more.

    Returns
    -------
    float or None
        -1000 or 0; None where nothing says it.

    Raises
    ------
    ValueError
        When the metadata state different offsets for red and near infrared.
    """
    paths = [layers[name] for name in ("B04", nir) if name in layers]
    if not paths:
        return None
    for find in (_from_item, _from_metadata, _from_files):
        stated = find(paths, nir)
        if stated is not None:
            return stated
    if setting != "auto":
        return 0.0 if setting == "applied" else OFFSET
    if baseline:
        return OFFSET if int(baseline) / 100 >= _FIRST_BASELINE else 0.0
    return None


def _from_item(paths: list[Path], nir: str) -> float | None:
    """By the item of a catalogue next to the bands; one that has applied the offset says so."""
    for file in sorted(paths[0].parent.glob("*.json")):
        with suppress(ValueError, AttributeError, KeyError):
            item = json.loads(file.read_text(encoding="utf-8"))
            properties: Mapping[str, Any] = item["properties"]
            if properties.get("earthsearch:boa_offset_applied"):
                return 0.0
            baseline = properties.get("s2:processing_baseline") or properties.get("processing:version")
            if baseline is not None:
                return OFFSET if float(str(baseline)) >= _FIRST_BASELINE else 0.0
    return None


def _from_metadata(paths: list[Path], nir: str) -> float | None:
    """By the metadata of the product: offsets of the two bands, none before baseline 04.00."""
    folders = list(paths[0].parents)[:_LEVELS]
    file = next((folder / _METADATA for folder in folders if (folder / _METADATA).exists()), None)
    if file is None:
        return None
    try:
        root = ElementTree.parse(file).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{file}: cannot be read ({error}); copy or download it again") from error
    stated = {
        element.get("band_id"): float(element.text or 0)
        for element in root.iter()
        if re.sub(r"\{.*\}", "", element.tag) == "BOA_ADD_OFFSET"
    }
    offsets = {stated.get(_BAND_IDS[band], 0.0) for band in ("B04", nir)} if stated else {0.0}
    if len(offsets) > 1:
        raise ValueError(
            f"{file}: the offsets of red and near infrared differ; give the product as delivered"
        )
    return offsets.pop()


def _from_files(paths: list[Path], nir: str) -> float | None:
    """By scale and offset that a GeoTIFF states itself."""
    found = set()
    for path in paths:
        with suppress(rasterio.RasterioIOError), rasterio.open(path) as source:
            if source.scales[0] != 1 or source.offsets[0] != 0:
                found.add(round(source.offsets[0] / source.scales[0]))
    return float(found.pop()) if len(found) == 1 else None
