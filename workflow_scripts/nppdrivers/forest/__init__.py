"""Random regression forests."""

from nppdrivers.forest.forest import Forest

__all__ = ["Forest"]
