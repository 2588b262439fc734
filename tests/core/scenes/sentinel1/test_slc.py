# SPDX-License-Identifier: GPL-2.0-or-later
"""Complex images become intensity on the ground, in the right place and size."""

from __future__ import annotations

import re

import numpy as np
import pytest
from complex_products import POWER_OVER_REFERENCE, SCAN, WAVE, Geometry, make_product
from metocean.core.errors import InputError
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.bursts import BurstLines
from metocean.core.scenes.sentinel1.slc import GroundRange
from metocean.core.scenes.sentinel1.tables import PointGrid
from metocean.core.scenes.types.scene import Quantity
from sea import roughness_of


def distance_m(scene, row: int, column: int, latitude: float, longitude: float) -> float:
    """Return how far the centre of a cell of the result is from a place."""
    step = 100 / scene.spacing_m[1], 100 / scene.spacing_m[0]
    x, y = scene.georeference.locate(np.array([(column + 0.5) * step[0]]), np.array([(row + 0.5) * step[1]]))
    degrees = spatial_reference("EPSG:4326")
    longitudes, latitudes = transform(spatial_reference(scene.georeference.wkt), degrees, x, y)
    x, y = transform(degrees, laea(longitude, latitude), longitudes, latitudes)
    return float(np.hypot(x[0], y[0]))


# In the wave image anywhere, in the scanned one where two bursts overlap.
@pytest.mark.parametrize(
    ("mode", "swaths", "target"), [(WAVE, ("wv1",), (650, 240)), (SCAN, ("iw1",), (104, 640))]
)
def test_intensity_incidence_and_places(tmp_path, mode, swaths, target):
    scene = open_scene(make_product(tmp_path, mode, swaths, target))
    assert (scene.quantity, scene.polarisation) == (Quantity.SIGMA0, "VV") and not scene.warnings
    values = roughness_of(scene, tmp_path)
    peaks = np.argwhere(values > 1.5 * np.median(values))
    assert np.ptp(peaks, axis=0).max() <= 1, "the target is seen once"
    brightest = np.unravel_index(values.argmax(), values.shape)
    latitude, longitude, _ = Geometry.of(mode).locate(np.array([target[0]]), np.array([target[1]]))
    # Half a cell's diagonal.
    assert distance_m(scene, *brightest, latitude.item(), longitude.item()) < 71
    ratio = values[values < 1.5 * np.median(values)] / np.sqrt(POWER_OVER_REFERENCE)
    assert (ratio > 0).all() and abs(ratio.mean() - 1) < 0.005
    # About 500 looks in a cell of the wave image, 150 of the scanned one.
    assert ratio.std() < (0.03 if mode is WAVE else 0.06)


def test_size_on_the_ground(tmp_path):
    scene = open_scene(make_product(tmp_path, SCAN, ("iw1",), (-1, 0)))
    # From the first valid line of the first burst to the last of the last.
    assert scene.shape[0] == 190 + 114 - 6
    incidence = Geometry.of(SCAN).locate(np.array([150.0]), np.arange(SCAN.samples))[2][0]
    ground_m = (SCAN.slant_m / np.sin(np.deg2rad(incidence))).sum()
    assert scene.spacing_m[0] == 13.9 and scene.spacing_m[1] == pytest.approx(13.9)
    assert scene.shape[1] == int(ground_m / 13.9)
    assert "3 bursts" in " ".join(scene.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: re.sub(r"(TimeInterval>)[^<]*", r"\g<1>0", t), "follow at no interval"),
        (lambda t: re.sub(r"(rangePixelSpacing>)[^<]*", r"\g<1>-2.3", t), r"-2\.3 of rangePixelSpacing"),
        (lambda t: re.sub(r"(<incidenceAngle>)[^<]*", r"\g<1>0", t), r"incidence angles .* impossible"),
        # The first burst a century early.
        (lambda t: t.replace("<burst><azimuthTime>2021", "<burst><azimuthTime>1921", 1), "contradict"),
        (
            lambda t: t.replace("<linesPerBurst>120", "<linesPerBurst>119"),
            "no valid numbers|contradict its size",
        ),
        (
            lambda t: t.replace("2021-06-15T07:02:11.000000</azimuthTime><first", "soon</azimuthTime><first"),
            "azimuth time",
        ),
        (
            lambda t: re.sub(r"<burst><azimuthTime>[^<]*", "<burst><azimuthTime>2021-06-15T07:02:11", t),
            "contradict",
        ),
        (
            lambda t: re.sub(r"(<firstValidSample>)[^<]*", r"\1" + " ".join(["-1"] * 120), t),
            "without valid lines",
        ),
        (lambda t: t.replace("<numberOfSamples>900", "<numberOfSamples>901"), "900 x 360 pixels"),
    ],
)
def test_bursts_that_contradict_themselves(tmp_path, change, message):
    safe = make_product(tmp_path, SCAN, ("iw1",), (-1, 0))
    (file,) = (safe / "annotation").glob("*.xml")
    file.write_text(change(file.read_text()))
    with pytest.raises(InputError, match=message):
        open_scene(safe)


def test_ground_range_against_a_loop():
    edges = np.concatenate([[0.0], np.cumsum([4.0, 3.5, 3.0, 2.5, 2.0])])
    ground = GroundRange(edges, 4.5)
    weights = ground.weights().toarray()
    assert weights.shape == (3, 5)
    for cell in range(3):
        for sample in range(5):
            low, high = max(edges[sample], cell * 4.5), min(edges[sample + 1], cell * 4.5 + 4.5)
            assert weights[cell, sample] == pytest.approx(max(0.0, high - low) / 4.5, abs=1e-6)
    positions = np.array([0.3, 1.7])
    np.testing.assert_allclose(ground.to_ground(ground.to_samples(positions)), positions)


def test_runs_of_stored_lines():
    grid = PointGrid(*(np.zeros(1) for _ in range(6)))
    sequence = BurstLines(np.array([3, 4, 5, 9, 10, 20]), grid, 3)
    assert sequence.runs(0, 6) == [(3, 3), (9, 2), (20, 1)]
    assert sequence.runs(1, 3) == [(4, 2), (9, 1)]
