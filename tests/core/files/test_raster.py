# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL's cache is small during runs."""

from __future__ import annotations

from metocean.core.files.raster import small_cache
from osgeo import gdal


def test_overlapping_runs_give_the_cache_back():
    before = gdal.GetCacheMax()
    first, second = small_cache(), small_cache()
    first.__enter__()
    second.__enter__()
    assert gdal.GetCacheMax() < before
    first.__exit__(None, None, None)
    assert gdal.GetCacheMax() < before
    second.__exit__(None, None, None)
    assert gdal.GetCacheMax() == before
