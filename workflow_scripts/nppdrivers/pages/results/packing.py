"""Values of maps as text within a page: rounded to a step, predicted from their neighbours, compressed."""

import base64
import zlib
from typing import NamedTuple

import numpy as np

LEVELS = 200  # steps in the usual range of a layer, about
MOST = 2**15 - 2  # largest code: also a doubled difference of two codes takes two bytes


class Packed(NamedTuple):
    """Values of the cells inside, as packing.js reads them.

    Attributes
    ----------
    text : str
        Base64 of the zlib stream.
    low : int
        Value of code 1, in steps; code 0 is missing.
    wide : bool
        Whether a code takes two bytes.
    bands : int
        Number of bands.
    """

    text: str
    low: int
    wide: bool
    bands: int


def power_of_step(low: float, high: float, least: float, greatest: float) -> int:
    """Power of ten that a layer is rounded to: 0, or for some 200 steps in its usual range less.

    Parameters
    ----------
    low, high : float
        Usual range of the layer, as of its colours.
    least, greatest : float
        All its values; where they are more steps apart than fit, steps are larger.
    """
    power = min(0, round(float(np.log10(max(high - low, 1e-12) / LEVELS))))
    while (greatest - least) / 10.0**power > MOST - 1:
        power += 1
    return power


def pack(values: np.ndarray, inside: np.ndarray, power: int) -> Packed:
    """Pack values of the cells inside, rounded to a power of ten.

    A code is written as its difference from a prediction by its western, northern and north-western neighbour
    (the median of W, N and W + N - NW), differences of either sign as even and odd numbers.

    Parameters
    ----------
    values : (bands, rows, columns) array
        NaN is missing.
    inside : (rows, columns) bool
        Cells that are packed.
    power : int
        From `power_of_step`; 0 for codes of classes.

    Raises
    ------
    ValueError
        When the values are more steps apart than two bytes can say.
    """
    steps = np.round(values.astype("float64") * 10.0**-power)
    known = np.isfinite(steps) & inside
    low = int(steps[known].min()) if known.any() else 0
    codes = np.where(known, steps - low + 1, 0).astype("int32")
    if codes.max(initial=0) > MOST:
        raise ValueError(f"values {codes.max()} steps apart do not fit into two bytes; take larger steps")
    differences = codes - _predicted(codes)
    numbers = np.where(differences >= 0, 2 * differences, -2 * differences - 1)[:, inside]
    wide = bool(numbers.size and numbers.max() > 255)
    low_bytes = (numbers & 255).astype("uint8").tobytes()
    content = (numbers >> 8).astype("uint8").tobytes() + low_bytes if wide else low_bytes
    return Packed(_text(content), low, wide, len(codes))


def pack_mask(inside: np.ndarray) -> str:
    """Cells inside, a bit each, row by row."""
    return _text(np.packbits(inside).tobytes())


def _predicted(codes: np.ndarray) -> np.ndarray:
    """What the neighbours say of each code (bands, rows, columns); outside of the map they are 0."""
    around = np.pad(codes, ((0, 0), (1, 0), (1, 0)))
    west, north, corner = around[:, 1:, :-1], around[:, :-1, 1:], around[:, :-1, :-1]
    least, greatest = np.minimum(west, north), np.maximum(west, north)
    return np.clip(west + north - corner, least, greatest)


def _text(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 6)).decode()
