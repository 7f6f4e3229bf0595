"""Change over the years: trends and their causes, effects of mines, recovery."""
