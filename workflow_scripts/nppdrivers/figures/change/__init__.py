"""Figures of change over the years."""
