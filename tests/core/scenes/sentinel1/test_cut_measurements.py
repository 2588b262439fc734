# SPDX-License-Identifier: GPL-2.0-or-later
"""Measurements that were cut, decimated or exchanged and put back: in their place, or refused."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.feedback import Silent
from metocean.core.geometry.projections import spatial_reference, transform
from metocean.core.geometry.working_grid import Axis, WorkingGrid
from metocean.core.roughness.prepare import prepare
from metocean.core.roughness.roughness import RoughnessOptions
from metocean.core.scenes.opening import open_scene
from metocean.training.simulator.product.imaging import Acquisition
from osgeo import gdal
from rasters import read_raster


def put_back(safe, change):
    """Exchange the measurement for what ``change`` makes of it: (source, target) -> data set."""
    (image,) = (safe / "measurement").iterdir()
    original = image.rename(safe.parent / "original.tif")
    change(str(original), str(image))
    return safe


def cut(left, top, samples, lines, **options):
    return lambda source, target: gdal.Translate(
        target, source, srcWin=[left, top, samples, lines], **options
    )


def without_points(left, top, samples, lines):
    def change(source, target):
        cut(left, top, samples, lines)(source, target)
        dataset = gdal.Open(target, gdal.GA_Update)
        dataset.SetGCPs([], "")

    return change


# The whole is 630 x 420 px of 400 m.
CUTS = {
    "1.9 % lost at near range": ((12, 0, 618, 420), {}),
    "1.9 % lost at far range": ((0, 0, 618, 420), {}),
    "some lost of all sides": ((30, 20, 560, 380), {}),
    "a small part": ((300, 100, 200, 200), {}),
    "cut and decimated": ((30, 20, 560, 380), {"width": 280, "height": 190}),
    "put back to the old size": ((12, 7, 630, 420), {}),
}


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("acquisition", [Acquisition(), Acquisition(-17.0, 180.0, ascending=True)])
def test_what_was_cut_lies_where_it_was(written, tmp_path, name, acquisition):
    window, options = CUTS[name]
    made = written(acquisition)
    whole = open_scene(made.safe)
    full, _ = whole.source.reader(grid_of(whole)).rows(0, 420)
    scene = open_scene(put_back(made.safe, cut(*window, **options)))
    assert "was cut" in "".join(scene.warnings)
    step = window[2] / scene.shape[1]
    at = np.meshgrid(np.linspace(5, scene.shape[1] - 5, 7), np.linspace(5, scene.shape[0] - 5, 7))
    x, y = whole.georeference.locate(at[0] * step + window[0], at[1] * step + window[1])
    there = transform(
        spatial_reference(scene.georeference.wkt),
        spatial_reference(whole.georeference.wkt),
        *scene.georeference.locate(*at),
    )
    assert np.hypot(there[0] - x, there[1] - y).max() < 1.0
    assert scene.spacing_m == pytest.approx((400 * step, 400 * step))
    if step == 1:
        part, _ = scene.source.reader(grid_of(scene)).rows(0, scene.shape[0])
        inside = full[window[1] :, window[0] :][: scene.shape[0], : scene.shape[1]]
        np.testing.assert_allclose(part[: len(inside), : inside.shape[1]], inside, rtol=1e-4)
    path = prepare(scene, str(tmp_path / "r.tif"), RoughnessOptions(800.0, even_seams=True), Silent()).path
    assert (read_raster(path) >= 0).mean() > 0.9


def grid_of(scene):
    return WorkingGrid(*(Axis.from_step(side, 1) for side in scene.shape))


@pytest.mark.parametrize(
    "change",
    [
        without_points(12, 0, 618, 420),
        without_points(12, 8, 618, 412),
        without_points(300, 100, 200, 200),
        cut(0, 0, 630, 420, width=630, height=210),
    ],
)
def test_what_cannot_be_told_is_refused(written, change):
    with pytest.raises(InputError, match="use the product's own image"):
        open_scene(put_back(written().safe, change))


def test_the_image_of_another_product_is_refused(written, tmp_path):
    (other,) = (written(Acquisition(60.0, 3.0)).safe / "measurement").iterdir()
    other = shutil.move(str(other), str(tmp_path / "other.tif"))
    made = written()

    def exchange(_source, target):
        gdal.Translate(target, other)

    with pytest.raises(InputError, match="lies elsewhere"):
        open_scene(put_back(made.safe, exchange))
