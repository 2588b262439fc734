# SPDX-License-Identifier: GPL-2.0-or-later
"""Where ice may be: latitudes against GDAL pixel by pixel and known control points, limits by hand."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from metocean.core.classes import CODES, class_index
from metocean.core.errors import OptionError
from metocean.core.geometry.georeference import Georeference, SurveyPoints, from_survey
from metocean.core.geometry.projections import spatial_reference, transform
from metocean.core.results.ice_limits import NORTH_DEG, SOUTH_DEG, IceLimits, latitudes


def _survey():
    """Control points of a descending swath of 200 x 300 cells off Greenland, in degrees."""
    samples, lines = (v.ravel() for v in np.meshgrid(np.linspace(0, 200, 9), np.linspace(0, 300, 9)))
    longitude = -20 - samples * 0.008 - lines * 0.002
    latitude = 64 - lines * 0.0036 + samples * 0.0007
    nothing = np.zeros(len(samples))
    return SurveyPoints(samples, lines, longitude, latitude, nothing, nothing + 38)


def test_latitudes_of_a_map_are_those_of_its_coordinates():
    wkt = spatial_reference("EPSG:32633").ExportToWkt()
    place = Georeference(wkt, (300_000.0, 400.0, 0.0, 7_000_000.0, 0.0, -400.0))
    rows, columns = np.mgrid[:500, :600] + 0.5
    expected = transform(
        spatial_reference(wkt),
        spatial_reference("EPSG:4326"),
        300_000 + 400 * columns,
        7_000_000 - 400 * rows,
    )[1]
    np.testing.assert_allclose(latitudes(place, (500, 600)), expected, atol=2e-4)


def test_latitudes_in_radar_geometry_follow_the_control_points():
    found = latitudes(from_survey(_survey()), (300, 200))
    rows, columns = np.mgrid[:300, :200] + 0.5
    np.testing.assert_allclose(found, 64 - rows * 0.0036 + columns * 0.0007, atol=2e-3)


def test_forbidden_between_the_latitudes_alone():
    places = np.array([[-70.0, -50.0, -40.0], [0.0, 46.9, 47.1], [80.0, np.inf, np.nan]])
    forbidden = IceLimits(north_deg=47.0, south_deg=-45.0).forbid(places, acquired=None)
    expected = np.array([[False, False, True], [True, True, False], [False, False, False]])
    for index, code in enumerate(CODES):
        np.testing.assert_array_equal(forbidden[index], expected & (code in ("SI", "IB")))


def test_a_hemisphere_without_a_limit_may_have_ice_anywhere():
    forbidden = IceLimits(north_deg=60.0).forbid(np.array([-10.0, 10.0]), acquired=None)
    assert forbidden[class_index("SI")].tolist() == [False, True]


def test_the_season_decides_and_what_is_given_comes_first():
    september, march = (IceLimits(seasonal=True).between("SI", datetime(2021, month, 15)) for month in (9, 3))
    assert september == (SOUTH_DEG["SI"][8], NORTH_DEG["SI"][8])
    assert march[1] < september[1] and march[0] < september[0], "winter brings ice nearer to the equator"
    assert IceLimits(seasonal=True, north_deg=70.0).between("SI", datetime(2021, 9, 1)) == (
        SOUTH_DEG["SI"][8],
        70.0,
    )


def test_without_a_month_all_months_count():
    limits = IceLimits(seasonal=True)
    for code in NORTH_DEG:
        south, north = limits.between(code, None)
        assert (south, north) == (max(SOUTH_DEG[code]), min(NORTH_DEG[code]))
    assert "SI 37° N and 53° S" in limits.describe(None)


@pytest.mark.parametrize("table", [NORTH_DEG, SOUTH_DEG])
def test_the_tables_have_every_month_and_no_jump_of_a_season(table):
    for months in table.values():
        assert len(months) == 12
        assert np.abs(np.diff([*months, months[0]])).max() <= 15


@pytest.mark.parametrize("options", [{"north_deg": -5.0}, {"north_deg": 91.0}, {"south_deg": 10.0}])
def test_latitudes_of_the_wrong_hemisphere_are_refused(options):
    with pytest.raises(OptionError, match="0 to 90 in the north"):
        IceLimits(**options)


def test_what_is_not_given_limits_nothing():
    assert IceLimits().describe(None) == "ice anywhere"
    assert not IceLimits().given and IceLimits(seasonal=True).given and IceLimits(south_deg=-50.0).given
