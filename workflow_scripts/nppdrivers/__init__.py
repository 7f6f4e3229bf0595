"""Drivers of net primary productivity in mining areas: the science behind the workflow."""

__version__ = "0.2.0"
