"""Whether weather can be true: each series alone, and stations and years compared with each other."""
