"""Reading what users bring: tables, vector layers, ready rasters; problems with them."""
