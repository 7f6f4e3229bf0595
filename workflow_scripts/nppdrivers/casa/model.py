"""CASA: net primary productivity of one calendar year from monthly NDVI and climate.

NPP = SOL x 0.5 x FPAR x eps_max x Te1 x Te2 x We, month by month. Arrays in and out; the first axis is the 12
months, any further axes are pixels. Everything is computed in float64.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nppdrivers.casa import water_stress
from nppdrivers.casa.parameters import as_months, as_pixels, check_parameters, check_units
from nppdrivers.casa.scalars import fpar, temperature_scalar_1, temperature_scalar_2

PAR_SHARE = 0.5  # photosynthetically active part of total shortwave radiation
PART_PIXELS = 2048  # computed at a time; twice as fast as a whole map, whose temporaries leave the cache

_CHOICES = {
    "fpar": ("mean", "sr", "ndvi"),
    "water": ("zhou_zhang", "bucket", "none"),
    "soil_texture": tuple(water_stress.SOILS),
}


@dataclass(frozen=True)
class Options:
    """Choices among the published forms of CASA.

    Parameters
    ----------
    fpar : {"mean", "sr", "ndvi"}
        FPAR from the mean of both linear forms, the simple ratio alone, or NDVI alone.
    half_rule : bool
        Te2 = Te2(Topt) / 2 farther than +10 or -13 degC from the optimum (Zhu et al. 2007).
    te2_constant : float
        Normalising constant of Te2 [1]: 1.184 (Zhu), 1.1814 (Potter, Field), 1.1919 (CASA-GFED).
    water : {"zhou_zhang", "bucket", "none"}
        Source of EET / PET; "none" sets the water scalar to 1 and keeps EET and PET for information.
    soil_texture : {"coarse", "coarse_medium", "medium", "medium_fine", "fine"}
        Texture of the bucket; the other water models do not use it.

    Raises
    ------
    ValueError
        For a choice that does not exist or a constant that is not positive.

    Examples
    --------
    >>> from nppdrivers import casa
    >>> casa.Options(water="bucket").soil_texture
    'medium'
    >>> casa.Options(water="lake")
    Traceback (most recent call last):
    ValueError: option water='lake' is none of zhou_zhang, bucket, none
    """

    fpar: str = "mean"
    half_rule: bool = True
    te2_constant: float = 1.184
    water: str = "zhou_zhang"
    soil_texture: str = "medium"

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"option {name}={getattr(self, name)!r} is none of {', '.join(allowed)}")
        if not self.te2_constant > 0:
            raise ValueError(f"option te2_constant={self.te2_constant} must be positive")


@dataclass(frozen=True)
class Result:
    """One year of CASA, each array shaped like the NDVI that went in; None for a term that was not asked for.

    fpar [1], apar [MJ m-2 month-1], t1 and t2 [1], ep0, eet and pet [mm month-1], water [1],
    epsilon [gC MJ-1], npp [gC m-2 month-1].
    """

    fpar: np.ndarray | None = None
    apar: np.ndarray | None = None
    t1: np.ndarray | None = None
    t2: np.ndarray | None = None
    ep0: np.ndarray | None = None
    eet: np.ndarray | None = None
    pet: np.ndarray | None = None
    water: np.ndarray | None = None
    epsilon: np.ndarray | None = None
    npp: np.ndarray | None = None

    @property
    def annual_npp(self) -> np.ndarray:
        """Sum of the 12 months [gC m-2 yr-1]; NaN where any month is NaN."""
        if self.npp is None:
            raise ValueError("npp was not computed: add it to the terms of casa.simulate")
        return self.npp.sum(axis=0)


TERMS = tuple(field.name for field in fields(Result))


class _Months(NamedTuple):
    """What CASA needs of each month, (12, ...)."""

    ndvi: np.ndarray
    temperature: np.ndarray
    precipitation: np.ndarray
    solar_radiation: np.ndarray


class _Pixels(NamedTuple):
    """What CASA needs of each pixel, (...)."""

    ndvi_min: np.ndarray
    ndvi_max: np.ndarray
    epsilon_max: np.ndarray
    optimum_temperature: np.ndarray
    tree: np.ndarray


def simulate(
    ndvi: ArrayLike,
    temperature: ArrayLike,
    precipitation: ArrayLike,
    solar_radiation: ArrayLike,
    *,
    ndvi_min: ArrayLike,
    ndvi_max: ArrayLike,
    epsilon_max: ArrayLike,
    optimum_temperature: ArrayLike,
    options: Options = Options(),
    tree: ArrayLike = False,
    terms: Collection[str] = TERMS,
) -> Result:
    """NPP of one calendar year with every term it is made of.

    APAR = 0.5 SOL FPAR; eps = eps_max Te1 Te2 We; NPP = APAR eps.

    Parameters
    ----------
    ndvi : (12, ...) array
        Monthly NDVI [1].
    temperature, precipitation, solar_radiation : arrays of the NDVI's shape, or broadcasting to it, or (12,)
        Monthly mean [degC], total [mm month-1], total shortwave (not PAR) [MJ m-2 month-1].
    ndvi_min, ndvi_max : float or array that broadcasts to the pixel shape
        Bounds of FPAR [1].
    epsilon_max : float or array that broadcasts to the pixel shape
        Maximum light use efficiency for NPP [gC MJ-1 of APAR].
    optimum_temperature : float or array that broadcasts to the pixel shape
        [degC].
    options : Options
        Which published forms.
    tree : bool or array that broadcasts to the pixel shape
        Where the soil bucket is the deep one of trees; used by `water="bucket"` alone.
    terms : collection of str
        Names of the terms to return, all by default. Leaving the others out saves their memory and
        a third of the time.

    Returns
    -------
    Result
        Float64 arrays shaped like ndvi. NaN in NDVI or radiation stays in its month; the heat index needs
        all 12 temperatures, the bucket all 12 of T and P. A pixel whose bounds, efficiency or optimum is NaN
        is NaN.

    Raises
    ------
    ValueError
        For shapes that do not fit, terms that do not exist, bounds that are not -1 < ndvi_min < ndvi_max < 1,
        an impossible efficiency, or values in another unit (`check_units`).

    References
    ----------
    Potter et al. 1993; Field et al. 1995; Zhu et al. 2007; Tian et al. 2022, Remote Sens. 14:4177, eqs 2-4.

    Examples
    --------
    One forest pixel of a temperate climate, from January to December:

    >>> import numpy as np
    >>> from nppdrivers import casa
    >>> ndvi = [0.2, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.7, 0.6, 0.4, 0.3, 0.2]
    >>> temperature = [-3, 0, 6, 13, 18, 22, 24, 23, 18, 12, 5, -1]
    >>> year = casa.simulate(
    ...     ndvi, temperature, np.full(12, 50.0), np.full(12, 450.0),
    ...     ndvi_min=0.023, ndvi_max=0.8, epsilon_max=0.542, optimum_temperature=24.0,
    ... )
    >>> year.npp.round(1)
    array([ 8.2,  8.2, 13.1, 18.2, 34.1, 49.3, 64.9, 64.8, 44.1, 16.5, 13.1,
            8.2])
    >>> print(f"{year.annual_npp:.0f} gC m-2 yr-1")
    343 gC m-2 yr-1
    """
    shape = np.shape(ndvi)
    months = _Months(
        as_months("ndvi", ndvi, shape),
        as_months("temperature", temperature, shape),
        as_months("precipitation", precipitation, shape),
        as_months("solar_radiation", solar_radiation, shape),
    )
    pixels = _Pixels(
        as_pixels("ndvi_min", ndvi_min, shape),
        as_pixels("ndvi_max", ndvi_max, shape),
        as_pixels("epsilon_max", epsilon_max, shape),
        as_pixels("optimum_temperature", optimum_temperature, shape),
        as_pixels("tree", tree, shape),
    )
    check_units(*months)
    check_parameters(pixels.ndvi_min, pixels.ndvi_max, pixels.epsilon_max)
    if unknown := set(terms) - set(TERMS):
        raise ValueError(f"terms {', '.join(sorted(unknown))} are none of {', '.join(TERMS)}")
    result = Result(**{name: np.empty(shape) for name in terms})
    for part in _parts(shape[1:]):
        part_months = _Months(*(np.ascontiguousarray(a[:, *part], dtype=np.float64) for a in months))
        part_pixels = _Pixels(*(np.asarray(a[part], dtype=np.float64) for a in pixels))
        year = _year(part_months, part_pixels, options)
        for name in terms:
            getattr(result, name)[:, *part] = getattr(year, name)
    return result


def _parts(pixels: tuple[int, ...]) -> list[tuple[slice, ...]]:
    """Cut the first pixel axis so that the temporary arrays of a part stay in the processor's cache."""
    if not pixels:
        return [()]
    step = max(1, PART_PIXELS // max(1, math.prod(pixels[1:])))
    return [(slice(start, start + step),) for start in range(0, pixels[0], step)]


def _year(months: _Months, pixels: _Pixels, options: Options) -> Result:
    """Every term of the year; months of one shape, constants of its pixels."""
    fraction = fpar(months.ndvi, pixels.ndvi_min, pixels.ndvi_max, options.fpar)
    apar = PAR_SHARE * months.solar_radiation * fraction
    t, optimum = months.temperature, pixels.optimum_temperature
    t1 = temperature_scalar_1(t, optimum)
    t2 = temperature_scalar_2(t, optimum, options.te2_constant, options.half_rule)
    ep0, eet, pet, water = _water(t, months.precipitation, options, pixels.tree)
    epsilon = pixels.epsilon_max * t1 * t2 * water
    return Result(
        fpar=fraction,
        apar=apar,
        t1=t1,
        t2=t2,
        ep0=ep0,
        eet=eet,
        pet=pet,
        water=water,
        epsilon=epsilon,
        npp=apar * epsilon,
    )


def _water(
    temperature: np.ndarray, precipitation: np.ndarray, options: Options, tree: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ep0, EET, PET [mm month-1] and the water scalar [1] of the chosen model."""
    ep0 = water_stress.thornthwaite_demand(temperature)
    if options.water == "bucket":
        eet, water = water_stress.bucket(temperature, ep0, precipitation, options.soil_texture, tree)
        return ep0, eet, ep0, water
    eet, pet = water_stress.zhou_zhang(ep0, precipitation)
    if options.water == "none":
        return ep0, eet, pet, np.ones_like(ep0)
    return ep0, eet, pet, water_stress.water_scalar(eet, pet, precipitation)
