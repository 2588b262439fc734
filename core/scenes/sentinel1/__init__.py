"""Sentinel-1 products as scenes."""
