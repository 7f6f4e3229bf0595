"""The pages of results and of checks."""
