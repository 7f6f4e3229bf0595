"""Settings that are read in place of others: former names, and what the virtual basin implies."""
