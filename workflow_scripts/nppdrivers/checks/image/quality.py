"""Whether a quality layer is one."""

import numpy as np

from nppdrivers.inputs.problems import InputError, Problem

_OTHER_SHARE = 0.05  # of pixels with bits that no QA_PIXEL has


def refuse_other_layer(quality: np.ndarray, path: str) -> None:
    """Raise InputError where numbers under the name of QA_PIXEL are those of another layer.

    In QA_PIXEL of Collection 2 every pixel with data has a confidence of cloud (bits 8 and 9), of shadow (10
    and 11) and of snow (12 and 13): 1 to 3 for cloud, 1 or 3 for the others.

    Parameters
    ----------
    quality : (n,) integer array
        Pixels with data.
    path : str
        Of the layer.

    References
    ----------
    USGS, Landsat 8-9 Collection 2 Level 2 Science Product Guide (LSDS-1619), table of QA_PIXEL bits.
    """
    if not quality.size:
        return
    cloud, shadow, snow = (quality >> bit & 0b11 for bit in (8, 10, 12))
    foreign = (cloud == 0) | (shadow % 2 == 0) | (snow % 2 == 0)
    if foreign.mean() > _OTHER_SHARE:
        values, counts = np.unique(quality, return_counts=True)
        message = f"is no QA_PIXEL: its most frequent number is {values[counts.argmax()]}"
        remedy = "give the layer QA_PIXEL as delivered: clouds cannot be masked with another one"
        raise InputError([Problem(path, "", message, remedy)])
