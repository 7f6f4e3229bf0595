"""Fine images delivered by tiles of the military grid: HLS and Sentinel-2."""
