"""What a raster must be: whole, in its unit, on true ground."""
