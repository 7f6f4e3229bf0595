"""Fused NDVI of each interval between base images, and its error."""
