"""Plain rasters as scenes."""
