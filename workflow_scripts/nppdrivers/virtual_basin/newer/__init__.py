"""Files of newer sensors: VIIRS, Harmonized Landsat Sentinel-2, Sentinel-2."""
