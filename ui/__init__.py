"""What QGIS sees: provider, algorithms, styles."""
