"""Files of coarse products: whether they are what they are called, of one version, enough for a passage."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.study import Study
from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images
from nppdrivers.images.coarse_files import short_name
from nppdrivers.images.coarse_products import PRODUCTS, coarse_product, product_of_file
from nppdrivers.images.composites import on_calendar
from nppdrivers.images.passage import LEAST_DATES
from nppdrivers.inputs.paths import files_below
from nppdrivers.inputs.problems import InputWarning, Problem

_VERSION = re.compile(r"\.h\d{2}v\d{2}\.(\d{3})\.|\.(\d{3})__", re.IGNORECASE)  # NASA; AppEEARS
_ANY_PRODUCT = re.compile(r"((?:MOD|MYD|MCD|VNP|VJ\d)\w+)\.A\d{7}")  # of MODIS or VIIRS
_WIDTH = 0.02  # share by which the pixels of a file may differ from those of its product
_CALENDARS = {
    "MODIS": "check whether Terra (MOD13) and Aqua (MYD13) were exchanged",
    "VIIRS": "check their dates",
}


def product_findings(study: Study, path: Path, name: str, own: Mapping[date, list[Path]]) -> Findings:
    """Files of a product: there, on the days of its satellite, of one version, not from before it flew."""
    product = coarse_product(name)
    if not own:
        others, unread = (
            " and ".join(sorted(names)) for names in _other_products(path, study.coarse_products)
        )
        message = f"contains no file named as {name}.A2010001"
        remedy = "keep the names that the files had at download, and see coarse.products"
        if others:
            message += f", but files of {others}"
            remedy = f"set coarse.products to {others}, or give files of {name}"
        elif unread:
            message += f", but files of {unread}, which cannot be read"
            remedy = f"download {name}, composites of 16 days"
        yield Problem(str(path), "", message, remedy)
    foreign = [start for start in own if not on_calendar(start, name)]
    if foreign:
        message = f"composites of {listed(foreign)} begin on days on which none of {name} does"
        yield Problem(str(path), "", message, _CALENDARS[product.sensor])
    early = [start for start in own if start < product.begins]
    if early:
        message = f"composites of {listed(early)} are from before {name} began ({product.begins})"
        remedy = f"check of which satellite they are; {product.satellite} is asked for"
        yield Problem(str(path), "", message, remedy)
    yield from _versions(path, name, [file for files in own.values() for file in files])


def _versions(path: Path, name: str, files: Sequence[Path]) -> Findings:
    by_version: dict[str, list[str]] = {}
    for file in files:
        if match := _VERSION.search(file.name):
            by_version.setdefault(match[1] or match[2], []).append(file.name)
    if len(by_version) > 1:
        counts = " and ".join(f"{len(names)} of {version}" for version, names in sorted(by_version.items()))
        fewest = min(by_version.values(), key=len)
        message = f"files of {name} of different versions, {counts}: {listed(fewest, 3)}"
        remedy = "download all dates in the latest version: versions differ in calibration and flags"
        yield Problem(str(path), "", message, remedy)


def _other_products(path: Path, asked: Collection[str]) -> tuple[set[str], set[str]]:
    """Products that are not asked for, of which the folder has files: those of the table, and others."""
    known, others = set(), set()
    for file in files_below(path).read:
        if product := product_of_file(file.name):
            known.add(product.name)
        elif name := _ANY_PRODUCT.match(file.name):
            others.add(name[1])
    return known - set(asked), others


def file_findings(files: Sequence[Path], grid: Grid | None) -> Findings:
    """Whether the files of a composite are of the product that their names say."""
    for file in files:
        product, stated = coarse_images.product_of([file]), short_name(file)
        if stated is not None and stated != product.name:
            message = f"is {stated} by its own metadata, not {product.name} as its name says"
            yield Problem(str(file), "", message, "give it the name that it had at download")
    product = coarse_images.product_of(files)
    layers = product.layers
    reliability = coarse_images.read_native(files, layers.reliability.name, grid)
    if reliability is None:
        return
    width = reliability.transform.a
    if "inusoidal" in reliability.crs and abs(width / product.pixel_m - 1) > _WIDTH:
        message = f"has pixels of {width:.0f} m, {product.name} has such of {product.pixel_m:.0f} m"
        alike = [name for name, other in PRODUCTS.items() if abs(width / other.pixel_m - 1) <= _WIDTH]
        remedy = f"set coarse.products to what it is ({', '.join(alike) or 'see docs/inputs.md'})"
        yield Problem(str(files[0]), "", message, remedy)
    known = set(np.unique(reliability.values).tolist())
    low, high = layers.reliability.valid_range
    strange = sorted(number for number in known if high < number < 100 or -100 < number < min(low, -4))
    if strange:
        message = f"pixel reliability has {listed(strange)}, which {product.name} has not"
        remedy = "these look like ranks of VIIRS (0 to 11): give the files under their own names"
        yield Problem(str(files[0]), "", message, remedy)


def overlap_findings(study: Study, path: Path, own: Mapping[str, Mapping[date, list[Path]]]) -> Findings:
    """Where a series passes from MODIS to VIIRS, both have composites of the same days."""
    if study.coarse_change is None:
        return
    starts: dict[str, set[date]] = {"MODIS": set(), "VIIRS": set()}
    for name, composites in own.items():
        starts[coarse_product(name).sensor] |= set(composites)
    both = sorted(starts["MODIS"] & starts["VIIRS"])
    if len(both) < LEAST_DATES:
        message = (
            f"MODIS and VIIRS have {len(both)} composites of the same days; at least {LEAST_DATES} are needed"
        )
        remedy = (
            "add composites of both for the same months, a whole year at best: their NDVI differs, "
            "and by how much can be found nowhere else"
        )
        yield Problem(str(path), "", message, remedy)
    elif len({start.month % 12 // 3 for start in both}) < 4:
        message = f"MODIS and VIIRS have composites of the same days in some seasons alone ({len(both)})"
        remedy = "add composites of both for a whole year; other seasons take the bias of all that there are"
        yield InputWarning(str(path), "", message, remedy)
    else:
        yield f"{len(both)} composites of MODIS and VIIRS of the same days, {both[0]} to {both[-1]}"
