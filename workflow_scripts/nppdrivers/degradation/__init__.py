"""Land degradation from a hazard survey, weighted by the analytic hierarchy process."""

from nppdrivers.degradation.indicators import (
    LARGEST_INCONSISTENCY,
    ahp_weights,
    check_consistency,
    indicator_layer,
    land_degradation,
    normalise,
    survey_indicators,
    weights_and_ratio,
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
