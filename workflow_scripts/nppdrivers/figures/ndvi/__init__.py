"""Figures of NDVI from several sensors."""
