"""The fusion stage on arrays and dates: fused series without holes.

A fusion model predicts from two base pairs. Around it a series needs a choice of base images for each pixel
and an answer where a base image has clouds or stripes. The images are those of one layer, such as NDVI, or
red and near infrared, of which the fused series is the index.

Names, here and in the modules around: `fine` and `coarse` are images of the base dates and `coarse_p` those
of the dates to predict, with an axis of layers; `index` and `index_p` are their vegetation index, without it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nppdrivers.fusion.abrupt_change import side_of_change
from nppdrivers.fusion.base_images import (
    BEST_PAIR,
    COARSE,
    FURTHER_PAIR,
    ONE_IMAGE,
    OWN_SIDE,
    Key,
    Pair,
    complete_pixels,
    first_complete,
    pair_ranks,
)
from nppdrivers.fusion.consistency import coarse_residual, local_bias, make_consistent
from nppdrivers.fusion.models.table import MODELS, Constants
from nppdrivers.fusion.scene import Scene, as_bands, level_bands, measure_scene
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.vegetation_index import as_index

# How far a prediction from one date may leave the range between the pixel's fine value and the coarse value
# on the date predicted [of the scale]: land that is bare already does not lose what the land around it loses.
MARGIN = 0.05
# No prediction is below this where the coarse image is above 0 [of the scale]: noise of two dark bands.
LOWEST = -0.2
REFLECTANCE_RANGE = (0.0, 1.0)


def fuse_interval(
    before: Sequence[Pair],
    after: Sequence[Pair],
    coarse_p: NDArray,
    settings: FusionSettings = FusionSettings(),  # noqa: B008 (frozen)
    *,
    dates: Sequence | None = None,
    scene: Scene | None = None,
    targets: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Fused images of one interval without holes, and what each pixel was made from.

    Each pixel is predicted by the fusion model from the first pair of images, one before and one after, in
    which it is clear (in order of the sum of both ranks). Where it is clear on one side only, or the coarse
    series shows an abrupt change between the sides, its nearest image on its own side stands on both: with
    ESTARFM F_k + sum_i W_i (C_p,i - C_k,i). That has no conversion coefficient, which needs two dates, and is
    kept near the range between F_k and C_p (see MARGIN). Where a pixel is clear in no image it is
    C_p + mean(F_k - C_k), the mean over the window and all images, or else over the scene. No prediction is
    further below 0 than the lowest of the pixel's fine values and C_p, nor below LOWEST where C_p is above 0.

    Parameters
    ----------
    before, after : (fine, coarse) images of the base dates, each (height, width) of one layer [any unit] or
        (2, height, width) of red and near infrared reflectance [1]; best first, one list may be empty
    coarse_p : coarse images of the dates to predict, in order of time [same unit], (dates, height, width) or
        (dates, 2, height, width)
    settings : model, windows, unit and switches
    dates : dates of `coarse_p`, to check that they increase
    scene : constants of the whole scene (see `scene.measure_scene`); needed when the arrays are a part of it.
        A part must carry a margin of window // 2 + coarse_window // 2 pixels, and of consistency_window // 2
        more, whose own values are not those of the scene
    targets : pixels to predict, (height, width); all by default. Others are missing and cost little

    Returns
    -------
    fused : array of float32, (dates, height, width)
        The layer, or the index of the two bands [unit of the layer]. NaN only where `coarse_p` is.
    source : array of uint8, (dates, height, width)
        Keys of `base_images.SOURCES`.

    Raises
    ------
    ValueError
        If there is no base image, shapes differ, dates do not increase, or for the reasons of the model.
    """
    images, coarse_p = _checked(before, after, coarse_p, dates)
    if scene is None:
        scene = _whole_scene(images, len(before), coarse_p, settings)
    base = levelled(images, settings, scene)
    return fuse_levelled(base, len(before), coarse_p, settings, scene, targets)[:2]


def levelled(
    images: Sequence[Pair], settings: FusionSettings, scene: Scene, rows: slice = slice(None)
) -> Sequence[Pair]:
    """Base images of some rows with the coarse level of changed land, where abrupt changes are looked for."""
    if scene.levelled is not None:
        return [(fine[:, rows], coarse) for fine, (_, coarse) in zip(scene.levelled, images, strict=True)]
    if not settings.split_at_changes:
        return images
    return level_bands(images, settings.coarse_window, scale=settings.scale, levels=scene.levels)


def fuse_levelled(
    images: Sequence[Pair],
    number_before: int,
    coarse_p: NDArray[np.float32],
    settings: FusionSettings,
    scene: Scene,
    targets: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.int8]]:
    """Fuse as `fuse_interval` does, from `levelled` base images before and after, with bands as an axis.

    The third array is the side of an abrupt change (`abrupt_change.side_of_change`), (dates, height, width).
    """
    index, index_p = [(as_index(fine), as_index(coarse)) for fine, coarse in images], as_index(coarse_p)
    side = np.zeros(index_p.shape, np.int8)
    if settings.split_at_changes and 0 < number_before < len(images):
        ends = index[0][1], index[number_before][1]
        side = side_of_change(*ends, index_p, scale=settings.scale, season=scene.season)
    fused = np.full(index_p.shape, np.nan, np.float32)
    source = np.zeros(index_p.shape, np.uint8)
    todo = np.isfinite(index_p) if targets is None else np.isfinite(index_p) & targets
    for code, key, chosen in _attempts(images, number_before, side):
        chosen &= todo
        if chosen.any():
            first, second = (images[number] for number in key)
            constants, pixels = scene.constants[key], np.any(chosen, axis=0)
            fused[chosen] = _predict(first, second, coarse_p, settings, constants, pixels)[chosen]
            source[chosen] = code
            todo &= ~chosen
    source[(source == ONE_IMAGE) & (side != 0)] = OWN_SIDE
    if todo.any():
        bias = local_bias(index, settings.window, scene.bias)
        fused[todo] = np.clip(index_p + bias, *settings.valid_range)[todo]
        source[todo] = COARSE
    if settings.consistency_window:
        residual = coarse_residual(fused, index_p, index, settings.consistency_window, scene.bias)
        fused = make_consistent(fused, residual, valid_range=settings.valid_range)
    return fused, source, side


def _checked(
    before: Sequence[Pair], after: Sequence[Pair], coarse_p: NDArray, dates: Sequence | None
) -> tuple[list[Pair], NDArray[np.float32]]:
    """All base images and the coarse images with an axis of bands, where nothing is wrong with them."""
    if not (before or after):
        raise ValueError("an interval needs a base image before or after it; both lists are empty")
    coarse_p = as_bands(np.asarray(coarse_p, np.float32), 3)
    if coarse_p.ndim != 4 or coarse_p.shape[1] > 2 or 0 in coarse_p.shape:
        raise ValueError(
            f"coarse_p has shape {coarse_p.shape}; it must be (dates, height, width) of one layer or "
            "(dates, 2, height, width) of red and near infrared, dates >= 1"
        )
    images: list[Pair] = []
    for name, side in (("before", before), ("after", after)):
        for number, pair in enumerate(side, start=1):
            for kind, image in zip(("fine", "coarse"), pair, strict=True):
                if as_bands(image, 2).shape != coarse_p.shape[1:]:
                    raise ValueError(
                        f"{kind} image {number} {name} the interval has shape {np.shape(image)}, the coarse "
                        f"images to predict from {coarse_p.shape[1:]} (bands, height, width); resample all "
                        "to the fine grid and give the same bands"
                    )
            images.append((as_bands(pair[0], 2), as_bands(pair[1], 2)))
    if dates is not None:
        _check_dates(dates, len(coarse_p))
    return images, coarse_p


def _check_dates(dates: Sequence, number: int) -> None:
    if len(dates) != number:
        raise ValueError(f"{len(dates)} dates are given for {number} coarse images; give one for each")
    for earlier, later in pairwise(dates):
        if not earlier < later:
            raise ValueError(
                f"dates must increase, but {later} follows {earlier}; sort the coarse images by date"
            )


def _whole_scene(
    images: Sequence[Pair], number_before: int, coarse_p: NDArray, settings: FusionSettings
) -> Scene:
    """Constants of the scene of these images."""

    def read(rows: slice) -> tuple[list[Pair], list[Pair], NDArray]:
        strips = [(fine[:, rows], coarse[:, rows]) for fine, coarse in images]
        return strips[:number_before], strips[number_before:], coarse_p[:, :, rows]

    height, width = coarse_p.shape[2:]
    return measure_scene(read, (height, width), settings, keep_images=True)


def _attempts(
    images: Sequence[Pair], number_before: int, side: NDArray
) -> Iterator[tuple[int, Key, NDArray[np.bool_]]]:
    """Source, base pair and where it may stand, (dates, height, width), best first.

    First one image before and one after, where nothing changed abruptly; then each image with itself.
    """
    complete = complete_pixels(images)
    ranks = pair_ranks(number_before, len(images) - number_before)
    for keys, allowed in zip(ranks, (side == 0, side <= 0, side >= 0), strict=True):
        chosen = first_complete(complete, keys)
        for number, key in enumerate(keys):
            code = ONE_IMAGE if key[0] == key[1] else FURTHER_PAIR if number else BEST_PAIR
            yield code, key, allowed & (chosen == number)


def floor_of(lowest: NDArray, index_p: NDArray, scale: float) -> NDArray[np.float32]:
    """Least value of a prediction: that more changed around it is no evidence that it falls below 0."""
    return np.clip(lowest, np.where(index_p > 0.0, LOWEST * scale, -np.inf).astype(np.float32), 0.0)


def _predict(
    first: Pair,
    second: Pair,
    coarse_p: NDArray,
    settings: FusionSettings,
    constants: Constants,
    targets: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Prediction of one layer or of the index of two, kept from values that no land around has."""
    scale, valid_range = settings.scale, settings.valid_range
    if len(first[0]) == 2:
        settings = replace(settings, scale=1.0, valid_range=REFLECTANCE_RANGE)
    model = MODELS[settings.method]
    predicted = as_index(model.predict(first, second, coarse_p, settings, constants, targets))
    fine_m, fine_n, index_p = as_index(first[0]), as_index(second[0]), as_index(coarse_p)
    lowest = np.minimum(np.minimum(fine_m, fine_n), index_p)
    floor = floor_of(lowest, index_p, scale)
    if first is not second:
        kept = np.maximum(predicted, floor)
    else:
        margin = np.float32(MARGIN * scale)
        highest = np.maximum(fine_m, index_p) + margin
        kept = np.clip(predicted, np.maximum(lowest - margin, floor), highest)
    # Base images whose level was changed may pass the range, and what is made from them.
    return np.clip(kept, *valid_range)
