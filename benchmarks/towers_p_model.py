"""The P-model of gross production, coded anew from its published equations, for comparison."""

import numpy as np
import pandas as pd

GAS = 8.3145  # J mol-1 K-1
PRESSURE = 101325.0  # Pa, at sea level: the towers come without elevation
OXYGEN = 0.209476 * PRESSURE  # Pa
PHOTONS = 2.04  # mol MJ-1 of shortwave radiation
CARBON = 12.0107  # g mol-1
YIELD = 0.081785  # of photosynthesis at its optimum temperature, before the factor of temperature
COST_RATIO = 146.0  # beta at 25 degC
CARBOXYLATION_COST = 0.41  # c*


def _arrhenius(at_25: float, energy: float, kelvin: np.ndarray) -> np.ndarray:
    """Constant at a temperature from its value at 25 degC."""
    return at_25 * np.exp(energy * (kelvin - 298.15) / (298.15 * GAS * kelvin))


def _viscosity(kelvin: np.ndarray) -> np.ndarray:
    """Viscosity of water [Pa s] (Vogel's equation)."""
    return 2.414e-5 * 10 ** (247.8 / (kelvin - 140.0))


def light_use_efficiency(celsius: np.ndarray, vpd: np.ndarray, co2: np.ndarray) -> np.ndarray:
    """Carbon fixed per absorbed photon.

    LUE = phi0(T) M_C m sqrt(1 - (c* / m)^(2/3)),
    m = (ca - G) / (ca + 2 G + 3 G sqrt(1.6 eta* D / (beta (K + G))))

    Parameters
    ----------
    celsius, vpd, co2 : arrays
        Air temperature [degC], vapour pressure deficit [Pa], CO2 [ppm].

    Returns
    -------
    array
        [gC mol-1]; NaN in an input gives NaN.

    References
    ----------
    Wang et al. 2017, Nature Plants 3:734-741; Stocker et al. 2020, Geosci. Model Dev. 13:1545-1581.
    """
    kelvin = celsius + 273.15
    compensation = _arrhenius(4.332, 37830.0, kelvin)  # Pa
    rubisco = _arrhenius(39.97, 79430.0, kelvin) * (1.0 + OXYGEN / _arrhenius(27480.0, 36380.0, kelvin))
    ambient = co2 * 1e-6 * PRESSURE
    viscosity = _viscosity(kelvin) / _viscosity(np.array(298.15))
    opening = np.sqrt(1.6 * viscosity * vpd / (COST_RATIO * (rubisco + compensation)))
    m = (ambient - compensation) / (ambient + compensation * (2.0 + 3.0 * opening))
    limited = m * np.sqrt(np.maximum(1.0 - (CARBOXYLATION_COST / m) ** (2 / 3), 0.0))
    quantum_yield = YIELD * np.clip(0.352 + 0.022 * celsius - 3.4e-4 * celsius**2, 0.0, None)
    return quantum_yield * CARBON * limited


def p_model_gpp(table: pd.DataFrame, fraction: np.ndarray) -> np.ndarray:
    """GPP [gC m-2 month-1] of rows with temperature [degC], vpd [hPa], co2 [ppm] and radiation [MJ m-2]."""
    weather = [table[name].to_numpy() for name in ("temperature", "vpd", "co2")]
    efficiency = light_use_efficiency(weather[0], 100.0 * weather[1], weather[2])
    return efficiency * PHOTONS * table["radiation"].to_numpy() * np.asarray(fraction)
