# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture of methods side by side, by its pixels."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import CLASSES
from metocean.core.errors import OutputError
from metocean.core.geometry.projections import spatial_reference
from osgeo import gdal


@pytest.fixture
def rasters(roughness_file, tmp_path):
    """A function that writes roughness and the class map beside it, of cells of 4 x 4 pixels."""
    from metocean.core.geometry.georeference import Georeference
    from metocean.core.results.rasters import create_classes

    def write(shape):
        path = roughness_file(np.full(shape, 0.5))
        classes = np.full((shape[0] // 4, shape[1] // 4), 3, np.uint8)
        classes[:, : shape[1] // 8] = 10
        target = str(tmp_path / "classes.tif")
        georeference = Georeference.from_dataset(gdal.Open(path)).coarsened(4, 4)
        dataset = create_classes(target, classes.shape, georeference)
        dataset.WriteArray(classes)
        return path, target

    return write


def _draw(tmp_path, roughness, classes, titles):
    from metocean.ui.maps.panel import draw_panel

    target = tmp_path / "panel.png"
    draw_panel(str(target), "a scene", roughness, {title: classes for title in titles})
    return np.moveaxis(gdal.Open(str(target)).ReadAsArray()[:3], 0, -1).astype(int)


def _pixels(picture, code):
    (rgb,) = (cls.rgb for cls in CLASSES if cls.code == code)
    return int((np.abs(picture - rgb).sum(axis=-1) == 0).sum())


@pytest.mark.parametrize("shape", [(64, 64), (40, 240), (240, 40)])
def test_every_map_has_its_colours_and_the_legend_all_ten(qgis_app, rasters, tmp_path, shape):
    from metocean.ui.maps.panel import MAP_PX, TEXT_PX

    picture = _draw(tmp_path, *rasters(shape), ["A", "B", "C"])
    for code in ("IB", "WS"):
        maps = _pixels(picture, code) - TEXT_PX**2
        assert maps == pytest.approx(3 * MAP_PX**2 / 2, rel=0.02)
    # The grey of RC is also one of the edges of letters.
    others = [cls.code for cls in CLASSES if cls.code not in ("IB", "WS", "RC")]
    assert all(_pixels(picture, code) == TEXT_PX**2 for code in others)
    assert 0.3 < picture.shape[1] / picture.shape[0] < 3


def _size_km(path):
    from metocean.ui.maps.panel_map import MappedRaster, km_per_unit

    km = MappedRaster.from_file(path, km_per_unit(path)).km
    return km.width(), km.height()


def test_an_image_without_a_place_is_taken_for_an_imagette(roughness_file):
    values = np.full((64, 32), 0.5)
    assert _size_km(roughness_file(values)) == pytest.approx((3.2, 6.4), rel=2e-3)
    nowhere = roughness_file(values, georeferenced=False)
    gdal.Open(nowhere, gdal.GA_Update).SetGeoTransform((0, 1, 0, 0, 0, -1))
    assert _size_km(nowhere) == pytest.approx((20, 20))


@pytest.mark.parametrize(
    ("epsg", "affine", "size_km"),
    [
        (32632, (5e5, 100, 0, 5e6, 0, 100), (3.2, 6.4)),  # south up
        (32632, (5e5, 0, 100, 5e6, 100, 0), (3.2, 6.4)),  # a quarter turned
        (32632, (5e5, 80, 60, 5e6, 60, -80), (3.2, 6.4)),
        (4326, (8.0, 1e-3, 0, 60.0, 0, -1e-3), (32 * 0.0557, 64 * 0.1114)),
        (3857, (8e5, 100, 0, 8399737.9, 0, -100), (1.6, 3.2)),  # at 60° N twice as large as it is
    ],
)
def test_maps_are_drawn_to_the_scale_of_the_ground(qgis_app, roughness_file, tmp_path, epsg, affine, size_km):
    path = roughness_file(np.full((64, 32), 0.5))
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.SetProjection(spatial_reference(f"EPSG:{epsg}").ExportToWkt())
    dataset.SetGeoTransform(affine)
    dataset = None
    assert _size_km(path) == pytest.approx(size_km, rel=0.01)
    picture = _draw(tmp_path, path, path, ["A"])
    assert picture.shape[0] > 400


@pytest.mark.parametrize(("most", "length"), [(6.7, 5), (83, 50), (20, 20), (0.13, 0.1), (1, 1)])
def test_the_scale_has_a_round_length(most, length):
    from metocean.ui.maps.panel import _round_length

    assert _round_length(most) == pytest.approx(length)


def test_a_picture_that_cannot_be_written_is_said(qgis_app, rasters, tmp_path):
    from metocean.ui.maps.panel import draw_panel

    roughness, classes = rasters((64, 64))
    with pytest.raises(OutputError, match="Cannot write"):
        draw_panel(str(tmp_path / "no" / "p.png"), "a scene", roughness, {"A": classes})


def test_maps_show_no_more_than_what_is_known():
    from metocean.ui.maps.panel_map import _known_window

    mask = np.zeros((40, 50), bool)
    assert _known_window(mask) == (0, 0, 50, 40)
    mask[7, 30] = mask[12, 9] = True
    sample, line, samples, lines = _known_window(mask)
    np.testing.assert_array_equal(mask[line : line + lines, sample : sample + samples], mask[7:13, 9:31])
