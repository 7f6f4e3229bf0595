"""The fusion models by the name that the setting `fusion.method` gives them."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from nppdrivers.fusion.base_images import Pair
from nppdrivers.fusion.models import estarfm
from nppdrivers.fusion.settings import FusionSettings

Constants = dict[str, NDArray[np.float64]]


class Gatherer(Protocol):
    """Constants of a base pair, gathered strip by strip."""

    def add(self, images: tuple[NDArray, NDArray, NDArray, NDArray]) -> None:
        """Add a strip: fine_m, coarse_m, fine_n, coarse_n, each (layers, rows, width)."""

    def constants(self) -> Constants:
        """What every part of the scene must share, by name."""


class Model(NamedTuple):
    """A fusion model.

    Attributes
    ----------
    name : as written into the files
    gatherer : makes a gatherer of the constants of one base pair
    predict : predicts the layers on the dates of `coarse_p`, (dates, layers, rows, width), from base pairs
        before and after them, or one pair twice; settings in the unit of the layers; constants of the whole
        scene; targets, the pixels to predict (others may be NaN). A pixel depends on no pixel farther than
        half a window, so that parts with a margin are bit for bit the whole
    weighed : whether the stage weighs the predictions with simpler ones (`combination`)
    """

    name: str
    gatherer: Callable[[], Gatherer]
    predict: Callable[
        [Pair, Pair, NDArray, FusionSettings, Constants, NDArray[np.bool_]], NDArray[np.float32]
    ]
    weighed: bool = False


_ESTARFM = Model("ESTARFM", estarfm.Gatherer, estarfm.predict)
MODELS = {
    "combined": _ESTARFM._replace(name="ESTARFM, linear in time and coarse change, weighed", weighed=True),
    "estarfm": _ESTARFM,
}
