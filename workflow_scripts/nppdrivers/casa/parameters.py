"""What CASA needs before a year can run: shape and unit checks, NDVI bounds by class, optimum temperature.

The accumulators (`ndvi_histogram`, `class_month_sums`) are additive: sum them over blocks and years.
"""

import numpy as np
from numpy.typing import ArrayLike

from nppdrivers.quantities import quantity

MONTHS = 12
NDVI_LIMIT = 0.999  # bounds beyond +-this have no finite simple ratio
MOST_EFFICIENT = quantity("epsilon").maximum  # gC MJ-1 of APAR
NDVI_BIN_EDGES = np.linspace(-1.0, 1.0, 2001)
LEAST_YEAR_MAXIMUM_SOL = 350.0  # MJ m-2 month-1: no place on land has a darker brightest month
LEAST_YEAR_MAXIMUM_RAIN = 1.0  # mm month-1

# Noise may take NDVI a little beyond its range, a lost scale factor takes it much further.
NDVI_TOLERANCE = 1.5
# What an impossible value most likely is
_CAUSES = {
    "ndvi": "NDVI x 10000 or another integer scale; multiply by its scale factor (0.0001)",
    "temperature": "kelvin; subtract 273.15 (or degrees Fahrenheit)",
    "precipitation": "a fill value (mask it), or interpolated below 0 (clip it)",
    "solar_radiation": "a fill value (mask it), or J or kJ (divide by 1e6, 1e3)",
}


def as_months(name: str, months: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """View values, (12,) or with the NDVI's axes, in the NDVI's shape; ValueError if they do not fit."""
    values = np.asarray(months)
    if values.ndim == 0 or values.shape[0] != MONTHS:
        raise ValueError(f"{name} has shape {values.shape}; its first axis must be the 12 months of one year")
    if values.ndim == 1:
        values = values.reshape(MONTHS, *(1,) * (len(shape) - 1))
    if values.ndim != len(shape):
        raise ValueError(f"{name} has shape {values.shape}; it needs the axes of ndvi {shape}, or just (12,)")
    return _fit(name, values, shape)


def as_pixels(name: str, values: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """View a parameter in the shape of the NDVI's pixels; ValueError if it does not broadcast to it."""
    return _fit(name, np.asarray(values), shape[1:])


def _fit(name: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Broadcast values; a ValueError names the argument that does not fit."""
    try:
        return np.broadcast_to(values, shape)
    except ValueError:
        raise ValueError(f"{name} has shape {values.shape}, which does not broadcast to {shape}") from None


def check_parameters(ndvi_min: np.ndarray, ndvi_max: np.ndarray, epsilon_max: np.ndarray) -> None:
    """Refuse, by ValueError, parameters no canopy has; NaN (an unknown class) passes."""
    beyond = np.maximum(np.abs(ndvi_min), np.abs(ndvi_max)) > NDVI_LIMIT
    if np.any(ndvi_min >= ndvi_max) or np.any(beyond):
        ranges = ", ".join(
            "{} {:g} to {:g}".format(name, *_range(values))
            for name, values in (("ndvi_min", ndvi_min), ("ndvi_max", ndvi_max))
        )
        raise ValueError(f"NDVI bounds must satisfy -0.999 <= ndvi_min < ndvi_max <= 0.999; got {ranges}")
    low, high = _range(epsilon_max)
    if low < 0 or high > MOST_EFFICIENT:
        raise ValueError(
            f"epsilon_max is {low:g} to {high:g}; it must be 0 to {MOST_EFFICIENT:g} gC MJ-1 of APAR "
            "(published values for NPP are 0.09 to 2.16)"
        )


def check_units(
    ndvi: np.ndarray, temperature: np.ndarray, precipitation: np.ndarray, solar_radiation: np.ndarray
) -> None:
    """Refuse a year whose values can only be, or almost surely are, in another unit.

    Impossible values are refused wherever they occur. Values too small are judged by the year's maximum, and
    only if they vary from month to month: a climate held constant is an experiment, not a record.

    Parameters
    ----------
    ndvi, temperature, precipitation, solar_radiation : (12, ...) arrays
        Meant to be [1], [degC], [mm month-1], [MJ m-2 month-1]. NaN is ignored.

    Raises
    ------
    ValueError
        Listing every problem with its likely cause.
    """
    arrays = (ndvi, temperature, precipitation, solar_radiation)
    problems = []
    for (name, cause), values in zip(_CAUSES.items(), arrays, strict=True):
        possible, tolerance = quantity(name), NDVI_TOLERANCE if name == "ndvi" else 1.0
        least, greatest = tolerance * possible.minimum, tolerance * possible.maximum
        low, high = _range(values)
        if low < least or high > greatest:
            problems.append(
                f"{name}: {low:.6g} to {high:.6g} is outside {least:g} to {greatest:g} {possible.unit}; "
                f"likely {cause}"
            )
    problems += _too_small(precipitation, solar_radiation)
    if problems:
        raise ValueError("CASA inputs look wrong:\n- " + "\n- ".join(problems))


def _range(values: np.ndarray) -> tuple[float, float]:
    """Least and greatest value, NaN left out (NaN if there is nothing else)."""
    return np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)


def _varies(values: np.ndarray) -> bool:
    """Whether any pixel changes in the year."""
    return bool(np.any(np.fmax.reduce(values, axis=0) > np.fmin.reduce(values, axis=0)))


def _too_small(precipitation: np.ndarray, solar_radiation: np.ndarray) -> list[str]:
    """Problems of a climate record whose greatest month is implausibly small."""
    problems = []
    rain, sun = _range(precipitation)[1], _range(solar_radiation)[1]
    if 0 < rain < LEAST_YEAR_MAXIMUM_RAIN and _varies(precipitation):
        problems.append(
            f"precipitation: the wettest month has {rain:.3g} mm; likely metres, multiply by 1000 "
            "(or a daily rate in cm or inches)"
        )
    if 0 < sun < LEAST_YEAR_MAXIMUM_SOL and _varies(solar_radiation):
        cause = (
            "MJ m-2 per day (or kWh m-2 per day), multiply by the days of the month (kWh also by 3.6)"
            if sun < 45.0
            else "W m-2, multiply by 0.0864 x days of the month, or kWh m-2 per month, multiply by 3.6"
        )
        problems.append(f"solar_radiation: the brightest month has {sun:.3g} MJ m-2; likely {cause}")
    return problems


def ndvi_histogram(ndvi: np.ndarray, classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Count NDVI values by class in 2000 bins of 0.001.

    Parameters
    ----------
    ndvi : (12, ...) array
        Monthly NDVI [1]; NaN and values outside -1 to 1 are not counted.
    classes : integer array of the pixel shape
        Class code, 1 to n_classes; others are not counted.
    n_classes : int
        Greatest class code.

    Returns
    -------
    (n_classes + 1, 2000) integer array
        Row c counts class c, row 0 stays empty. Add the arrays of blocks and years.
    """
    bins = NDVI_BIN_EDGES.size - 1
    codes = np.broadcast_to(classes, ndvi.shape)
    counted = (codes >= 1) & (codes <= n_classes) & (ndvi >= -1) & (ndvi <= 1)
    position = np.minimum(((ndvi[counted] + 1.0) * (bins / 2)).astype(np.int64), bins - 1)
    flat = np.bincount(codes[counted].astype(np.int64) * bins + position, minlength=(n_classes + 1) * bins)
    return flat.reshape(n_classes + 1, bins)


def ndvi_bounds(histogram: np.ndarray, percentile: float) -> np.ndarray:
    """NDVI below which a percentage of each class's own monthly values lies.

    Use 95 for ndvi_max by class. For ndvi_min take one common soil value (0.023, or 5 of the bare or built
    class): a class's own 5th percentile is its winter value and would remove winter NPP.

    Parameters
    ----------
    histogram : (n_classes + 1, 2000) array
        Sum of `ndvi_histogram` over the run.
    percentile : float
        0 to 100 [%].

    Returns
    -------
    (n_classes + 1,) array
        NDVI [1], within a bin (0.001) of the exact percentile, indexed by class code; NaN for empty classes.

    Raises
    ------
    ValueError
        For a percentile outside 0 to 100.
    """
    if not 0 <= percentile <= 100:
        raise ValueError(f"percentile={percentile} must be 0 to 100")
    bounds = np.full(len(histogram), np.nan)
    for code, counts in enumerate(histogram):
        total = counts.sum()
        if total:
            cumulative = np.concatenate([[0.0], np.cumsum(counts)])
            occupied = np.concatenate([[True], counts > 0])  # strictly increasing, as interpolation needs
            bounds[code] = _inverse(cumulative, occupied, percentile / 100.0 * total)
    return bounds


def _inverse(cumulative: np.ndarray, occupied: np.ndarray, rank: float) -> float:
    """NDVI at a rank of the cumulative histogram, linear within the bin that contains it."""
    bin_ = max(int(np.searchsorted(cumulative, rank, side="left")), 1)
    while not occupied[bin_]:
        bin_ += 1
    share = (rank - cumulative[bin_ - 1]) / (cumulative[bin_] - cumulative[bin_ - 1])
    return NDVI_BIN_EDGES[bin_ - 1] + share * (NDVI_BIN_EDGES[bin_] - NDVI_BIN_EDGES[bin_ - 1])


def class_month_sums(
    values: np.ndarray, classes: np.ndarray, n_classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of the values of each month and class.

    Parameters
    ----------
    values : (12, ...) array
        Any quantity; NaN is not counted.
    classes : integer array of the pixel shape
        Class code, 1 to n_classes; others are not counted.
    n_classes : int
        Greatest class code.

    Returns
    -------
    sums, counts : (12, n_classes + 1) arrays
        Column c belongs to class c, column 0 stays empty. Add over blocks and years; the mean is
        sums / counts.
    """
    codes = np.asarray(classes).ravel()
    known = (codes >= 1) & (codes <= n_classes)
    sums = np.zeros((MONTHS, n_classes + 1))
    counts = np.zeros((MONTHS, n_classes + 1), dtype=np.int64)
    for month, month_values in enumerate(values.reshape(MONTHS, -1)):
        used = known & ~np.isnan(month_values)
        sums[month] = np.bincount(codes[used], weights=month_values[used], minlength=n_classes + 1)
        counts[month] = np.bincount(codes[used], minlength=n_classes + 1)
    return sums, counts


def optimum_temperature(mean_ndvi: np.ndarray, mean_temperature: np.ndarray) -> np.ndarray:
    """Temperature of the month of greatest NDVI, element by element (the earliest of equal months).

    Parameters
    ----------
    mean_ndvi, mean_temperature : (12, ...) arrays of one shape
        Mean year of NDVI [1] and air temperature [degC].

    Returns
    -------
    (...) array
        Topt [degC]; months of NaN NDVI are left out, NaN where all are.

    References
    ----------
    Potter et al. 1993 (per cell).

    Examples
    --------
    >>> import numpy as np
    >>> from nppdrivers import casa
    >>> ndvi = np.array([0.2, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.7, 0.6, 0.4, 0.3, 0.2])
    >>> temperature = np.array([-3, 0, 6, 13, 18, 22, 24, 23, 18, 12, 5, -1.0])
    >>> print(casa.optimum_temperature(ndvi, temperature))  # of July, the first of the greenest months
    24.0
    """
    seen = np.where(np.isnan(mean_ndvi), -np.inf, mean_ndvi)
    peak = seen.argmax(axis=0)[np.newaxis]
    topt = np.take_along_axis(mean_temperature, peak, axis=0)[0]
    return np.where(np.isneginf(seen.max(axis=0)), np.nan, topt)


def regional_optimum_temperature(
    class_ndvi: np.ndarray, temperature: np.ndarray, classes: np.ndarray
) -> np.ndarray:
    """Each pixel's temperature in the month in which its class, as a whole, is greenest.

    One noisy NDVI cannot move a pixel's optimum to another season, as it does with `optimum_temperature`
    per pixel where two crops a year make two nearly equal peaks.

    Parameters
    ----------
    class_ndvi : (12, n_classes + 1) array
        Mean year of each class's NDVI [1] (`class_month_sums`), column 0 unused.
    temperature : (12, ...) array
        Mean year of air temperature [degC]: of the pixels, or of the classes themselves.
    classes : integer array of the temperature's pixel shape
        Class code of each pixel (for temperatures by class: 0 to n_classes).

    Returns
    -------
    array of the shape of classes
        Topt [degC]; NaN for codes outside 1 to n_classes and classes without NDVI.

    References
    ----------
    Zhu et al. 2007 (month of the region's greatest NDVI).
    """
    known = (classes >= 1) & (classes < class_ndvi.shape[1])
    topt = optimum_temperature(class_ndvi[:, np.where(known, classes, 0)], temperature)
    return np.where(known, topt, np.nan)
