"""Fine and coarse images: from raw files to NDVI on the grid."""
