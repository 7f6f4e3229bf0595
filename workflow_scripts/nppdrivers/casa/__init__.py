"""Net primary productivity by CASA."""

from nppdrivers.casa.model import PAR_SHARE, Options, Result, simulate
from nppdrivers.casa.parameters import (
    check_units,
    class_month_sums,
    ndvi_bounds,
    ndvi_histogram,
    optimum_temperature,
    regional_optimum_temperature,
)
from nppdrivers.casa.scalars import (
    fpar,
    simple_ratio,
    temperature_scalar_1,
    temperature_scalar_2,
)

__all__ = [
    "PAR_SHARE",
    "Options",
    "Result",
    "check_units",
    "class_month_sums",
    "fpar",
    "ndvi_bounds",
    "ndvi_histogram",
    "optimum_temperature",
    "regional_optimum_temperature",
    "simple_ratio",
    "simulate",
    "temperature_scalar_1",
    "temperature_scalar_2",
]
