"""What later jobs ask of the image series: pairs of images to compare sensors by, layers, dates."""

from collections.abc import Sequence
from pathlib import Path

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.study import Study
from nppdrivers.images import coarse_images, harmonisation
from nppdrivers.images.composites import composite_starts
from nppdrivers.images.landsat_files import Image
from nppdrivers.images.landsat_folders import find_images
from nppdrivers.inputs.problems import Problem
from nppdrivers.ndvi.smoothing import FEWEST_DATES


def check_pairs(study: Study, path: Path, *, name: str) -> Findings:
    """Where sensors are compared with each other, they have images near in time; once for all inputs."""
    folders = study.fine_folders(name)
    if study.plan.refit_days is None or folders is None:
        return
    images = find_images(folders)
    sensors = {image.sensor for image in images if image.date.year in study.period.years}
    for sensor, reference in harmonisation.needed_relations(sensors):
        number = _near_in_time(images, sensor, reference, study.plan.refit_days)
        if number < harmonisation.LEAST_PAIRS:
            message = (
                f"landsat.harmonise is refit, but only {number} pairs of {sensor} and {reference} images are "
                f"at most {study.plan.refit_days} days apart; {harmonisation.LEAST_PAIRS} are needed"
            )
            remedy = "set landsat.harmonise to roy2016_rma, or add scenes, also of other years"
            yield Problem(str(path), "", message, remedy)


def _near_in_time(images: Sequence[Image], sensor: str, reference: str, days: int) -> int:
    """Number of pairs of days on which the two sensors have an image."""
    one, other = ({image.date for image in images if image.sensor == name} for name in (sensor, reference))
    return sum(abs((a - b).days) <= days for a in one for b in other)


def check_composites(study: Study, path: Path) -> Findings:
    """Composites have the layers that are fused, and are enough to find a smoothness from."""
    starts = composite_starts(study.period, study.coarse_products, study.coarse_change)
    number, plan = len(starts), study.plan
    message = f"{number} composites touch {study.period}"
    if plan.automatic_smoothness and number < FEWEST_DATES:
        remedy = f"ndvi.smoothing.smoothness: gcv needs {FEWEST_DATES}; give a number"
        yield Problem(str(path), "", message, remedy)
    if plan.polynomial >= number:
        remedy = f"ndvi.smoothing.degree is {plan.polynomial}; take a lower one, or a longer period"
        yield Problem(str(path), "", message, remedy)
    if not plan.bands:
        return
    found = coarse_images.find_series(path, study.coarse_products, study.coarse_change)
    lacking = {start: _lacking(found[start]) for start in starts if start in found}
    for layer in sorted({layer for layers in lacking.values() for layer in layers}):
        without = [start for start, layers in lacking.items() if layer in layers]
        message = f"no layer {layer!r} for {len(without)} composites: {listed(without)}"
        yield Problem(str(path), "", message, "add it, or set fusion.layers: ndvi")


def _lacking(files: Sequence[Path]) -> list[str]:
    """Names of the layers of red and near infrared that no file of a composite can have, by its name."""
    layers = coarse_images.product_of(files).layers
    names = (layers.red.name, layers.nir.name)
    return [name for name in names if not any(coarse_images.may_hold(path, name) for path in files)]
