"""All fine images together against the coarse ones of the same days: what is wrong with the coarse ones."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.image.plausibility import Compared
from nppdrivers.inputs.problems import InputWarning

_FEWEST_CELLS, _FEWEST_IMAGES = 12, 2
_LEAST_GREEN = 0.1  # mean NDVI of the larger of both
_RATIO = 0.5, 1.3  # usual fine NDVI over coarse NDVI
_EVI = 1.75  # NDVI over EVI of plants at most
_FEWEST_PATTERN, _SPREAD, _UNLIKE = 20, 0.06, 0.15  # cells and standard deviation of a pattern; correlation


def coarse_findings(images: Sequence[Compared], folder: str | Path) -> Findings:
    """Warn of coarse NDVI of another level than fine NDVI of the same days, or of another pattern.

    Parameters
    ----------
    images : sequence of Compared
    folder : path
        Of the coarse images, to be blamed.
    """
    pairs = []
    for seen in images:
        if (
            seen.coarse is not None
            and (np.isfinite(seen.ndvi) & np.isfinite(seen.coarse)).sum() >= _FEWEST_CELLS
        ):
            pairs.append((seen.ndvi, seen.coarse))
    if len(pairs) < _FEWEST_IMAGES:
        return
    fine, coarse = (
        float(np.mean([np.median(pair[k][np.isfinite(pair[0]) & np.isfinite(pair[1])]) for pair in pairs]))
        for k in (0, 1)
    )
    ratio = fine / coarse if coarse > 0 else np.inf
    if max(fine, coarse) > _LEAST_GREEN and not _RATIO[0] <= ratio <= _RATIO[1]:
        message = (
            f"coarse NDVI is {coarse:.3g} in the mean of {len(pairs)} days, fine NDVI of the same days and "
            f"places {fine:.3g}"
        )
        like_evi = _RATIO[1] < ratio <= _EVI
        remedy = "check that the layer is NDVI, not EVI" if like_evi else "check the scale of the coarse NDVI"
        yield InputWarning(str(folder), "", message, remedy)
        return
    likeness = [_likeness(*pair) for pair in pairs]
    given = float(np.median([each for each in likeness if np.isfinite(each)] or [1.0]))
    if np.isfinite(likeness).sum() >= _FEWEST_IMAGES and given < _UNLIKE:
        message = f"coarse NDVI follows fine NDVI of the same days with a correlation of {given:.2f}"
        remedy = "check its place, and whether its rows and columns are in order"
        yield InputWarning(str(folder), "", message, remedy)


def _likeness(fine: np.ndarray, coarse: np.ndarray) -> float:
    """Correlation of two patterns; NaN where either hardly has one."""
    both = np.isfinite(fine) & np.isfinite(coarse)
    one, other = fine[both], coarse[both]
    if one.size < _FEWEST_PATTERN or min(np.std(one), np.std(other)) < _SPREAD:
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])
