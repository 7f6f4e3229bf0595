"""ESTARFM (Zhu et al. 2010) as a model of the fusion."""

import numpy as np
from numpy.typing import NDArray

from nppdrivers import estarfm
from nppdrivers.fusion.base_images import Pair
from nppdrivers.fusion.settings import FusionSettings


class Gatherer:
    """Thresholds of similarity and means of a base pair, from all pixels of the scene."""

    def __init__(self) -> None:
        self._moments = estarfm.Moments()

    def add(self, images: tuple[NDArray, NDArray, NDArray, NDArray]) -> None:
        """Add a strip: fine_m, coarse_m, fine_n, coarse_n, each (layers, rows, width)."""
        self._moments.add(images)

    def constants(self) -> dict[str, NDArray[np.float64]]:
        """Attributes of `estarfm.SceneStatistics`."""
        return vars(self._moments.statistics())


def predict(
    first: Pair,
    second: Pair,
    coarse_p: NDArray,
    settings: FusionSettings,
    constants: dict[str, NDArray[np.float64]],
    targets: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Fine images on the dates of `coarse_p`, (dates, layers, rows, width), by `estarfm.predict`."""
    return estarfm.predict(
        *first,
        *second,
        coarse_p,
        window=settings.window,
        classes=settings.classes,
        scale=settings.scale,
        valid_range=settings.valid_range,
        extrapolate=settings.extrapolate,
        statistics=estarfm.SceneStatistics(**constants),
        targets=targets,
    )
