"""Angstrom-Prescott coefficients from stations that measure both radiation and sunshine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nppdrivers.evapotranspiration import monthly_daylight_hours, monthly_extraterrestrial_radiation

FEWEST_MONTHS = 24  # station-months, two years of one station
# Coefficients that the literature reports anywhere lie within (FAO-56 takes 0.25 and 0.50).
A_RANGE, B_RANGE = (0.10, 0.45), (0.30, 0.75)
_DARK_H = 30.0  # months with less daylight show nothing of the share of it that is sunny


@dataclass(frozen=True)
class Coefficients:
    """Coefficients of Rs = (a + b n / N) Ra and how well they fit.

    Attributes
    ----------
    a, b : float
        Least squares of Rs / Ra on n / N [1].
    a_error, b_error : float
        Their standard errors.
    r2 : float
        Coefficient of determination of Rs / Ra.
    stations, months : int
        Stations and station-months used.
    """

    a: float
    b: float
    a_error: float
    b_error: float
    r2: float
    stations: int
    months: int


def clearness(monthly: pd.DataFrame) -> pd.DataFrame:
    """Pair relative sunshine with the share of radiation that reaches the ground.

    Parameters
    ----------
    monthly : DataFrame
        As `stations.monthly` gives.

    Returns
    -------
    DataFrame
        station, month, sunshine = n / N and radiation = Rs / Ra [1] of the months of a station that have
        both, the polar night left out; N and Ra as in `evapotranspiration.solar_radiation`.
    """
    wide = monthly.pivot_table("value", ["station", "latitude", "month"], "variable").reset_index()
    wide = wide.reindex(columns=["station", "latitude", "month", "sunshine", "solar_radiation"]).dropna()
    wide = wide.assign(longest=np.nan, above=np.nan)
    for latitude, own in wide.groupby("latitude"):
        months = own["month"].to_numpy(str).astype("datetime64[M]")
        wide.loc[own.index, "longest"] = monthly_daylight_hours(months, np.array(latitude))
        wide.loc[own.index, "above"] = monthly_extraterrestrial_radiation(months, np.array(latitude))
    wide = wide[wide["longest"] > _DARK_H]
    return wide[["station", "month"]].assign(
        sunshine=np.minimum(wide["sunshine"] / wide["longest"], 1.0),
        radiation=wide["solar_radiation"] / wide["above"],
    )


def calibrate(monthly: pd.DataFrame) -> Coefficients:
    """Fit the coefficients by least squares over all station-months with both quantities.

    Raises
    ------
    ValueError
        For fewer than FEWEST_MONTHS station-months, and for coefficients outside A_RANGE and B_RANGE.
    """
    pairs = clearness(monthly)
    if len(pairs) < FEWEST_MONTHS or pairs["sunshine"].nunique() < 3:
        raise ValueError(
            f"climate.angstrom: calibrated needs {FEWEST_MONTHS} station-months with both sunshine and "
            f"solar_radiation; there are {len(pairs)}. Give the coefficients, as in {{a: 0.25, b: 0.50}}"
        )
    x, y = pairs["sunshine"].to_numpy(), pairs["radiation"].to_numpy()
    design = np.stack([np.ones_like(x), x], axis=1)
    (a, b), *_ = np.linalg.lstsq(design, y)
    residual = y - design @ [a, b]
    variance = residual @ residual / (len(y) - 2)
    a_error, b_error = np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design)))
    wrong = [
        f"{name} = {value:.3f} (usual are {low:g} to {high:g})"
        for name, value, (low, high) in (("a", a, A_RANGE), ("b", b, B_RANGE))
        if not low <= value <= high
    ]
    if wrong:
        raise ValueError(
            f"climate.angstrom: calibrated gives {' and '.join(wrong)} from {len(pairs)} station-months; "
            "check the units and the quality of solar_radiation and sunshine, or give the coefficients"
        )
    r2 = 1 - residual @ residual / np.sum((y - y.mean()) ** 2)
    return Coefficients(
        a=float(a),
        b=float(b),
        a_error=float(a_error),
        b_error=float(b_error),
        r2=float(r2),
        stations=pairs["station"].nunique(),
        months=len(pairs),
    )
