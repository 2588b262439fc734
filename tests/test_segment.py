"""The pipeline, with a method whose answers are known."""

from __future__ import annotations

import os

import numpy as np
import pytest
from metocean.core.classes import CODES
from metocean.core.errors import Cancelled, InputError, OptionError, OutputError
from metocean.core.feedback import Silent
from metocean.core.inference import renormalise
from metocean.core.outputs import OutputPaths
from metocean.core.segment import PreprocessOptions, SegmentOptions, preprocess, segment
from osgeo import gdal


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return OutputPaths(
        *(str(folder / name) for name in ("p.tif", "c.tif", "a.csv", "r.tif")),
    )


def _read(path):
    return gdal.Open(path).ReadAsArray()


class _Recorder(Silent):
    """Feedback that remembers, and cancels when the share done passes ``stop``."""

    def __init__(self, stop=2.0):
        self.fractions = []
        self.stop = stop

    def progress(self, fraction):
        self.fractions.append(fraction)
        if fraction > self.stop:
            raise Cancelled("stopped")


def test_classes_areas_and_grid_by_hand(roughness_file, brightness_method, outputs):
    values = np.full((40, 80), 0.05)  # AF
    values[:, 40:] = 1.3  # POW, the seventh
    values[:20, 40:] = -1  # nodata
    result = segment(roughness_file(values), brightness_method(), SegmentOptions(), outputs, Silent())
    classes = _read(outputs.classes)
    expected = np.full((10, 20), 1)
    expected[:, 10:] = 7
    expected[:5, 10:] = 255
    np.testing.assert_array_equal(classes, expected)
    # 40 x 40 and 20 x 40 pixels of 0.01 km², to the grid's own scale.
    assert result.areas["AF"].km2 == pytest.approx(16.0, rel=2e-3)
    assert result.areas["POW"].km2 == pytest.approx(8.0, rel=2e-3)
    assert result.areas["AF"].percent == pytest.approx(200 / 3)
    assert (result.undecided.km2, result.shape, result.model_id) == (0.0, (10, 20), "brightness-test")
    assert result.acquired.isoformat() == "2021-03-04T05:06:07+00:00"
    dataset = gdal.Open(outputs.probabilities)
    assert dataset.GetGeoTransform() == (400_000.0, 400.0, 0.0, 5_100_000.0, 0.0, -400.0)
    assert dataset.GetMetadataItem("METOCEAN_MODEL") == "brightness-test"
    np.testing.assert_allclose(dataset.ReadAsArray()[:, 0, 0], [0.73, *[0.03] * 9], rtol=1e-6)
    np.testing.assert_allclose(_read(outputs.roughness), values, rtol=1e-6)


@pytest.mark.parametrize("shape", [(100, 133), (18, 200), (7, 5)])
@pytest.mark.parametrize("block_px", [16, 64, 1024])
def test_no_trace_of_blocks(roughness_file, brightness_method, outputs, shape, block_px, rng):
    path = roughness_file(rng.uniform(0, 2, shape))
    whole = _working_grid(path, brightness_method(blur=6), 4096, outputs)
    parts = _working_grid(path, brightness_method(blur=6), block_px, outputs)
    np.testing.assert_array_equal(parts, whole)
    assert whole.shape[1:] == tuple(-(-n // 4) for n in shape)


def _working_grid(path, method, block_px, outputs):
    segment(path, method, SegmentOptions(block_px=block_px), outputs, Silent())
    return _read(outputs.probabilities)


def test_a_cell_is_known_from_half_its_pixels_on(roughness_file, brightness_method, outputs):
    values = np.full((16, 16), 0.5)
    values[0:4, 0:2] = -1  # half of the first cell
    values[0:4, 4:6] = -1  # half of the second and one pixel more
    values[0, 6] = -1
    segment(roughness_file(values), brightness_method(), SegmentOptions(), outputs, Silent())
    classes = _read(outputs.classes)
    assert classes[0, 0] != 255 and classes[0, 1] == 255


def test_partial_cells_at_the_far_end_count_their_own_pixels(roughness_file, brightness_method, outputs):
    result = segment(
        roughness_file(np.full((18, 18), 0.05)), brightness_method(), SegmentOptions(), outputs, Silent()
    )
    assert result.areas["AF"].km2 == pytest.approx(18 * 18 * 0.01, rel=2e-3)


def test_blocks_of_nodata_are_skipped(roughness_file, brightness_method, outputs):
    values = np.full((64, 256), -1.0)
    values[:, :64] = 0.5
    method = brightness_method()
    segment(roughness_file(values), method, SegmentOptions(block_px=64), outputs, Silent())
    assert method.calls == 1


def test_excluded_classes_leave_their_share_to_the_others(roughness_file, brightness_method, outputs):
    path = roughness_file(np.full((32, 32), 0.05))
    options = SegmentOptions(exclude=("AF", "WS"), threshold=0.5)
    result = segment(path, brightness_method(), options, outputs, Silent())
    probabilities = _read(outputs.probabilities)[:, 0, 0]
    np.testing.assert_allclose(probabilities, [0, *[0.125] * 8, 0], rtol=1e-5)
    assert result.undecided.percent == 100
    assert gdal.Open(outputs.classes).GetMetadataItem("METOCEAN_EXCLUDED") == "AF,WS"


def test_renormalising_where_nothing_is_left_gives_zero():
    only_first = np.zeros((10, 1, 1), np.float32)
    only_first[0] = 1
    assert renormalise(only_first, [0]).max() == 0


def test_an_image_without_place_keeps_its_pixels_and_says_what_its_areas_assume(
    roughness_file, brightness_method, outputs
):
    path = roughness_file(np.full((256, 256), 0.05), georeferenced=False)
    result = segment(path, brightness_method(), SegmentOptions(), outputs, Silent())
    dataset = gdal.Open(outputs.classes)
    assert (dataset.RasterXSize, dataset.RasterYSize, dataset.GetProjection()) == (64, 64, "")
    assert dataset.GetGeoTransform() == (0.0, 4.0, 0.0, 0.0, 0.0, -4.0)
    assert result.areas["AF"].km2 == pytest.approx(400.0)
    assert any("20 km" in note for note in result.notes)


def test_a_map_of_an_image_without_place_is_refused(roughness_file, brightness_method, outputs):
    path = roughness_file(np.full((256, 256), 0.05), georeferenced=False)
    with pytest.raises(InputError, match="leave the output CRS empty"):
        segment(path, brightness_method(), SegmentOptions(output_crs="EPSG:32630"), outputs, Silent())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (SegmentOptions(exclude=("XX",)), "choose from AF"),
        (SegmentOptions(exclude=CODES), "at least one"),
        (SegmentOptions(threshold=1.5), "0 to 1"),
        (SegmentOptions(threshold=float("nan")), "0 to 1"),
    ],
)
def test_options_that_make_no_sense(roughness_file, brightness_method, outputs, options, words):
    with pytest.raises(OptionError, match=words):
        segment(roughness_file(np.ones((16, 16))), brightness_method(), options, outputs, Silent())


def test_progress_only_grows_and_ends_at_one(roughness_file, brightness_method, outputs):
    recorder = _Recorder()
    options = SegmentOptions(block_px=16)
    segment(roughness_file(np.ones((64, 64))), brightness_method(), options, outputs, recorder)
    assert recorder.fractions == sorted(recorder.fractions) and recorder.fractions[-1] == 1.0
    assert len(recorder.fractions) >= 16


@pytest.mark.parametrize("stop", [0.0, 0.5, 0.95])
def test_cancelling_leaves_nothing_but_the_earlier_result(roughness_file, brightness_method, outputs, stop):
    path = roughness_file(np.ones((64, 64)))
    with open(outputs.classes, "w") as earlier:
        earlier.write("earlier")
    with pytest.raises(Cancelled):
        segment(path, brightness_method(), SegmentOptions(block_px=16), outputs, _Recorder(stop))
    assert os.listdir(os.path.dirname(outputs.classes)) == ["c.tif"]
    with open(outputs.classes) as earlier:
        assert earlier.read() == "earlier"


def test_an_error_of_the_method_leaves_nothing(roughness_file, brightness_method, outputs):
    class Broken(brightness_method):
        def predict(self, roughness):
            raise MemoryError

    with pytest.raises(MemoryError):
        segment(roughness_file(np.ones((64, 64))), Broken(), SegmentOptions(), outputs, Silent())
    assert os.listdir(os.path.dirname(outputs.classes)) == []


def test_an_output_folder_that_is_missing_is_said_before_work(roughness_file, brightness_method, tmp_path):
    method = brightness_method()
    outputs = OutputPaths(str(tmp_path / "no" / "p.tif"), str(tmp_path / "c.tif"))
    with pytest.raises(OutputError, match="choose a folder"):
        segment(roughness_file(np.ones((16, 16))), method, SegmentOptions(), outputs, Silent())
    assert method.calls == 0


@pytest.mark.parametrize("index", [0, 1, 3])
def test_a_raster_of_another_format_is_refused(roughness_file, brightness_method, tmp_path, index):
    names = ["p.tif", "c.tif", "a.csv", "r.tif"]
    names[index] = "map.png"
    outputs = OutputPaths(*(str(tmp_path / name) for name in names))
    with pytest.raises(OutputError, match=r"ends in \.tif"):
        segment(roughness_file(np.ones((16, 16))), brightness_method(), SegmentOptions(), outputs, Silent())


def test_all_nodata_is_said(roughness_file, brightness_method, outputs):
    with pytest.raises(InputError):
        segment(
            roughness_file(np.full((64, 64), -1.0)), brightness_method(), SegmentOptions(), outputs, Silent()
        )
    assert os.listdir(os.path.dirname(outputs.classes)) == []


def test_preprocessing_is_recognised_afterwards(roughness_file, brightness_method, outputs, tmp_path, rng):
    path = roughness_file(rng.uniform(0, 2, (64, 48)))
    prepared = str(tmp_path / "prepared.tif")
    preprocess(path, PreprocessOptions(), prepared, Silent())
    assert gdal.Open(prepared).GetMetadataItem("METOCEAN_QUANTITY") == "sqrt_roughness"
    segment(prepared, brightness_method(), SegmentOptions(), outputs, Silent())
    again = _read(outputs.probabilities)
    segment(path, brightness_method(), SegmentOptions(), outputs, Silent())
    np.testing.assert_array_equal(again, _read(outputs.probabilities))
