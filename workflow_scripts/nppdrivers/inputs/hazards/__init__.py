"""The hazard survey and its tables of settings."""
