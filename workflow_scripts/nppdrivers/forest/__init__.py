"""Random regression forests."""

from nppdrivers.forest.forest import Forest, default_mtry

__all__ = ["Forest", "default_mtry"]
