"""NPP of the classes, its spread, statistics and validation."""
