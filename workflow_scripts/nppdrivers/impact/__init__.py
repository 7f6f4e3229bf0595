"""Impact of an event on a place against land without it: matched controls, before and after, fake places."""

from nppdrivers.impact.effect import Estimate, Fakes, contrast, estimate, recovered_year
from nppdrivers.impact.fakes import fake_places
from nppdrivers.impact.likeness import lag_covariances, mean_covariance
from nppdrivers.impact.matching import Pool, mean_differences, slopes_within_classes, within_classes
from nppdrivers.impact.true_cells import TrueCells

__all__ = [
    "Estimate",
    "Fakes",
    "Pool",
    "TrueCells",
    "contrast",
    "estimate",
    "fake_places",
    "lag_covariances",
    "mean_covariance",
    "mean_differences",
    "recovered_year",
    "slopes_within_classes",
    "within_classes",
]
