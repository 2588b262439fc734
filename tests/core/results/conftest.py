# SPDX-License-Identifier: GPL-2.0-or-later
"""A map for results to lie on."""

from __future__ import annotations

import pytest
from metocean.core.geometry.georeference import Georeference
from rasters import wkt_of


@pytest.fixture
def map_georeference():
    return Georeference(wkt_of("EPSG:32630"), (400_000.0, 400.0, 0.0, 5_300_000.0, 0.0, -400.0))
