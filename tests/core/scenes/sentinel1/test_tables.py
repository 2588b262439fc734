# SPDX-License-Identifier: GPL-2.0-or-later
"""Noise tables with the gaps that real products have, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.files.xml_file import load
from metocean.core.geometry.working_grid import Axis, WorkingGrid
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.noise import read_noise
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import NoiseFormat, Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal

AZIMUTH = (
    "<noiseAzimuthVectorList><noiseAzimuthVector>{bounds}<line>-99 999</line>"
    "<noiseAzimuthLut>{factor} {factor}</noiseAzimuthLut></noiseAzimuthVector></noiseAzimuthVectorList>"
)
BOUNDS = "".join(
    f"<{name}>{value}</{name}>"
    for name, value in (
        ("firstAzimuthLine", -99),
        ("lastAzimuthLine", 999),
        ("firstRangeSample", 0),
        ("lastRangeSample", 99),
    )
)
EVERYWHERE = AZIMUTH.format(bounds=BOUNDS, factor=1)


def noise_file(path, vectors, old=False):
    kind, lut = ("noiseVector", "noiseLut") if old else ("noiseRangeVector", "noiseRangeLut")
    body = "".join(
        f"<{kind}><line>{line}</line><pixel>0 10 20 30</pixel><{lut}>{values}</{lut}></{kind}>"
        for line, values in vectors
    )
    path.write_text(f"<noise><{kind}List>{body}</{kind}List>{'' if old else EVERYWHERE}</noise>")
    return read_noise(load(str(path)))


def rows(noise, lines, samples):
    lines, samples = np.array(lines, float), np.array(samples, float)
    return noise.rows(noise.table.across(samples), lines, samples)


@pytest.mark.parametrize("old", [True, False])
def test_zeros_are_missing_noise_and_their_neighbours_stand_for_them(tmp_path, old):
    vectors = [(0, "100 0 300 0"), (40, "0 0 0 0"), (80, "0 500 500 500")]
    noise = noise_file(tmp_path / "n.xml", vectors, old)
    got = rows(noise, [0, 80], [0, 10, 25, 30])
    np.testing.assert_allclose(got, [[100, 200, 300, 300], [500, 500, 500, 500]])
    # The vector of zeros at line 40 is none: between its neighbours the nearest counts, or a straight line.
    np.testing.assert_allclose(rows(noise, [30, 50], [20]), [[375], [425]] if old else [[300], [500]])


@pytest.mark.parametrize("old", [True, False])
def test_vectors_begin_before_the_image_and_end_inside_it(tmp_path, old):
    noise = noise_file(tmp_path / "n.xml", [(-20, "100 100 100 100"), (20, "300 300 300 300")], old)
    wanted = [[200], [300], [300], [300]] if old else [[100], [300], [300], [300]]
    lines = [0 if old else -1, 20, 21, 500]
    np.testing.assert_allclose(rows(noise, lines, [15]), wanted)


def test_a_table_of_zeros_is_empty(tmp_path):
    assert not noise_file(tmp_path / "n.xml", [(0, "0 0 0 0")]).table.values


def test_noise_without_bounds_along_azimuth_is_that_along_range(tmp_path):
    noise_file(tmp_path / "n.xml", [(0, "100 200 300 400")])
    file = tmp_path / "n.xml"
    file.write_text(file.read_text().replace(EVERYWHERE, AZIMUTH.format(bounds="", factor=7)))
    np.testing.assert_allclose(rows(read_noise(load(str(file))), [5], [15]), [[250]])


def sigma0_of(safe, numbers=None, noise_removed=False):
    """Sigma0 of cells of 10 x 10 pixels; of other numbers, or as if noise were removed already."""
    if numbers is not None:
        image = gdal.Open(str(next((safe / "measurement").iterdir())), gdal.GA_Update)
        image.GetRasterBand(1).WriteArray(numbers)
        del image
    file = next((safe / "annotation").glob("*.xml"))
    text, element = file.read_text(), "thermalNoiseCorrectionPerformed>"
    file.write_text(text.replace(f"{element}false", f"{element}{str(noise_removed).lower()}"))
    scene = open_scene(safe)
    grid = WorkingGrid(*(Axis.from_step(n, 10) for n in scene.shape))
    sigma0 = scene.source.reader(grid).rows(0, grid.shape[0])[0]
    file.write_text(text)
    return sigma0


@pytest.mark.parametrize("noise", [NoiseFormat.RANGE_AND_AZIMUTH, NoiseFormat.RANGE_ONLY])
def test_pixels_below_the_noise_count_in_means(tmp_path, noise):
    safe = write_safe(tmp_path, SeaSigma0(np.full((60, 80), 0.05), 100.0), None, Product(100.0, noise=noise))
    numbers = np.full((60, 80), 100, np.uint16)
    bright = sigma0_of(safe, numbers, noise_removed=True)
    noise = bright - sigma0_of(safe)
    assert (bright * 0.12**2 < noise / 4).all()
    # At the edges dark pixels would be border noise.
    numbers[1:-1, 1:-1:2] = 12
    mixed = sigma0_of(safe, numbers, noise_removed=True)
    np.testing.assert_allclose(sigma0_of(safe, numbers), mixed - noise, rtol=1e-4)
