"""Water scalar of CASA: Thornthwaite demand, Zhou-Zhang regional evapotranspiration, soil bucket.

All depths are mm of water per month. The first axis of every array is the 12 months of one calendar year.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

HOT_MONTH = 26.5  # degC, above which Thornthwaite's demand no longer depends on the heat index
DRY_FLOOR = 0.5  # water scalar of a month without any evapotranspiration
MAX_SPIN_UP_YEARS = 1000


@dataclass(frozen=True)
class Soil:
    """Bucket of one soil texture under one cover.

    wilting_point and field_capacity [mm], alpha and beta [1] of the relative drying rate.
    """

    wilting_point: float
    field_capacity: float
    alpha: float
    beta: float


# Texture -> (under grass or crops, under trees); values of the CASA-GFED code (GTMM in GEOS-Chem).
SOILS = {
    "coarse": (Soil(81, 202, 0.002, -5.48), Soil(203, 506, 0.002, -5.48)),
    "coarse_medium": (Soil(129, 232, 0.002, -6.54), Soil(258, 463, 0.002, -6.54)),
    "medium": (Soil(220, 393, 0.013, -6.57), Soil(338, 604, 0.013, -6.57)),
    "medium_fine": (Soil(270, 405, 0.006, -9.47), Soil(433, 647, 0.006, -9.47)),
    "fine": (Soil(275, 363, 0.004, -13.8), Soil(472, 622, 0.004, -13.8)),
}


def heat_index(temperature: np.ndarray) -> np.ndarray:
    """Thornthwaite's annual heat index, I = sum over months with T > 0 of (T / 5)^1.514.

    Parameters
    ----------
    temperature : (12, ...) array
        Monthly mean air temperature [degC].

    Returns
    -------
    (...) array
        Heat index [1]; NaN where any of the 12 temperatures is NaN.

    References
    ----------
    Thornthwaite 1948, Geographical Review 38:55-94.
    """
    return np.sum((np.maximum(temperature, 0.0) / 5.0) ** 1.514, axis=0)


def thornthwaite_demand(temperature: np.ndarray) -> np.ndarray:
    """Thornthwaite's potential evapotranspiration Ep0, not adjusted for day and month length.

    Ep0 = 0 for T <= 0; 16 (10 T / I)^a for 0 < T < 26.5; -415.85 + 32.24 T - 0.43 T^2 above, with
    a = 6.75e-7 I^3 - 7.71e-5 I^2 + 1.792e-2 I + 0.49239.

    Parameters
    ----------
    temperature
        As for `heat_index`.

    Returns
    -------
    (12, ...) array
        Ep0 [mm month-1]. A NaN temperature makes its month NaN, and those of the same pixel that need the
        heat index (0 < T < 26.5).

    References
    ----------
    Thornthwaite 1948; hot months: Willmott et al. 1985, J. Climatology 5:589-606.
    """
    index = heat_index(temperature)
    exponent = ((6.75e-7 * index - 7.71e-5) * index + 1.792e-2) * index + 0.49239
    # A year that never thaws has I = 0, and all its months are 0 by the first branch.
    safe_index = np.where(index == 0, 1.0, index)
    demand = np.maximum(temperature, 0.0) ** exponent * (16.0 * (10.0 / safe_index) ** exponent)
    hot = temperature >= HOT_MONTH
    if hot.any():
        demand = np.where(hot, (-0.43 * temperature + 32.24) * temperature - 415.85, demand)
    return np.where(temperature <= 0, 0.0, demand)


def zhou_zhang(demand: np.ndarray, precipitation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Regional actual and potential evapotranspiration after Zhou and Zhang and Bouchet.

    Rn  = 0.369 sqrt(Ep0 P) + 0.598 Ep0                                     [mm month-1, not MJ]
    EET = P Rn (P^2 + Rn^2 + P Rn) / ((P + Rn) (P^2 + Rn^2)), 0 without precipitation
    PET = (EET + Ep0) / 2

    Parameters
    ----------
    demand : (12, ...) array
        Ep0 [mm month-1].
    precipitation : (12, ...) array
        Monthly total P [mm month-1].

    Returns
    -------
    eet, pet : (12, ...) arrays
        Regional actual and potential evapotranspiration [mm month-1]. NaN stays in its month.

    References
    ----------
    Zhou and Zhang 1995, Acta Phytoecologica Sinica 19:193-200; Bouchet 1963, IAHS Publ. 62:134-142.
    """
    p, rn = precipitation, 0.369 * np.sqrt(demand * precipitation) + 0.598 * demand
    squares = p * p + rn * rn
    product = p * rn
    denominator = (p + rn) * squares
    # It is 0 with neither rain nor demand; then the product is 0 too.
    eet = product * (squares + product) / np.where(denominator == 0, 1.0, denominator)
    return eet, 0.5 * (eet + demand)


def water_scalar(eet: np.ndarray, pet: np.ndarray, precipitation: np.ndarray) -> np.ndarray:
    """Water scalar We = 0.5 + 0.5 min(1, EET / PET).

    Without demand (PET = 0, a frozen month) the limit of the Zhou-Zhang equations is taken: 1 where
    precipitation falls, 0.5 where none does.

    Parameters
    ----------
    eet, pet, precipitation : (12, ...) arrays
        [mm month-1].

    Returns
    -------
    (12, ...) array
        We, 0.5 to 1 [1]. NaN stays in its month.

    References
    ----------
    Potter et al. 1993, Global Biogeochemical Cycles 7:811-841.
    """
    frozen = pet == 0
    ratio = np.minimum(1.0, eet / np.where(frozen, 1.0, pet))
    ratio = np.where(frozen, precipitation > 0, ratio)
    return DRY_FLOOR + DRY_FLOOR * ratio


def bucket(
    temperature: np.ndarray,
    demand: np.ndarray,
    precipitation: np.ndarray,
    texture: str = "medium",
    tree: np.ndarray | bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Evapotranspiration and water scalar from the monthly soil bucket, spun up until the year repeats.

    T < 0: precipitation joins the snow pack, nothing is available. T >= 0: available = P + pack.
    RDR = (1 + alpha) / (1 + alpha (SM / FC)^beta)
    EET = PET where available >= PET, else min(available + (PET - available) RDR, available + SM - WP)
    SM  = min(SM + available - EET, FC);  We = 0.5 + 0.5 EET / PET, the month before's where PET = 0

    Here PET = Ep0 (no complementary relation). A year without any demand has no month before to take from:
    its We is 1.

    Parameters
    ----------
    temperature, demand, precipitation : (12, ...) arrays of one shape
        [degC], Ep0 [mm month-1], [mm month-1].
    texture : str
        A key of `SOILS`.
    tree : bool or boolean array of the pixel shape
        True where trees root (deeper bucket), False for grass and crops.

    Returns
    -------
    eet, water : (12, ...) arrays
        [mm month-1] and [1]. Soil water passes from month to month: a NaN makes the pixel's whole year NaN.

    Raises
    ------
    ValueError
        For an unknown texture.

    References
    ----------
    Potter et al. 1993; parameters as in CASA-GFED (GTMM of GEOS-Chem).
    """
    if texture not in SOILS:
        raise ValueError(f"soil texture {texture!r} is unknown; choose one of {', '.join(SOILS)}")
    shape = temperature.shape
    t, ep0, p = (
        np.ascontiguousarray(a, dtype=float).reshape(12, -1) for a in (temperature, demand, precipitation)
    )
    cover = np.broadcast_to(np.asarray(tree, dtype=bool), shape[1:]).ravel()
    soils = np.array([[s.wilting_point, s.field_capacity, s.alpha, s.beta] for s in SOILS[texture]])
    eet, water = _spin_up(t, ep0, p, soils, cover.astype(np.int64))
    return eet.reshape(shape), water.reshape(shape)


class _State(NamedTuple):
    """Soil moisture and snow pack [mm], and the water scalar [1], at the end of a month."""

    moisture: float
    pack: float
    water: float


@njit(cache=True, nogil=True)
def _spin_up(
    temperature: np.ndarray,
    demand: np.ndarray,
    precipitation: np.ndarray,
    soils: np.ndarray,
    cover: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Run every pixel's bucket over its year until soil and snow at the year's end repeat."""
    n = temperature.shape[1]
    eet = np.full((12, n), np.nan)
    water = np.full((12, n), np.nan)
    for i in range(n):
        t, ep0, p = temperature[:, i], demand[:, i], precipitation[:, i]
        if np.isnan(t.sum() + ep0.sum() + p.sum()):
            continue
        soil = soils[cover[i]]
        state = _State(soil[0], 0.0, 1.0)
        thaws = t.max() >= 0.0
        for _ in range(MAX_SPIN_UP_YEARS):
            start = state
            state = _bucket_year(t, ep0, p, soil, start, eet[:, i], water[:, i])
            # Where nothing ever thaws the pack grows for ever, but no month sees it.
            same_pack = state.pack == start.pack or not thaws
            same_water = abs(state.water - start.water) <= 1e-12
            if same_pack and same_water and abs(state.moisture - start.moisture) <= 1e-12 * soil[1]:
                break
    return eet, water


@njit(cache=True, nogil=True)
def _bucket_year(
    t: np.ndarray,
    ep0: np.ndarray,
    p: np.ndarray,
    soil: np.ndarray,
    start: _State,
    eet: np.ndarray,
    water: np.ndarray,
) -> _State:
    """One pixel, twelve months; fills eet and water, returns the state at the year's end."""
    wilting_point, field_capacity, alpha, beta = soil
    moisture, pack, before = start
    for m in range(12):
        available = 0.0
        pack += p[m]
        if t[m] >= 0.0:
            available, pack = pack, 0.0
        if available >= ep0[m]:
            eet[m] = ep0[m]
        else:
            drying = (1.0 + alpha) / (1.0 + alpha * (moisture / field_capacity) ** beta)
            eet[m] = available + min((ep0[m] - available) * drying, moisture - wilting_point)
        moisture = min(moisture + available - eet[m], field_capacity)
        if ep0[m] > 0.0:
            before = 0.5 + 0.5 * eet[m] / ep0[m]
        water[m] = before
    return _State(moisture, pack, before)
