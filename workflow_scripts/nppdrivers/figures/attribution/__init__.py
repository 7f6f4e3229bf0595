"""Figures of the attribution."""
