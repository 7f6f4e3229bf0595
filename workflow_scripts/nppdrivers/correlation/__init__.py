"""Local correlation of two maps."""

from nppdrivers.correlation.local import local_correlation

__all__ = ["local_correlation"]
