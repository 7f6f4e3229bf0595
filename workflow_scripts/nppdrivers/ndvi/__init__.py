"""NDVI of months from the fused series."""
