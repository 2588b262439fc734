# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL's files beside rasters (.aux.xml), whatever the user's settings say of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from osgeo import gdal

_OPTION = "GDAL_PAM_ENABLED"
# For this thread alone where GDAL can, as other threads belong to others.
_get = getattr(gdal, "GetThreadLocalConfigOption", gdal.GetConfigOption)
_set = getattr(gdal, "SetThreadLocalConfigOption", gdal.SetConfigOption)


@contextmanager
def pam_enabled() -> Iterator[None]:
    """Let GDAL write them: names of categories and attribute tables have no other place in a GeoTIFF.

    Some switch them off for all programs, to keep folders tidy, and would get maps without names.
    """
    before = _get(_OPTION)
    _set(_OPTION, "YES")
    try:
        yield
    finally:
        _set(_OPTION, before)
