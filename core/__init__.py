"""Numpy, scipy and GDAL: from a file to styled rasters. Knows neither QGIS nor torch."""
