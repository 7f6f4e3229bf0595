"""Land degradation from a hazard survey, weighted by the analytic hierarchy process."""

from nppdrivers.degradation.ahp import (
    LARGEST_INCONSISTENCY,
    ahp_weights,
    check_consistency,
    weights_and_ratio,
)
from nppdrivers.degradation.indicators import (
    indicator_layer,
    land_degradation,
    normalise,
    survey_indicators,
)

__all__ = [
    "LARGEST_INCONSISTENCY",
    "ahp_weights",
    "check_consistency",
    "indicator_layer",
    "land_degradation",
    "normalise",
    "survey_indicators",
    "weights_and_ratio",
]
