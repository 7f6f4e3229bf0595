"""Figures of a run: arrays, tables and a Grid in, a matplotlib Figure out; `save` writes it."""

from nppdrivers.figures.canvas import save
from nppdrivers.figures.certainty import DominantMaps, dominant_certainty
from nppdrivers.figures.charts import (
    fusion_shares,
    ndvi_series,
    seasonal_curve,
    validation_scatter,
    variograms,
)
from nppdrivers.figures.checks import driver_matrices, experiment_shares, shares_and_chance
from nppdrivers.figures.contributions import contribution_composite, dominant_map, importance_ranking
from nppdrivers.figures.effects import effects_by_class
from nppdrivers.figures.flow import Node, attribution_scheme, flow_chart, npp_scheme, rule_graph
from nppdrivers.figures.local_correlation import local_correlation_panels
from nppdrivers.figures.maps import map_classes, map_continuous, mean_npp
from nppdrivers.figures.panels import (
    actual_contributions,
    climate_surfaces,
    monthly_ndvi,
    panels_one_scale,
    panels_own_scales,
    relative_contributions,
    shapley_values,
    soil_maps,
)
from nppdrivers.figures.surveys import land_degradation, sampled_points, study_area

__all__ = [
    "DominantMaps",
    "Node",
    "actual_contributions",
    "attribution_scheme",
    "climate_surfaces",
    "contribution_composite",
    "dominant_certainty",
    "dominant_map",
    "driver_matrices",
    "effects_by_class",
    "experiment_shares",
    "flow_chart",
    "fusion_shares",
    "importance_ranking",
    "land_degradation",
    "local_correlation_panels",
    "map_classes",
    "map_continuous",
    "mean_npp",
    "monthly_ndvi",
    "ndvi_series",
    "npp_scheme",
    "panels_one_scale",
    "panels_own_scales",
    "relative_contributions",
    "rule_graph",
    "sampled_points",
    "save",
    "seasonal_curve",
    "shapley_values",
    "shares_and_chance",
    "soil_maps",
    "study_area",
    "validation_scatter",
    "variograms",
]
