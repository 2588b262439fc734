# SPDX-License-Identifier: GPL-2.0-or-later
"""Geolocation grids that are no full rectangle, against the full grid they were made of."""

from __future__ import annotations

import re

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.files.xml_file import parse
from metocean.core.geometry.projections import spatial_reference, transform
from metocean.core.scenes.sentinel1.tables import read_grid
from metocean.training.simulator.product.imaging import Acquisition

ACROSS_180 = Acquisition(-17.0, 180.0)


def points_of(written, acquisition):
    text = next((written(acquisition).safe / "annotation").glob("*.xml")).read_text()
    return re.findall(r"<geolocationGridPoint>.*?</geolocationGridPoint>", text, re.DOTALL)


def grid_of(points):
    text = "".join(points)
    for name in ("geolocationGridPointList", "geolocationGrid", "product"):
        text = f"<{name}>{text}</{name}>"
    return read_grid(parse(text, "annotation.xml"))


def value(point, name):
    return float(re.search(rf"<{name}>([^<]*)<", point)[1])


def row_of(points, number):
    line = np.unique([value(p, "line") for p in points])[number]
    return [p for p in points if value(p, "line") == line]


def lost_point(points):
    return points[:30] + points[31:]


def lost_corner(points):
    return points[1:]


def lost_points_of_every_row(points):
    return [p for number, p in enumerate(points) if number % 7 != 3]


def doubled_row(points):
    return points + row_of(points, 2)


def doubled_and_lost(points):
    """As many points as a full grid has."""
    return [*lost_point(points), points[50]]


def own_samples(points):
    """Every second row lacks every third sample: the others have theirs."""
    return [
        p
        for row in range(len({value(p, "line") for p in points}))
        for number, p in enumerate(row_of(points, row))
        if row % 2 or number % 3 != 1
    ]


MENDED = [lost_point, lost_corner, lost_points_of_every_row, doubled_row, doubled_and_lost, own_samples]


@pytest.mark.parametrize("acquisition", [Acquisition(), ACROSS_180, Acquisition(79.0, 30.0)])
@pytest.mark.parametrize("change", MENDED)
def test_an_irregular_grid_says_what_the_full_one_says(written, change, acquisition):
    points = points_of(written, acquisition)
    full, mended = grid_of(points), grid_of(change(points))
    lines, samples = np.arange(0, 420, 7), np.arange(0, 630, 7)
    np.testing.assert_allclose(mended.incidence(lines, samples), full.incidence(lines, samples), atol=0.01)
    at = np.meshgrid(samples + 0.5, lines + 0.5)
    there = mended.georeference()
    x, y = full.georeference().locate(*at)
    x_mended, y_mended = move(there, full.georeference(), *there.locate(*at))
    assert np.hypot(x - x_mended, y - y_mended).max() < 100


def move(own, other, x, y):
    return transform(spatial_reference(own.wkt), spatial_reference(other.wkt), x, y)


def test_a_full_grid_in_any_order_is_taken_as_it_is(written):
    points = points_of(written, Acquisition())
    grid, shuffled = grid_of(points), grid_of(points[::-1])
    for name in ("lines", "samples", "longitudes", "latitudes", "heights_m", "incidences_deg"):
        np.testing.assert_array_equal(getattr(grid, name), getattr(shuffled, name))
    assert grid.longitudes[0, 0] == value(points[0], "longitude")


def test_what_contradicts_itself_or_does_not_suffice_is_refused(written):
    points = points_of(written, Acquisition())
    latitude = value(points[30], "latitude")
    moved = points[30].replace(
        f"<latitude>{re.search('<latitude>([^<]*)', points[30])[1]}", f"<latitude>{latitude + 0.1}"
    )
    with pytest.raises(InputError, match="contradicts itself"):
        grid_of([*points, moved])
    for few in (row_of(points, 0), points[:1], row_of(points, 0) + row_of(points, 1)[:1]):
        with pytest.raises(InputError, match="is incomplete"):
            grid_of(few)
    half = [p for p in points if value(p, "pixel") < 300 or value(p, "line") == 0]
    with pytest.raises(InputError, match="is incomplete"):
        grid_of(half)
