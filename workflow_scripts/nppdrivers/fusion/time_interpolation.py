"""Images of any day, from the days on which each pixel was observed."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray


def fill_pinholes(images: NDArray, size: int) -> NDArray[np.float32]:
    """Fill missing pixels by the mean of their window where more than half of it is known.

    The rest of a coarse cell on the same day is a better estimate of a pinhole in it than other days are;
    where a whole coarse cell is missing it is the other way round, and it stays missing.

    Parameters
    ----------
    images : images with NaN [any unit], (images, height, width)
    size : side of the window [cells], odd: about one coarse cell

    Returns
    -------
    array of float32, of that shape
        The window is clipped at the border; a filled value depends on its own window alone.
    """
    images = np.asarray(images, np.float32)
    if not np.isnan(images).any():
        return images
    filled = images.copy()
    _fill_pinholes(images, filled, size // 2)
    return filled


@njit(cache=True, nogil=True)
def _fill_pinholes(images: NDArray[np.float32], filled: NDArray[np.float32], half: int) -> None:
    """Write the means of the windows of pinholes into `filled`, a copy of the images."""
    number, height, width = images.shape
    for image in range(number):
        for y in range(height):
            for x in range(width):
                if not np.isnan(images[image, y, x]):
                    continue
                total, known, cells = 0.0, 0, 0
                for row in range(max(0, y - half), min(height, y + half + 1)):
                    for column in range(max(0, x - half), min(width, x + half + 1)):
                        cells += 1
                        value = images[image, row, column]
                        if not np.isnan(value):
                            total += value
                            known += 1
                if 2 * known > cells:
                    filled[image, y, x] = total / known


def coarse_on_date(
    coarse_stack: NDArray, coarse_days: NDArray, day: float | Sequence[float] | NDArray
) -> NDArray[np.float32]:
    """Coarse image on any day: each pixel's series linearly interpolated between its own days of observation.

    Parameters
    ----------
    coarse_stack : coarse images on the fine grid [any unit], (composites, height, width)
    coarse_days : day on which each pixel was observed [days since any date], the same shape or (composites,);
        a pixel whose value or day is NaN is not used
    day : the day or days wanted [days since the same date]

    Returns
    -------
    array of float32, (height, width), or (days, height, width) for a sequence
        Constant before a pixel's first and after its last observation; NaN for a pixel never observed. Of
        several values observed on one day the first counts.

    Raises
    ------
    ValueError
        If shapes differ.
    """
    return _interpolated(coarse_stack, coarse_days, day, "coarse_stack", "coarse_days")


def linear_in_time(
    fine_stack: NDArray, fine_days: NDArray, days: float | Sequence[float] | NDArray
) -> NDArray[np.float32]:
    """Fused series without any coarse image, the baseline: clear fine values linearly interpolated in time.

    Parameters
    ----------
    fine_stack : fine images, NaN where not clear [any unit], (images, height, width)
    fine_days : days of the images [days since any date], (images,), or of each pixel, as `fine_stack`
    days : the day or days wanted [days since the same date]

    Returns
    -------
    array of float32, (height, width), or (days, height, width) for a sequence
        Constant before a pixel's first and after its last clear image; NaN for a pixel that is never clear.

    Raises
    ------
    ValueError
        If shapes differ.
    """
    return _interpolated(fine_stack, fine_days, days, "fine_stack", "fine_days")


def _interpolated(
    stack: NDArray,
    stack_days: NDArray,
    days: float | Sequence[float] | NDArray,
    stack_name: str,
    days_name: str,
) -> NDArray[np.float32]:
    """Values of each pixel on the days wanted; the names are those of the arrays in a message."""
    stack, stack_days = np.asarray(stack, np.float32), np.asarray(stack_days, np.float32)
    if stack.ndim != 3 or stack_days.shape not in (stack.shape, stack.shape[:1]):
        raise ValueError(
            f"{stack_name} has shape {stack.shape} and {days_name} {stack_days.shape}: they must be "
            "(times, height, width) and the same, or (times,)"
        )
    if stack_days.ndim == 1:
        stack_days = stack_days[:, None, None]
    wanted = np.atleast_1d(np.asarray(days, np.float64))
    out = _interpolate(stack, np.broadcast_to(stack_days, stack.shape), wanted)
    return out[0] if np.ndim(days) == 0 else out


@njit(cache=True, nogil=True)
def _interpolate(
    stack: NDArray[np.float32], stack_days: NDArray[np.float32], wanted: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Interpolate each pixel's finite values at the days wanted, constant beyond its ends."""
    times, height, width = stack.shape
    out = np.full((wanted.size, height, width), np.nan, np.float32)
    days, values = np.empty(times), np.empty(times)
    for y in range(height):
        for x in range(width):
            number = 0
            for t in range(times):
                if np.isfinite(stack[t, y, x]) and np.isfinite(stack_days[t, y, x]):
                    number = _insert(days, values, number, stack_days[t, y, x], stack[t, y, x])
            if number > 0:
                for i in range(wanted.size):
                    out[i, y, x] = _value_on(wanted[i], days, values, number)
    return out


@njit(cache=True, nogil=True)
def _value_on(day: float, days: NDArray[np.float64], values: NDArray[np.float64], number: int) -> float:
    """Linear interpolation of the first values (numpy.interp takes 15 s to compile)."""
    after = 0
    while after < number and days[after] <= day:
        after += 1
    if after == 0 or after == number:
        return values[0] if after == 0 else values[number - 1]
    slope = (values[after] - values[after - 1]) / (days[after] - days[after - 1])
    return values[after - 1] + slope * (day - days[after - 1])


@njit(cache=True, nogil=True)
def _insert(
    days: NDArray[np.float64], values: NDArray[np.float64], number: int, day: float, value: float
) -> int:
    """Insert an observation in order of days (composites come nearly in order); returns the new number."""
    i = number
    while i > 0 and days[i - 1] > day:
        i -= 1
    if i > 0 and days[i - 1] == day:
        return number
    for j in range(number, i, -1):
        days[j], values[j] = days[j - 1], values[j - 1]
    days[i], values[i] = day, value
    return number + 1
