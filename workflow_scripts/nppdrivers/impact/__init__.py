"""Impact of an event on a place against land without it: matched controls, before and after, fake places."""

from nppdrivers.impact.effect import Estimate, contrast, estimate, recovered_year
from nppdrivers.impact.fakes import fake_places
from nppdrivers.impact.matching import Pool, mean_differences, slopes_within_classes

__all__ = [
    "Estimate",
    "Pool",
    "contrast",
    "estimate",
    "fake_places",
    "mean_differences",
    "recovered_year",
    "slopes_within_classes",
]
