"""ESTARFM: fine images on dates when only a coarse image exists, from two fine-coarse pairs around them.

Zhu, Chen, Gao, Chen and Masek (2010), Remote Sensing of Environment 114, 2610-2623, with the rules that the
authors' own program added later: similarity of a single band, F test of the conversion coefficient, few
similar pixels.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numpy.typing import NDArray

from nppdrivers.estarfm.kernels import ROWS, predict_block
from nppdrivers.estarfm.lanes import LANES
from nppdrivers.estarfm.planes import block_planes, bounds_of_similar, plane_layout, window_totals
from nppdrivers.estarfm.settings import SCALES, SceneStatistics, Settings, check_settings, make_settings
from nppdrivers.estarfm.statistics import Base, check_base, scene_statistics
from nppdrivers.estarfm.tuples import Block

BLOCK_ROWS, BLOCK_COLUMNS = 256, 128
_Part = tuple[slice, slice]  # rows and columns


def predict(
    fine_m: NDArray,
    coarse_m: NDArray,
    fine_n: NDArray,
    coarse_n: NDArray,
    coarse_p: NDArray,
    *,
    window: int = 51,
    classes: int = 4,
    scale: float = 1.0,
    valid_range: tuple[float, float] = (-1.0, 1.0),
    extrapolate: bool = True,
    statistics: SceneStatistics | None = None,
    targets: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """Predict fine images on the dates of `coarse_p` from the base pairs of dates m and n.

    F_p = T_m (F_m + V sum_i W_i (C_p,i - C_m,i)) + T_n (F_n + V sum_i W_i (C_p,i - C_n,i)), where i are the
    pixels of the window like the target in both fine images (eqs 12-19), and V is their regression of fine on
    coarse values, 1 where not significant (eq 11).

    Parameters
    ----------
    fine_m, coarse_m, fine_n, coarse_n : base images [any unit], (bands, height, width)
    coarse_p : coarse images of the dates to predict, resampled to the fine grid [same unit], (dates, bands,
        height, width)
    window : side of the moving window [pixels], odd
    classes : number of land cover classes; pixels within 2 sigma / classes of the target are similar
    scale : value that stands for 1 (10000 for reflectance stored as integers)
    valid_range : lowest and highest possible value [unit of the data]; a prediction outside becomes the
        weighted mean of the similar pixels' base values
    extrapolate : True, as published, takes V for any coarse change. False takes it for no more than the
        change between the base dates, from which it was estimated, and 1 for what exceeds that
    statistics : constants of the whole scene; needed when the arrays are a tile of it. A tile must carry a
        margin of window // 2 pixels, whose own predictions are not those of the scene
    targets : pixels to predict, (height, width); all by default. Others are NaN and cost nothing

    Returns
    -------
    array of float32, (dates, bands, height, width)
        Bit for bit the same for any number of threads (`numba.set_num_threads`) and any tiles.

    Raises
    ------
    ValueError
        If shapes differ, everything is missing, or window, classes, scale or valid_range are impossible.

    Notes
    -----
    NaN is missing. A pixel missing in a base image, in any band, is no similar pixel, and NaN as a target;
    one missing in `coarse_p` is so on that date only. The same pair given twice predicts from one date, and
    V is 1.

    References
    ----------
    Zhu et al. (2010), doi:10.1016/j.rse.2010.05.032

    Examples
    --------
    Grass in the west and forest in the east, seen by both sensors in spring and autumn; in between the coarse
    sensor alone saw both:

    >>> import numpy as np
    >>> from nppdrivers import estarfm
    >>> west = np.arange(12) < 6
    >>> def image(grass, forest):
    ...     return np.broadcast_to(np.where(west, grass, forest), (1, 12, 12)).astype(np.float32)
    >>> spring, autumn, summer = image(0.2, 0.4), image(0.4, 0.8), image(0.3, 0.6)
    >>> fine = estarfm.predict(spring, spring, autumn, autumn, summer[np.newaxis], window=5)
    >>> fine.shape
    (1, 1, 12, 12)
    >>> fine[0, 0, 5, [0, 11]].round(2)
    array([0.3, 0.6], dtype=float32)
    """
    base = (fine_m, coarse_m, fine_n, coarse_n)
    check_base(base)
    _check_dates(coarse_p, fine_m, targets)
    check_settings(window, classes, scale, valid_range)
    if statistics is None:
        _check_scene(coarse_p, window)
        statistics = scene_statistics(*base)
    _check_units(statistics, coarse_p, valid_range)
    bands, height, width = fine_m.shape
    targets = np.ones((height, width), bool) if targets is None else np.asarray(targets, bool)
    settings = make_settings(
        statistics,
        window=window,
        classes=classes,
        scale=scale,
        valid_range=valid_range,
        extrapolate=extrapolate,
    )
    out = np.full((len(coarse_p), bands, height, width), np.nan, np.float32)

    def work(block: _Part) -> None:
        if targets[block].any():
            box = _box(targets, block)
            predicted = _predict_one(base, coarse_p, targets, box, settings)
            out[:, :, *box] = predicted.transpose(2, 3, 0, 1)

    _for_each(work, list(_blocks(height, width)))
    return out


def _predict_one(
    base: Base,
    coarse_p: NDArray,
    targets: NDArray[np.bool_],
    part: _Part,
    settings: Settings,
) -> NDArray[np.float32]:
    """Cut one block with its margins, of any type or file, and predict it: (rows, columns, dates, bands)."""
    half = settings.window // 2
    around = tuple(slice(max(0, side.start - half), side.stop + half) for side in part)
    offset = tuple(half - (side.start - wide.start) for side, wide in zip(part, around, strict=True))
    pairs = np.ascontiguousarray(np.stack([image[:, *around] for image in base]), np.float32)
    coarse_p = np.ascontiguousarray(coarse_p[:, :, *around], np.float32)
    rows, columns = (side.stop - side.start for side in part)
    batches = np.zeros((-(-rows // ROWS) * ROWS, -(-columns // LANES) * LANES), bool)
    batches[:rows, :columns] = targets[part]
    dates, bands = coarse_p.shape[:2]
    layout = plane_layout(bands, dates)
    shape = tuple(side + 2 * half for side in batches.shape)
    planes, gap_planes = block_planes(pairs, coarse_p, shape, offset, settings.centre)
    bounds = bounds_of_similar(planes, settings.limits, settings.window)
    totals = window_totals(planes[layout.mask :], settings.window)
    out = np.full((*batches.shape, dates, bands), np.nan, np.float32)
    predict_block(Block(planes, layout, gap_planes, bounds, totals, batches), settings, out)
    return out[:rows, :columns]


def _box(targets: NDArray[np.bool_], block: _Part) -> _Part:
    """Least rows and columns of a block that hold all its targets."""
    places = [np.flatnonzero(targets[block].any(axis=axis)) for axis in (1, 0)]
    rows, columns = (
        slice(side.start + place[0], side.start + place[-1] + 1)
        for side, place in zip(block, places, strict=True)
    )
    return rows, columns


def _blocks(height: int, width: int) -> Iterator[_Part]:
    """Rows and columns of blocks."""
    for row in range(0, height, BLOCK_ROWS):
        for column in range(0, width, BLOCK_COLUMNS):
            yield (
                slice(row, min(row + BLOCK_ROWS, height)),
                slice(column, min(column + BLOCK_COLUMNS, width)),
            )


def _for_each(work: Callable[[_Part], None], items: Sequence[_Part]) -> None:
    """Run `work` on all items in as many threads as numba may use; each item writes to its own place."""
    threads = min(numba.get_num_threads(), len(items))
    if threads == 1:
        for item in items:
            work(item)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, items):
            pass


def _check_dates(coarse_p: NDArray, fine_m: NDArray, targets: NDArray | None) -> None:
    if np.ndim(coarse_p) != 4 or coarse_p.shape[1:] != fine_m.shape or len(coarse_p) == 0:
        raise ValueError(
            f"coarse_p has shape {np.shape(coarse_p)}; it must be (dates,) + {fine_m.shape}, dates >= 1"
        )
    if targets is not None and np.shape(targets) != fine_m.shape[1:]:
        raise ValueError(
            f"targets has shape {np.shape(targets)}; it must be that of the images, {fine_m.shape[1:]}"
        )


def _check_scene(coarse_p: NDArray, window: int) -> None:
    height, width = coarse_p.shape[2:]
    if window > min(height, width):
        raise ValueError(
            f"window is {window} pixels, larger than the scene of {height} x {width}; take a smaller one"
        )
    if not any(np.isfinite(image).any() for image in coarse_p):
        raise ValueError(
            "coarse_p is missing (NaN) everywhere on all dates: there is nothing to predict from"
        )


def _check_units(statistics: SceneStatistics, coarse_p: NDArray, valid_range: tuple[float, float]) -> None:
    """Infer unit errors from the means: fine ones lie in the valid range, coarse ones near it."""
    low, high = valid_range
    near = SCALES[1] * (high - low)
    means = {"fine_m and fine_n": statistics.centre[0], "coarse_m and coarse_n": statistics.centre[1]}
    for p, image in enumerate(coarse_p):
        present = np.isfinite(image)
        if present.any():
            means[f"date {p} of coarse_p"] = np.mean(image, where=present)
    for name, mean in means.items():
        beyond = 0.0 if name.startswith("fine") else near
        if not ((low - beyond <= mean) & (mean <= high + beyond)).all():
            raise ValueError(
                f"the mean of {name}, {np.ravel(mean).tolist()}, is outside valid_range {valid_range}: give "
                "all images, scale and valid_range in one unit"
            )
