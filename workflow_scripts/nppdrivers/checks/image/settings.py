"""Settings of fine and coarse images. The standard library alone: the Snakefile asks before any job."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nppdrivers.images import coarse_products
from nppdrivers.inputs import paths
from nppdrivers.inputs.settings import virtual_images
from nppdrivers.period import is_month

_SCENES = ("landsat", "hls", "sentinel2")


def fine_images(settings: Mapping[str, Any], context: object) -> Iterator[str]:
    """Scenes of some sensors or a table of ready images, bands only where there are any."""
    given = paths.input_paths(settings)
    scenes = [name for name in _SCENES if name in given]
    if bool(scenes) == ("fine_images" in given):
        both = " and ".join(scenes) or "landsat"
        yield f"inputs: {both} and fine_images are both given or both missing; give one of the two"
    if settings["fusion"]["layers"] == "bands":
        if not scenes:
            yield "fusion.layers: bands needs scenes (inputs.landsat, hls or sentinel2); take ndvi"
        if settings["landsat"]["harmonise"] == "refit":
            yield "fusion.layers: bands cannot be harmonised by landsat.harmonise: refit; change one"


def coarse_images(settings: Mapping[str, Any], context: object) -> Iterator[str]:
    """Coarse products that go together, with the month of the change where they are of two sensors."""
    if "coarse" not in paths.input_paths(settings):
        yield "inputs.coarse: is missing; give the folder of the composites"
    products, change = settings["coarse"]["products"], settings["coarse"].get("change")
    if reasons := coarse_products.disagreements(products):
        yield from (f"coarse.products: {reason}" for reason in reasons)
        return
    yield from _change(settings, products, change)
    if paths.is_virtual(settings):
        kind = settings["virtual_basin"]["coarse"]
        written = virtual_images.PRODUCTS[kind]
        if unwritten := " and ".join(name for name in products if name not in written):
            yield (
                f"coarse.products: the virtual basin writes {' and '.join(written)}, not {unwritten}; "
                f"take what it writes, or change virtual_basin.coarse ({kind})"
            )


def _change(settings: Mapping[str, Any], products: Sequence[str], change: str | None) -> Iterator[str]:
    passage = coarse_products.have_passage(products)
    if passage and not change:
        yield "coarse.change: is missing; give the first month, YYYY-MM, of VIIRS in place of MODIS, or both"
    elif change and not passage:
        yield "coarse.change: the products are of one sensor; add those of the other one, or take null"
    elif change == coarse_products.BOTH:
        if {"Terra", "Aqua"} <= {coarse_products.coarse_product(name).satellite for name in products}:
            yield (
                "coarse.change: both would never take VIIRS, as Terra and Aqua begin on all of its days; "
                "leave one of them out of coarse.products, or give the first month of VIIRS"
            )
    elif change and not is_month(change):
        yield f"coarse.change: {change} is not a month; take YYYY-MM with 01 to 12"
    if passage and settings["fusion"]["layers"] == "bands":
        yield "fusion.layers: bands cannot pass from MODIS to VIIRS; take ndvi"
