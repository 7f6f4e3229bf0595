"""Whether the offset of Sentinel-2 reflectance is taken off once: by coarse NDVI, and by what is possible."""

from collections.abc import Iterator, Sequence

import numpy as np

from nppdrivers.checks.image.plausibility import Compared
from nppdrivers.images.mgrs.baseline import OFFSET
from nppdrivers.inputs.problems import Problem
from nppdrivers.vegetation_index import normalized_difference

_LEAST_CELLS = 24  # of all images
_APART, _EXPLAINED = 0.08, 0.5  # deviation of NDVI; what the other offset must leave of it
_IMPOSSIBLE, _POSSIBLE = 0.1, 0.99  # shares of cells with, and without, negative reflectance


def offset_findings(images: Sequence[Compared]) -> Iterator[Problem]:
    """Name the images of Sentinel-2 that make sense only with the offset of baseline 04.00 taken off, or not.

    Images with the same offset are judged together: coarse pixels of 500 m differ from single fine cells,
    but not in the median of many.

    Parameters
    ----------
    images : sequence of Compared
    """
    sentinel = [seen for seen in images if seen.image.sensor == "MSI"]
    for offset in sorted({seen.image.scaling[1] for seen in sentinel}):
        alike = [seen for seen in sentinel if seen.image.scaling[1] == offset]
        change = alike[0].image.scaling[0] * (OFFSET if offset == 0 else -OFFSET)
        now, otherwise = _Pooled(alike, 0.0), _Pooled(alike, change)
        if now.cells < _LEAST_CELLS:
            continue
        impossible = 1 - now.possible > _IMPOSSIBLE and otherwise.possible > _POSSIBLE
        explained = abs(now.apart) > _APART and abs(otherwise.apart) < _EXPLAINED * abs(now.apart)
        if impossible or (explained and otherwise.possible > _POSSIBLE):
            yield _problem(alike, now, otherwise, is_missing=offset == 0)


class _Pooled:
    """Cells of images with a change of both bands: their number, share without negative reflectance, NDVI."""

    def __init__(self, images: Sequence[Compared], change: float) -> None:
        bands = [(seen.red + change, seen.nir + change) for seen in images]
        known = [np.isfinite(red) & np.isfinite(nir) for red, nir in bands]
        least = np.concatenate([np.minimum(*pair)[own] for pair, own in zip(bands, known, strict=True)])
        self.cells = least.size
        self.possible = float((least >= 0).mean()) if least.size else 0.0
        apart = [
            (normalized_difference(*pair) - seen.coarse).ravel()
            for pair, seen in zip(bands, images, strict=True)
            if seen.coarse is not None
        ]
        known_apart = np.concatenate([values[np.isfinite(values)] for values in apart] or [np.zeros(0)])
        self.apart = float(np.median(known_apart)) if known_apart.size >= _LEAST_CELLS else 0.0


def _problem(images: Sequence[Compared], now: _Pooled, otherwise: _Pooled, *, is_missing: bool) -> Problem:
    message = (
        f"of {len(images)} images {100 * (1 - now.possible):.0f} % of the cells have negative reflectance"
    )
    if is_missing or now.possible > 1 - _IMPOSSIBLE:
        message = (
            f"NDVI of {len(images)} images is {now.apart:+.2f} from coarse NDVI of the same days, "
            f"{otherwise.apart:+.2f} with the other offset"
        )
    remedy = (
        "the offset of baseline 04.00 is still to be applied: give the metadata of the products, or set "
        "sentinel2.offset to to_apply"
        if is_missing
        else "the offset of baseline 04.00 is applied already: give the metadata that belong to these "
        "files, or remove them and set sentinel2.offset to applied"
    )
    return Problem(images[0].image.reference, "", message, remedy)
