# SPDX-License-Identifier: GPL-2.0-or-later
"""The pipeline by hand, with a method whose answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from feedback import Recorder
from metocean.core.feedback import Silent
from metocean.core.files.raster import sample
from metocean.core.geometry.georeference import Georeference
from metocean.core.methods.training_ranges import TrainingRanges
from metocean.core.results.areas import Area, measure
from metocean.core.results.classification import classify, renormalise
from metocean.core.results.inference import predict
from metocean.core.roughness.roughness import Roughness
from metocean.core.runs.options import SegmentOptions
from metocean.core.runs.preprocess import PreprocessOptions, preprocess
from metocean.core.runs.segment import segment
from osgeo import gdal
from rasters import read_raster


def test_classes_areas_and_grid_by_hand(roughness_file, brightness_method, outputs):
    values = np.full((40, 80), 0.05)  # AF
    values[:, 40:] = 1.3  # POW, the seventh
    values[:20, 40:] = -1  # nodata
    result = segment(roughness_file(values), brightness_method(), SegmentOptions(), outputs, Silent())
    classes = read_raster(outputs.classes)
    expected = np.full((10, 20), 1)
    expected[:, 10:] = 7
    expected[:5, 10:] = 255
    np.testing.assert_array_equal(classes, expected)
    # 40 x 40 and 20 x 40 pixels of 0.01 km², to the grid's own scale.
    assert result.areas["AF"].km2 == pytest.approx(16.0, rel=2e-3)
    assert result.areas["POW"].km2 == pytest.approx(8.0, rel=2e-3)
    assert result.areas["AF"].percent == pytest.approx(200 / 3, rel=1e-4)
    assert (result.undecided.km2, result.model_id) == (0.0, "brightness-test")
    assert result.acquired.isoformat() == "2021-03-04T05:06:07+00:00"
    dataset = gdal.Open(outputs.probabilities)
    assert dataset.GetGeoTransform() == (400_000.0, 400.0, 0.0, 5_100_000.0, 0.0, -400.0)
    assert dataset.GetMetadataItem("METOCEAN_MODEL") == "brightness-test"
    np.testing.assert_allclose(dataset.ReadAsArray()[:, 0, 0], [0.73, *[0.03] * 9], rtol=1e-6)
    np.testing.assert_allclose(read_raster(outputs.roughness), values, rtol=1e-6)


def test_the_uncertainty_lies_on_the_probabilities(roughness_file, brightness_method, outputs, tmp_path):
    values = np.full((40, 80), 0.05)
    values[:20, 40:] = -1
    wanted = replace(outputs, uncertainty=str(tmp_path / "out" / "u.tif"))
    options = SegmentOptions(output_crs="EPSG:3035")
    segment(roughness_file(values), brightness_method(), options, wanted, Silent())
    raster, probabilities = gdal.Open(wanted.uncertainty), gdal.Open(wanted.probabilities)
    bands = [raster.GetRasterBand(number) for number in (1, 2)]
    assert [band.GetDescription() for band in bands] == ["entropy", "margin"]
    assert {band.GetNoDataValue() for band in bands} == {-1}
    assert raster.GetMetadataItem("METOCEAN_QUANTITY") == "uncertainty"
    assert raster.GetMetadataItem("METOCEAN_MODEL") == "brightness-test"
    assert raster.GetGeoTransform() == probabilities.GetGeoTransform()
    entropy, margin = raster.ReadAsArray()
    known = probabilities.ReadAsArray()[0] >= 0
    np.testing.assert_array_equal(entropy >= 0, known)
    # 0.73 and nine times 0.03 everywhere.
    np.testing.assert_allclose(entropy[known], 0.5109, atol=1e-4)
    np.testing.assert_allclose(margin[known], 0.7, atol=1e-5)


def test_a_cell_is_known_from_half_its_pixels_on(roughness_file, brightness_method, outputs):
    values = np.full((16, 16), 0.5)
    values[0:4, 0:2] = -1  # half of the first cell
    values[0:4, 4:6] = -1  # half of the second and one pixel more
    values[0, 6] = -1
    segment(roughness_file(values), brightness_method(), SegmentOptions(), outputs, Silent())
    classes = read_raster(outputs.classes)
    assert classes[0, 0] != 255 and classes[0, 1] == 255


def test_partial_cells_at_the_far_end_count_their_own_pixels(roughness_file, brightness_method, outputs):
    result = segment(
        roughness_file(np.full((18, 18), 0.05)), brightness_method(), SegmentOptions(), outputs, Silent()
    )
    assert result.areas["AF"].km2 == pytest.approx(18 * 18 * 0.01, rel=2e-3)


def test_excluded_classes_leave_their_share_to_the_others(roughness_file, brightness_method, outputs):
    path = roughness_file(np.full((32, 32), 0.05))
    options = SegmentOptions(exclude=("AF", "WS"), threshold=0.5)
    result = segment(path, brightness_method(), options, outputs, Silent())
    probabilities = read_raster(outputs.probabilities)[:, 0, 0]
    np.testing.assert_allclose(probabilities, [0, *[0.125] * 8, 0], rtol=1e-5)
    assert result.undecided.percent == pytest.approx(100)
    assert gdal.Open(outputs.classes).GetMetadataItem("METOCEAN_EXCLUDED") == "AF,WS"


def test_independent_classes_inherit_nothing(roughness_file, brightness_method, outputs):
    class Independent(brightness_method):
        exclusive = False

    options = SegmentOptions(exclude=("AF", "WS"))
    segment(roughness_file(np.full((32, 32), 0.05)), Independent(), options, outputs, Silent())
    np.testing.assert_allclose(read_raster(outputs.probabilities)[:, 0, 0], [0, *[0.03] * 8, 0], rtol=1e-5)


def test_what_is_unlike_training_images_is_in_the_table_and_the_log(
    roughness_file, brightness_method, outputs
):
    values = np.full((128, 128), 1.3)
    values[:64, :64] = 0.5
    method = brightness_method()
    method.training_ranges = TrainingRanges({100.0: np.array([[[1.2, 1.4], [-1, 1], [-9, 9], [-1, 1]]])})
    recorder = Recorder()
    path = roughness_file(values)
    result = segment(path, method, SegmentOptions(), outputs, recorder)
    assert result.further["unlike"] == Area(pytest.approx(40.96, rel=2e-3), 25.0)
    assert sum("25 % of the scene's 4 blocks" in message for message in recorder.messages) == 1
    with open(outputs.areas, encoding="utf-8") as file:
        assert file.read().splitlines()[-1].startswith("unlike,Unlike the training images,40.9")
    assert segment(path, brightness_method(), SegmentOptions(), outputs, Silent()).further == {}


def test_sea_that_a_decimated_look_misses_is_segmented(roughness_file, brightness_method, outputs):
    values = np.full((4, 8400), -1.0)
    values[:, 4000:4004] = 1.3
    path = roughness_file(values)
    assert (sample(gdal.Open(path).GetRasterBand(1), 1024) < 0).all()
    place = Georeference.from_dataset(gdal.Open(path))
    roughness = Roughness(path, values.shape, (100.0, 100.0), place, 1.3, None, (), ())
    prediction = predict(roughness, brightness_method(), (), Silent())
    areas = measure(classify(prediction.probabilities, 0.5), prediction.known_km2)
    assert areas["POW"] == Area(pytest.approx(0.16, rel=2e-3), 100.0)
    assert sum(area.km2 for area in areas.values()) == pytest.approx(0.16, rel=2e-3)


def test_renormalising_where_nothing_is_left_gives_zero():
    only_first = np.zeros((10, 1, 1), np.float32)
    only_first[0] = 1
    assert renormalise(only_first, np.arange(10)[:, None, None] == 0).max() == 0


def test_preprocessing_is_recognised_afterwards(roughness_file, brightness_method, outputs, tmp_path, rng):
    path = roughness_file(rng.uniform(0, 2, (64, 48)))
    prepared = str(tmp_path / "prepared.tif")
    preprocess(path, PreprocessOptions(), prepared, Silent())
    assert gdal.Open(prepared).GetMetadataItem("METOCEAN_QUANTITY") == "sqrt_roughness"
    segment(prepared, brightness_method(), SegmentOptions(), outputs, Silent())
    again = read_raster(outputs.probabilities)
    segment(path, brightness_method(), SegmentOptions(), outputs, Silent())
    np.testing.assert_array_equal(again, read_raster(outputs.probabilities))
