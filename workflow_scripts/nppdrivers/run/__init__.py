"""A run as a whole: its lock, and results that have lost their records."""
