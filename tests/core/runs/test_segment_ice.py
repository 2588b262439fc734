# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits of ice: where it cannot be, other classes take its share."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.feedback import Silent
from metocean.core.results.areas import Area
from metocean.core.results.ice_limits import IceLimits
from metocean.core.runs.options import SegmentOptions
from metocean.core.runs.segment import segment
from osgeo import gdal, osr
from rasters import read_raster


def ice_and_sea(roughness_file):
    """Stripes of 2 km at 46.04° N, from north to south: IB, SI, POW, IB."""
    return roughness_file(np.repeat([0.5, 1.7, 1.3, 0.5], 20)[:, None] * np.ones((1, 40)))


def test_ice_beyond_its_limits_gives_way_to_other_classes(roughness_file, brightness_method, outputs):
    path = ice_and_sea(roughness_file)
    options = SegmentOptions(ice=IceLimits(north_deg=45.0), threshold=0.1)
    result = segment(path, brightness_method(), options, outputs, Silent())
    shares = [result.areas[code].percent for code in ("IB", "SI", "POW")]
    assert shares == pytest.approx([50.0, 25.0, 25.0])
    assert result.further == {"bright": Area(0.0, 0.0)}
    options = SegmentOptions(ice=IceLimits(north_deg=60.0), threshold=0.1)
    result = segment(path, brightness_method(), options, outputs, Silent())
    assert (result.areas["IB"].km2, result.areas["SI"].km2) == (0, 0)
    assert result.further["bright"].percent == pytest.approx(50.0)
    # Eight classes are left, all with 0.03 once.
    np.testing.assert_allclose(read_raster(outputs.probabilities)[[0, 2, 8], 0, 0], [0.125, 0, 0], rtol=1e-5)
    classes = read_raster(outputs.classes)
    assert set(np.unique(classes)) == {1, 7} and (classes[10:15] == 7).all()
    with open(outputs.areas, encoding="utf-8") as file:
        last = file.read().splitlines()[-1]
    assert last == f"bright,Bright targets,{result.further['bright'].km2:.3f},50.000"
    assert "ice only poleward" in gdal.Open(outputs.classes).GetMetadataItem("METOCEAN_ICE")


def test_the_limit_of_ice_runs_through_a_scene(roughness_file, brightness_method, outputs):
    path = roughness_file(np.full((400, 40), 0.5))  # IB, 40 km from north to south
    edge = 5_100_000 - 20_000
    utm, degrees = osr.SpatialReference(), osr.SpatialReference()
    utm.ImportFromEPSG(32630)
    degrees.ImportFromEPSG(4326)
    latitude = osr.CoordinateTransformation(utm, degrees).TransformPoint(402_000, edge)[0]
    options = SegmentOptions(ice=IceLimits(north_deg=latitude))
    result = segment(path, brightness_method(), options, outputs, Silent())
    classes = read_raster(outputs.classes)
    assert (classes[:50] == 3).all() and (classes[50:] == 0).all(), "below the limit all is undecided"
    halves = result.areas["IB"], result.undecided, result.further["bright"]
    assert [half.percent for half in halves] == pytest.approx([50.0] * 3)


def test_where_ice_can_be_is_not_known_without_a_place(roughness_file, brightness_method, outputs):
    path = roughness_file(np.ones((256, 256)), georeferenced=False)
    options = SegmentOptions(ice=IceLimits(seasonal=True))
    with pytest.raises(InputError, match="where ice can be"):
        segment(path, brightness_method(), options, outputs, Silent())
