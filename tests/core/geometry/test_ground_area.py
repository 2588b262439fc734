# SPDX-License-Identifier: GPL-2.0-or-later
"""Areas on the ground, against boxes of latitude and longitude on the ellipsoid and a known swath."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.geometry.georeference import Georeference, SurveyPoints, from_survey
from metocean.core.geometry.ground_area import pixel_areas_km2
from metocean.core.geometry.projections import laea, spatial_reference, transform
from scipy import integrate

A_KM, E2 = 6378.137, 0.00669437999014


def box_km2(south: float, north: float, width_deg: float) -> float:
    """Area between two latitudes on WGS 84 (Snyder 1987, equation 14-15 as an integral)."""

    def strip(phi: float) -> float:
        return A_KM**2 * (1 - E2) * np.cos(phi) / (1 - E2 * np.sin(phi) ** 2) ** 2

    return np.radians(width_deg) * integrate.quad(strip, np.radians(south), np.radians(north))[0]


def place(
    epsg: int, west: float, south: float, east: float, north: float, shape: tuple[int, int]
) -> Georeference:
    own = spatial_reference(f"EPSG:{epsg}")
    corners = np.array([west, east]), np.array([north, south])
    x, y = transform(spatial_reference("EPSG:4326"), own, *corners)
    affine = (x[0], (x[1] - x[0]) / shape[1], 0.0, y[0], 0.0, (y[1] - y[0]) / shape[0])
    return Georeference(own.ExportToWkt(), affine)


@pytest.mark.parametrize("longitude", [5.0, 178.0])
def test_mercator_shows_the_north_too_large(longitude):
    shape = 300, 100
    areas = pixel_areas_km2(place(3857, longitude, 60.0, longitude + 1.5, 66.0, shape), shape)
    assert areas.shape == shape
    assert areas.sum() == pytest.approx(box_km2(60, 66, 1.5), rel=1e-3)
    assert areas[0, 0] / areas[-1, 0] == pytest.approx(
        (np.cos(np.radians(66)) / np.cos(np.radians(60))) ** 2, rel=0.02
    )


def test_radar_geometry_has_the_areas_of_its_control_points():
    lines, samples = (
        v.ravel() for v in np.meshgrid(*(np.linspace(0, n, 9) for n in (200, 150)), indexing="ij")
    )
    ground = transform(laea(-30, 70), spatial_reference("EPSG:4326"), 400.0 * samples, -380.0 * lines)
    swath = from_survey(SurveyPoints(samples, lines, *ground, 0 * samples, 0 * samples + 38))
    np.testing.assert_allclose(pixel_areas_km2(swath, (200, 150)), 0.4 * 0.38, rtol=2e-3)


def test_what_a_projection_cannot_show_is_as_large_as_the_rest():
    globe = Georeference(
        spatial_reference("+proj=ortho +lat_0=0 +lon_0=0").ExportToWkt(), (-7e6, 7e4, 0.0, 7e6, 0.0, -7e4)
    )
    assert np.isfinite(pixel_areas_km2(globe, (200, 200))).all()
