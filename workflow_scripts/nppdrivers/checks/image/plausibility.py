"""Whether fine images can be true: by their levels over plants, and by coarse NDVI of the same days."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from nppdrivers.images.landsat_files import Image
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.vegetation_index import normalized_difference

# Scale and offset in use, by what to write in the table of images
_SCALINGS = {
    "scale 0.0000275 and offset -0.2 (Collection 2)": (2.75e-5, -0.2),
    "scale 0.0001 and offset 0": (1e-4, 0.0),
    "scale 1 and offset 0": (1.0, 0.0),
}
_LEAST_CELLS = 12
_ROUNDING = 1e-6  # of means of equal numbers
_VEGETATED, _SOME_PLANTS = 0.4, 0.15  # NDVI
_GROUP_SHARE = 0.7  # of the images that declare the same scaling
_NIR_OF_PLANTS = 0.06, 0.8
_POSSIBLE = -0.03, 1.03  # reflectance with its noise
_MOSTLY = 0.9  # share of the cells that a scaling must make possible
_APART, _EXPLAINED = 0.08, 0.4  # deviation of NDVI; what an explanation must leave of it
_FAR_APART = 0.25
_PATTERN_CELLS, _PATTERN_SD = 60, 0.05  # from which on a pattern can be compared
_ALIKE, _SURELY_ALIKE, _SHIFTED = 0.2, 0.7, 0.15  # correlations, and what a displacement must add
_REACH = 4  # cells by which a displacement is looked for
_BRIGHT, _CLOUDY_SHARE = 0.25, 0.15


class Compared(NamedTuple):
    """An image and coarse NDVI of its days, (H, W) with NaN where missing, and the edge of a cell [m]."""

    image: Image
    red: np.ndarray
    nir: np.ndarray
    coarse: np.ndarray | None
    cell_m: float

    @property
    def ndvi(self) -> np.ndarray:
        """NDVI of the image as declared."""
        return normalized_difference(self.red, self.nir)


def implausible(images: Sequence[Compared]) -> Iterator[Problem]:
    """Name what is wrong with images, of each the first cause that explains it.

    Images that declare the same scaling are one case: where another scaling explains one of them and all of
    them together, each that it does not make worse is reported.

    Parameters
    ----------
    images : sequence of Compared
    """
    yield from _copies(images)
    found = [_explained_by(seen) for seen in images]
    for seen, own in zip(images, found, strict=True):
        alike = [other for other in images if other.image.scaling == seen.image.scaling]
        words = own or next(
            (
                words
                for other, words in zip(images, found, strict=True)
                if words and other in alike and _no_worse(seen, words) and _share(alike, words) > _GROUP_SHARE
            ),
            None,
        )
        causes = (
            _other_scaling(seen, words),
            *(judge(seen) for judge in (_exchanged, _level, _clouds, _pattern)),
        )
        yield from islice(filter(None, causes), 1)


def _copies(images: Sequence[Compared]) -> Iterator[Problem]:
    """Images with the numbers of another date, and bands that are copies or one number."""
    first: dict[bytes, Compared] = {}
    for seen in images:
        known = np.isfinite(seen.red) & np.isfinite(seen.nir)
        red, nir = seen.red[known], seen.nir[known]
        if known.sum() < _LEAST_CELLS:
            continue
        if (red == nir).all():
            yield _problem(seen, "near infrared has the numbers of red", "give the file of each band")
        elif min(np.ptp(red), np.ptp(nir)) < _ROUNDING:
            yield _problem(seen, "a band has one number in all cells", "give the band as delivered")
        other = first.setdefault(red.tobytes() + nir.tobytes(), seen)
        if other.image.date != seen.image.date:
            message = f"has the numbers of the image of {other.image.date}"
            yield _problem(seen, message, "give the files of this date, or leave it out")


def _share(images: Sequence[Compared], words: str) -> float:
    """Share of images that a scaling does not make worse."""
    return float(np.mean([_no_worse(seen, words) for seen in images]))


def _candidates(seen: Compared) -> dict[str, tuple[float, float]]:
    """Scalings that the numbers of an image may have in place of the declared one."""
    scale, offset = seen.image.scaling
    if seen.image.sensor == "MSI":
        return {}  # its offset is judged by `baseline.offset_findings`
    return _SCALINGS | ({f"scale {scale:g} and offset -0.2": (scale, -0.2)} if offset == 0 else {})


def _rescaled(seen: Compared, words: str) -> tuple[np.ndarray, np.ndarray]:
    """Reflectance by another scaling."""
    scale, offset = _candidates(seen)[words]
    now = seen.image.scaling
    red, nir = (((band - now[1]) / now[0]) * scale + offset for band in (seen.red, seen.nir))
    return red, nir


def _no_worse(seen: Compared, words: str) -> bool:
    """Whether a scaling gives possible reflectance, and NDVI no farther from that of the coarse images."""
    red, nir = _rescaled(seen, words)
    if not np.isfinite(red).any():
        return False
    apart = _apart(normalized_difference(red, nir), seen)
    return _share_possible(red, nir) >= _MOSTLY and not apart > _apart(seen.ndvi, seen) + 0.01


def _explained_by(seen: Compared) -> str | None:
    """The scaling that makes impossible reflectance possible, or NDVI that of the coarse images."""
    known = np.isfinite(seen.red) & np.isfinite(seen.nir)
    if known.sum() < _LEAST_CELLS:
        return None
    before, possible_now = _apart(seen.ndvi, seen), _share_possible(seen.red, seen.nir)
    for words, scaling in _candidates(seen).items():
        red, nir = _rescaled(seen, words)
        is_own = np.allclose(seen.image.scaling, scaling, rtol=1e-3, atol=1e-7)
        if (
            is_own
            or _share_possible(red, nir) < _MOSTLY
            or not 0.02 <= np.nanmedian(nir) <= _NIR_OF_PLANTS[1]
        ):
            continue
        after = _apart(normalized_difference(red, nir), seen)
        if possible_now < 1 - _MOSTLY or (before > _APART and after < _EXPLAINED * before):
            return words
    return None


def _other_scaling(seen: Compared, words: str | None) -> Problem | None:
    """Another scale and offset than those declared, known or not."""
    if words is None:
        known = np.isfinite(seen.red)
        if not known.any() or _share_possible(seen.red, seen.nir) > 0:
            return None
        scale, offset = seen.image.scaling
        remedy = f"check scale ({scale:g}) and offset ({offset:g}) in the table of images"
        return _problem(seen, "no reflectance between 0 and 1", remedy)
    before, after = (
        _apart(ndvi, seen) for ndvi in (seen.ndvi, normalized_difference(*_rescaled(seen, words)))
    )
    message = f"median red is {np.nanmedian(seen.red):.3g}, near infrared {np.nanmedian(seen.nir):.3g}"
    if np.isfinite(before) and np.isfinite(after):
        message += (
            f"; NDVI is {before:.2f} from coarse NDVI of the same days, {after:.2f} with another scaling"
        )
    return _problem(seen, message, f"the numbers look like {words}: write these")


def _exchanged(seen: Compared) -> Problem | None:
    """Bands in the wrong order: NDVI with the wrong sign."""
    before, after = _apart(seen.ndvi, seen), _apart(-seen.ndvi, seen)
    if before > 2 * _APART and after < _EXPLAINED * before:
        message = f"NDVI is {before:.2f} from coarse NDVI of the same days, with exchanged bands {after:.2f}"
        return _problem(seen, message, "exchange red_band and nir_band, or the files of the bands")
    return None


def _level(seen: Compared) -> Problem | None:
    """Near-infrared reflectance of land with some plants."""
    land = np.isfinite(seen.nir) & ((seen.ndvi if seen.coarse is None else seen.coarse) > _SOME_PLANTS)
    if land.sum() < _LEAST_CELLS:
        return None
    level = float(np.median(seen.nir[land]))
    if _NIR_OF_PLANTS[0] <= level <= _NIR_OF_PLANTS[1]:
        return None
    message = f"near infrared is {level:.3g} over plants (median); 0.15 to 0.5 is usual"
    factor = 10.0 ** np.round(np.log10(0.3 / level)) if level > 0 else 0.0
    return _problem(
        seen,
        message,
        f"multiply its scale by {factor:g}, or give it as delivered" if factor else "check its scale",
    )


def _clouds(seen: Compared) -> Problem | None:
    """Bright cells without plants where the coarse images of the same days show plants."""
    if seen.coarse is None:
        return None
    both = np.isfinite(seen.ndvi) & np.isfinite(seen.coarse)
    white: np.ndarray = (
        both & (seen.red > _BRIGHT) & (seen.ndvi < 0.5 * _VEGETATED) & (seen.coarse > _VEGETATED)
    )
    if both.sum() < _LEAST_CELLS or white[both].mean() < _CLOUDY_SHARE:
        return None
    message = (
        f"{100 * white[both].mean():.0f} % of what counts as clear is bright without plants, where coarse "
        "NDVI of the same days shows plants: clouds that pass"
    )
    remedy = (
        "check that its quality layer (QA_PIXEL, Fmask, SCL) is as delivered; mask a ready image's clouds"
    )
    return _problem(seen, message, remedy)


def _pattern(seen: Compared) -> Problem | None:
    """Fine and coarse NDVI that show another pattern, or another level, without a cause that is known."""
    before = _apart(seen.ndvi, seen)
    if not np.isfinite(before) or seen.coarse is None:
        return None
    likeness = _correlation(seen.ndvi, seen.coarse)
    message = f"NDVI follows coarse NDVI of the same days with a correlation of {likeness:.2f}"
    if likeness < _SURELY_ALIKE:
        best, (down, right) = max(
            (np.nan_to_num(_correlation(np.roll(seen.ndvi, (i, j), (0, 1)), seen.coarse)), (i, j))
            for i in range(-_REACH, _REACH + 1)
            for j in range(-_REACH, _REACH + 1)
        )
        if best > likeness + _SHIFTED and best > 0.5:
            east, north = right * seen.cell_m, -down * seen.cell_m
            message += f", moved {east:.0f} m east and {north:.0f} m north with {best:.2f}"
            return _problem(seen, message, "check its place and its coordinate system", InputWarning)
    if likeness < _ALIKE:
        return _problem(seen, message, "check its place and its date", InputWarning)
    if before > _FAR_APART:
        message = f"NDVI is {before:.2f} from coarse NDVI of the same days"
        return _problem(seen, message, "check its date, and for clouds", InputWarning)
    return None


def _problem(seen: Compared, message: str, remedy: str, kind: type[Problem] = Problem) -> Problem:
    return kind(seen.image.reference, "", message, remedy)


def _share_possible(red: np.ndarray, nir: np.ndarray) -> float:
    """Share of the known cells whose reflectance lies in 0 to 1."""
    bands = np.stack([red, nir])
    known = np.isfinite(bands).all(axis=0)
    low, high = _POSSIBLE
    within = ((bands >= low) & (bands <= high)).all(axis=0) & known
    return float(within.sum() / known.sum()) if known.any() else 0.0


def _apart(ndvi: np.ndarray, seen: Compared) -> float:
    """Median distance of NDVI from coarse NDVI [1]; NaN where too few cells have both."""
    if seen.coarse is None:
        return np.nan
    apart = np.abs(ndvi - seen.coarse)
    apart = apart[np.isfinite(apart)]
    return float(np.median(apart)) if apart.size >= _LEAST_CELLS else np.nan


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation over the cells that both have; NaN for few cells or coarse NDVI without a pattern."""
    both = np.isfinite(one) & np.isfinite(other)
    x, y = one[both], other[both]
    if x.size < _PATTERN_CELLS or np.std(y) < _PATTERN_SD or np.std(x) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])
