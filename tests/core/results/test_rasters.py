# SPDX-License-Identifier: GPL-2.0-or-later
"""The rasters, read back with GDAL alone, as another program would."""

from __future__ import annotations

import numpy as np
import pytest
from feedback import CancelAfter
from metocean.core.classes import CLASSES, NODATA
from metocean.core.errors import Cancelled, OutputError
from metocean.core.feedback import Silent
from metocean.core.files.raster import output_errors
from metocean.core.geometry.georeference import Georeference
from metocean.core.geometry.map_grid import choose_crs
from metocean.core.geometry.warp import MapRaster, OutputMap, put_on_map
from metocean.core.results.areas import areas_from
from metocean.core.results.classification import classify
from metocean.core.results.rasters import (
    create_classes,
    create_probabilities,
    describe_bands,
    describe_classes,
)
from osgeo import gdal, osr
from probabilities import output_map_of, random_probabilities, write_probabilities
from rasters import gdal_exceptions


def test_classify_by_hand():
    pixels = np.full((10, 1, 5), 0.01)
    pixels[3, 0, 0] = 0.6
    pixels[9, 0, 1] = 0.5
    pixels[0, 0, 2] = 0.49
    pixels[:, 0, 3] = NODATA
    pixels[:, 0, 4] = np.nan
    np.testing.assert_array_equal(classify(pixels, 0.5), [[4, 10, 0, 255, 255]])
    assert classify(pixels, 0.0)[0, 2] == 1


def write_class_raster(path, values, georeference):
    dataset = create_classes(str(path), values.shape, georeference)
    dataset.WriteArray(values)
    dataset.FlushCache()
    return str(path)


def test_class_raster_carries_names_colours_and_table(tmp_path, map_georeference):
    values = classify(random_probabilities((300, 7)), 0.5)
    source = write_class_raster(tmp_path / "w.tif", values, map_georeference)
    target = str(tmp_path / "c.tif")
    put_on_map(
        MapRaster(source, target, 400.0, "near"), output_map_of(map_georeference, values.shape), Silent()
    )
    describe_classes(target, {"METOCEAN_MODEL": "test"}, areas_from(range(11)))
    dataset = gdal.Open(target)
    band = dataset.GetRasterBand(1)
    np.testing.assert_array_equal(band.ReadAsArray(), values)
    assert dataset.GetGeoTransform() == map_georeference.affine
    assert "32630" in dataset.GetProjection()
    assert band.GetNoDataValue() == 255
    assert band.GetColorTable().GetColorEntry(4)[:3] == (0xD6, 0x27, 0x28)
    assert band.GetCategoryNames()[:2] == ["undecided", "AF – Atmospheric Front"]
    items = dataset.GetMetadata()
    assert (items["METOCEAN_MODEL"], items["METOCEAN_QUANTITY"]) == ("test", "class")
    table = band.GetDefaultRAT()
    counts = np.bincount(values.ravel(), minlength=256)
    assert [table.GetValueAsInt(row, 5) for row in range(11)] == counts[:11].tolist()
    assert table.GetValueAsString(7, 1) == "POW – Pure Ocean Waves"
    assert [table.GetValueAsDouble(row, 6) for row in range(11)] == list(range(11))


def test_warping_keeps_classes_and_their_colours(tmp_path, map_georeference):
    values = np.full((40, 40), 255, np.uint8)
    values[5:35, 5:20], values[5:35, 20:35] = 2, 9
    source = write_class_raster(tmp_path / "w.tif", values, map_georeference)
    target = str(tmp_path / "c.tif")
    put_on_map(
        MapRaster(source, target, 400.0, "near"),
        output_map_of(map_georeference, (40, 40), "EPSG:3035"),
        Silent(),
    )
    band = (dataset := gdal.Open(target)).GetRasterBand(1)
    assert dataset.GetProjection() and set(np.unique(band.ReadAsArray())) == {2, 9, 255}
    assert band.GetColorTable().GetColorEntry(2)[:3] == CLASSES[1].rgb


def test_probability_raster_carries_band_names(tmp_path, map_georeference):
    working = write_probabilities(tmp_path / "w.tif", random_probabilities((5, 6)), map_georeference)
    path = str(tmp_path / "p.tif")
    output_map = output_map_of(map_georeference, (5, 6), "EPSG:3035")
    put_on_map(MapRaster(working, path, 400.0, "bilinear"), output_map, Silent())
    describe_bands(path, "class_probability", {"METOCEAN_SOURCE": "scene"})
    dataset = gdal.Open(path)
    labels = [dataset.GetRasterBand(i + 1).GetDescription() for i in range(10)]
    assert labels == [cls.label for cls in CLASSES]
    assert {dataset.GetRasterBand(i + 1).GetNoDataValue() for i in range(10)} == {NODATA}
    assert dataset.GetMetadataItem("METOCEAN_SOURCE") == "scene"
    structure = dataset.GetMetadata("IMAGE_STRUCTURE")
    assert (structure["INTERLEAVE"], structure["PREDICTOR"]) == ("BAND", "3")


def test_a_map_keeps_its_grid_and_values(tmp_path, map_georeference):
    values = random_probabilities((40, 30))
    source = write_probabilities(tmp_path / "p.tif", values, map_georeference)
    output_map = output_map_of(map_georeference, (40, 30))
    put_on_map(MapRaster(source, str(tmp_path / "q.tif"), 400.0, "bilinear"), output_map, Silent())
    dataset = gdal.Open(str(tmp_path / "q.tif"))
    assert dataset.GetGeoTransform() == map_georeference.affine
    np.testing.assert_array_equal(dataset.ReadAsArray(), values)


def test_another_crs_moves_a_spot_to_where_it_is(tmp_path, map_georeference):
    values = np.full((10, 41, 41), 0.1, np.float32)
    values[2, 20, 20] = 0.9
    source = write_probabilities(tmp_path / "p.tif", values, map_georeference)
    output_map = output_map_of(map_georeference, (41, 41), "EPSG:3035")
    put_on_map(MapRaster(source, str(tmp_path / "q.tif"), 400.0, "bilinear"), output_map, Silent())
    dataset = gdal.Open(str(tmp_path / "q.tif"))
    bright = dataset.GetRasterBand(3).ReadAsArray()
    row, column = np.unravel_index(bright.argmax(), bright.shape)
    left, dx, _, top, _, dy = dataset.GetGeoTransform()
    utm, laea = osr.SpatialReference(), osr.SpatialReference()
    utm.ImportFromEPSG(32630)
    laea.ImportFromEPSG(3035)
    for reference in (utm, laea):
        reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    x, y, _ = osr.CoordinateTransformation(utm, laea).TransformPoint(
        400_000 + 20.5 * 400, 5_300_000 - 20.5 * 400
    )
    assert abs(left + (column + 0.5) * dx - x) <= 400 and abs(top + (row + 0.5) * dy - y) <= 400


def test_a_raster_without_place_lies_on_its_image(tmp_path):
    source = write_probabilities(tmp_path / "p.tif", random_probabilities((64, 64)), Georeference())
    output_map = OutputMap.from_grid(Georeference(), (256, 256), (480, 512), wanted="")
    put_on_map(MapRaster(source, str(tmp_path / "q.tif"), 400.0, "bilinear"), output_map, Silent())
    dataset = gdal.Open(str(tmp_path / "q.tif"))
    assert dataset.GetGeoTransform() == (0.0, 8.0, 0.0, 0.0, 0.0, -7.5)
    assert dataset.GetProjection() == ""


@pytest.mark.parametrize("exceptions", [True, False])
def test_what_gdal_cannot_write_is_one_of_our_errors(tmp_path, exceptions):
    with gdal_exceptions(exceptions), pytest.raises(OutputError, match=r"x\.tif"), output_errors("x.tif"):
        gdal.GetDriverByName("GTiff").Create(str(tmp_path / "no" / "x.tif"), 4, 4)


def test_the_map_of_a_scene_is_metric_by_default(map_georeference):
    degrees = osr.SpatialReference()
    degrees.ImportFromEPSG(4326)
    georeference = Georeference(degrees.ExportToWkt(), (-6.0, 0.01, 0.0, 48.0, 0.0, -0.01))
    assert output_map_of(georeference, (100, 100)).wkt == choose_crs(georeference, (100, 100), "EPSG:32630")
    assert output_map_of(map_georeference, (100, 100)).wkt == map_georeference.wkt


def test_cancelling_while_a_raster_is_put_on_the_map(tmp_path, map_georeference):
    source = write_probabilities(tmp_path / "p.tif", random_probabilities((300, 300)), map_georeference)

    for wanted in ("", "EPSG:3035"):
        output_map = output_map_of(map_georeference, (300, 300), wanted)
        with pytest.raises(Cancelled, match="Cancelled"):
            put_on_map(
                MapRaster(source, str(tmp_path / "q.tif"), 400.0, "bilinear"), output_map, CancelAfter(0.2)
            )


@pytest.mark.parametrize("exceptions", [True, False])
def test_a_result_that_vanished_is_one_of_our_errors(tmp_path, exceptions):
    with gdal_exceptions(exceptions), pytest.raises(OutputError, match=r"p\.tif"):
        describe_bands(str(tmp_path / "p.tif"), "class_probability", {})
    with gdal_exceptions(exceptions), pytest.raises(OutputError, match=r"p\.tif"):
        create_probabilities(str(tmp_path / "no" / "p.tif"), (4, 4), Georeference())
