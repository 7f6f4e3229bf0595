"""Checks of all raw inputs before any heavy job."""
