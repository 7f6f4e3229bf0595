"""Checks of tables of places: soil samples, plots, measured points."""
