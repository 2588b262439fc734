"""The pipeline, with a method whose answers are known."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
from metocean.core.classes import CODES
from metocean.core.errors import Cancelled, InputError, ModelError, OptionError, OutputError
from metocean.core.feedback import Silent
from metocean.core.files.raster import sample
from metocean.core.files.xml_file import load
from metocean.core.geometry.georeference import Georeference
from metocean.core.geometry.warp import OutputMap
from metocean.core.results.areas import Area
from metocean.core.results.familiarity import Ranges
from metocean.core.results.ice_limits import IceLimits
from metocean.core.results.inference import Inference, renormalise
from metocean.core.results.rasters import OutputPaths
from metocean.core.roughness.prepare import Roughness
from metocean.core.runs.preprocess import PreprocessOptions, preprocess
from metocean.core.runs.run import SegmentOptions
from metocean.core.runs.segment import segment
from metocean.core.scenes.sentinel1.product_files import Key, annotation_file
from metocean.core.scenes.sentinel1.tables import read_grid
from metocean.training.simulator.product.imaging import Acquisition
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal, osr


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
        self.messages = []
        self.stop = stop

    def progress(self, fraction):
        self.fractions.append(fraction)
        if fraction > self.stop:
            raise Cancelled("stopped")

    def info(self, message):
        self.messages.append(message)


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
    assert result.areas["AF"].percent == pytest.approx(200 / 3, rel=1e-4)
    assert (result.undecided.km2, result.model_id) == (0.0, "brightness-test")
    assert result.acquired.isoformat() == "2021-03-04T05:06:07+00:00"
    dataset = gdal.Open(outputs.probabilities)
    assert dataset.GetGeoTransform() == (400_000.0, 400.0, 0.0, 5_100_000.0, 0.0, -400.0)
    assert dataset.GetMetadataItem("METOCEAN_MODEL") == "brightness-test"
    np.testing.assert_allclose(dataset.ReadAsArray()[:, 0, 0], [0.73, *[0.03] * 9], rtol=1e-6)
    np.testing.assert_allclose(_read(outputs.roughness), values, rtol=1e-6)


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
    classes = _read(outputs.classes)
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
    probabilities = _read(outputs.probabilities)[:, 0, 0]
    np.testing.assert_allclose(probabilities, [0, *[0.125] * 8, 0], rtol=1e-5)
    assert result.undecided.percent == pytest.approx(100)
    assert gdal.Open(outputs.classes).GetMetadataItem("METOCEAN_EXCLUDED") == "AF,WS"


def test_independent_classes_inherit_nothing(roughness_file, brightness_method, outputs):
    class Independent(brightness_method):
        exclusive = False

    options = SegmentOptions(exclude=("AF", "WS"))
    segment(roughness_file(np.full((32, 32), 0.05)), Independent(), options, outputs, Silent())
    np.testing.assert_allclose(_read(outputs.probabilities)[:, 0, 0], [0, *[0.03] * 8, 0], rtol=1e-5)


def _ice_and_sea(roughness_file):
    """Stripes of 2 km at 46.04° N, from north to south: IB, SI, POW, IB."""
    return roughness_file(np.repeat([0.5, 1.7, 1.3, 0.5], 20)[:, None] * np.ones((1, 40)))


def test_ice_beyond_its_limits_gives_way_to_other_classes(roughness_file, brightness_method, outputs):
    path = _ice_and_sea(roughness_file)
    options = SegmentOptions(ice=IceLimits(north_deg=45.0), threshold=0.1)
    result = segment(path, brightness_method(), options, outputs, Silent())
    shares = [result.areas[code].percent for code in ("IB", "SI", "POW")]
    assert shares == pytest.approx([50.0, 25.0, 25.0])
    assert result.further == {"bright": Area(0.0, 0.0)}
    options = SegmentOptions(ice=IceLimits(north_deg=60.0), threshold=0.1)
    result = segment(path, brightness_method(), options, outputs, Silent())
    assert (result.areas["IB"].km2, result.areas["SI"].km2) == (0, 0)
    assert result.further["bright"].percent == pytest.approx(50.0)
    # Eight classes are left, all with 0.03 once.
    np.testing.assert_allclose(_read(outputs.probabilities)[[0, 2, 8], 0, 0], [0.125, 0, 0], rtol=1e-5)
    classes = _read(outputs.classes)
    assert set(np.unique(classes)) == {1, 7} and (classes[10:15] == 7).all()
    with open(outputs.areas, encoding="utf-8") as file:
        last = file.read().splitlines()[-1]
    assert last == f"bright,Bright targets,{result.further['bright'].km2:.3f},50.000"
    assert "ice only poleward" in gdal.Open(outputs.classes).GetMetadataItem("METOCEAN_ICE")


def test_the_limit_of_ice_runs_through_a_scene(roughness_file, brightness_method, outputs):
    path = roughness_file(np.full((400, 40), 0.5))  # IB, 40 km from north to south
    edge = 5_100_000 - 20_000
    utm, degrees = osr.SpatialReference(), osr.SpatialReference()
    utm.ImportFromEPSG(32630)
    degrees.ImportFromEPSG(4326)
    latitude = osr.CoordinateTransformation(utm, degrees).TransformPoint(402_000, edge)[0]
    options = SegmentOptions(ice=IceLimits(north_deg=latitude))
    result = segment(path, brightness_method(), options, outputs, Silent())
    classes = _read(outputs.classes)
    assert (classes[:50] == 3).all() and (classes[50:] == 0).all(), "below the limit all is undecided"
    halves = result.areas["IB"], result.undecided, result.further["bright"]
    assert [half.percent for half in halves] == pytest.approx([50.0] * 3)


def test_where_ice_can_be_is_not_known_without_a_place(roughness_file, brightness_method, outputs):
    path = roughness_file(np.ones((256, 256)), georeferenced=False)
    options = SegmentOptions(ice=IceLimits(seasonal=True))
    with pytest.raises(InputError, match="where ice can be"):
        segment(path, brightness_method(), options, outputs, Silent())


def test_what_is_unlike_training_images_is_in_the_table_and_the_log(
    roughness_file, brightness_method, outputs
):
    values = np.full((128, 128), 1.3)
    values[:64, :64] = 0.5
    ranges = Ranges({100.0: np.array([[[1.2, 1.4], [-1, 1], [-9, 9], [-1, 1]]])})
    recorder = _Recorder()
    path = roughness_file(values)
    result = segment(path, brightness_method(), SegmentOptions(ranges=ranges), outputs, recorder)
    assert result.further["unlike"] == Area(pytest.approx(40.96, rel=2e-3), 25.0)
    assert sum("25 % of the scene's 4 blocks" in message for message in recorder.messages) == 1
    with open(outputs.areas, encoding="utf-8") as file:
        assert file.read().splitlines()[-1].startswith("unlike,Unlike the training images,40.9")
    assert segment(path, brightness_method(), SegmentOptions(), outputs, Silent()).further == {}


def test_an_overflow_names_the_remedy(roughness_file, brightness_method, outputs):
    class Overflowing(brightness_method):
        def predict(self, image, feedback):
            return super().predict(image, feedback) * np.float32(np.nan)

    with pytest.raises(ModelError, match="PRECISION=fp32"):
        segment(roughness_file(np.ones((64, 64))), Overflowing(), SegmentOptions(), outputs, Silent())


def test_sea_that_a_decimated_look_misses_is_segmented(roughness_file, brightness_method, outputs):
    values = np.full((4, 8400), -1.0)
    values[:, 4000:4004] = 1.3
    path = roughness_file(values)
    assert (sample(gdal.Open(path).GetRasterBand(1), 1024) < 0).all()
    place = Georeference.from_dataset(gdal.Open(path))
    roughness = Roughness(path, values.shape, (100.0, 100.0), place, 1.3, None, (), ())
    areas = Inference(roughness, brightness_method(), (), 0.5).run(outputs, Silent())
    assert areas["POW"] == Area(pytest.approx(0.16, rel=2e-3), 100.0)
    assert sum(area.km2 for area in areas.values()) == pytest.approx(0.16, rel=2e-3)


def test_map_and_table_agree_where_classes_meet(roughness_file, brightness_method, outputs):
    values = np.full((160, 160), 0.05)
    values[:, 80:] = 1.3
    options = SegmentOptions(output_crs="EPSG:3035")
    result = segment(roughness_file(values), brightness_method(), options, outputs, Silent())
    classes = _read(outputs.classes)
    assert result.undecided.km2 == 0 and set(np.unique(classes)) == {1, 7, 255}
    for value, code in ((1, "AF"), (7, "POW")):
        assert (classes == value).sum() * 0.16 == pytest.approx(result.areas[code].km2, rel=0.03)
    blended = _read(outputs.probabilities)[0]
    assert ((blended > 0.2) & (blended < 0.6)).any(), "probabilities are bilinear"


def test_roughness_on_the_map_keeps_its_texture(roughness_file, brightness_method, outputs, tmp_path, rng):
    values = rng.uniform(0, 2, (64, 64)).astype(np.float32)
    values[:, 0] = -1
    path = roughness_file(values)
    options = SegmentOptions(output_crs="EPSG:3035")
    segment(path, brightness_method(), options, outputs, Silent())
    shown = _read(outputs.roughness)
    assert np.isin(shown, values).all() and np.unique(shown).size > 0.9 * values.size
    points = [
        gdal.GCP(400_037 + 100 * x, 5_000_041 - 100 * y, 0, x, y) for x in (0, 32, 64) for y in (0, 32, 64)
    ]
    dataset = gdal.Open(path, gdal.GA_Update)
    wkt = dataset.GetProjection()
    dataset.SetGeoTransform((0, 1, 0, 0, 0, 1))
    dataset.SetGCPs(points, wkt)
    del dataset
    preprocess(path, PreprocessOptions(), str(tmp_path / "prepared.tif"), Silent())
    assert "32630" in gdal.Open(str(tmp_path / "prepared.tif")).GetProjection()
    shown = _read(str(tmp_path / "prepared.tif"))
    assert np.isin(shown.round(5), values.round(5)).all()


def _zone(path):
    reference = osr.SpatialReference(wkt=gdal.Open(path).GetProjection())
    return reference.GetUTMZone()


@pytest.mark.parametrize(("longitude_deg", "zone"), [(-17.7, 28), (-12.3, 28), (-11.7, 29)])
def test_a_product_goes_to_the_zone_of_its_middle(tmp_path, brightness_method, outputs, longitude_deg, zone):
    field = SeaSigma0(np.full((60, 60), 0.05, np.float32), 100.0)
    acquisition = Acquisition(longitude_deg=longitude_deg)
    safe = str(write_safe(tmp_path, field, acquisition, Product(pixel_m=10.0)))
    segment(safe, brightness_method(), SegmentOptions(), outputs, Silent())
    preprocess(safe, PreprocessOptions(), str(tmp_path / "prepared.tif"), Silent())
    assert [_zone(path) for path in (outputs.classes, str(tmp_path / "prepared.tif"))] == [zone, zone]


@pytest.mark.parametrize(
    ("pattern", "zone"), [("S1B*20211223*", 33), ("S1A*20210119*", -36), ("S1A*20150222*", 32)]
)
def test_real_annotation_leads_to_the_zone_of_the_product(shared_data, pattern, zone):
    (archive,) = shared_data.glob(f"s1_metadata/{pattern}.zip")
    folder = f"/vsizip/{archive}/{archive.stem}.SAFE"
    image = load(annotation_file(folder, Key(1, "IW", "VV")))
    shape = tuple(
        int(image.number(f"imageAnnotation/imageInformation/numberOf{n}")) for n in ("Lines", "Samples")
    )
    place = read_grid(image).georeference().coarsened(10, 10)
    cells = Roughness("", (shape[0] // 10, shape[1] // 10), (100, 100), place, 1.0, None, (), ())
    reference = osr.SpatialReference(wkt=OutputMap.from_grid(cells.georeference, cells.shape, shape, "").wkt)
    assert reference.GetUTMZone() == zone


def test_renormalising_where_nothing_is_left_gives_zero():
    only_first = np.zeros((10, 1, 1), np.float32)
    only_first[0] = 1
    assert renormalise(only_first, np.arange(10)[:, None, None] == 0).max() == 0


def test_an_image_without_place_keeps_its_pixels_and_says_what_its_areas_assume(
    roughness_file, brightness_method, outputs
):
    path = roughness_file(np.full((256, 256), 0.05), georeferenced=False)
    recorder = _Recorder()
    result = segment(path, brightness_method(), SegmentOptions(), outputs, recorder)
    dataset = gdal.Open(outputs.classes)
    assert (dataset.RasterXSize, dataset.RasterYSize, dataset.GetProjection()) == (64, 64, "")
    assert dataset.GetGeoTransform() == (0.0, 4.0, 0.0, 0.0, 0.0, -4.0)
    assert result.areas["AF"].km2 == pytest.approx(400.0)
    assert sum("20 km" in note for note in recorder.messages) == 1


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
    segment(roughness_file(np.ones((64, 64))), brightness_method(), SegmentOptions(), outputs, recorder)
    assert recorder.fractions == sorted(recorder.fractions) and recorder.fractions[-1] == 1.0
    assert len(recorder.fractions) >= 16


@pytest.mark.parametrize("stop", [0.0, 0.5, 0.91, 0.95, 0.98])
def test_cancelling_leaves_nothing_but_the_earlier_result(roughness_file, brightness_method, outputs, stop):
    path = roughness_file(np.ones((64, 64)))
    with open(outputs.classes, "w") as earlier:
        earlier.write("earlier")
    with pytest.raises(Cancelled):
        segment(path, brightness_method(), SegmentOptions(), outputs, _Recorder(stop))
    assert os.listdir(os.path.dirname(outputs.classes)) == ["c.tif"]
    with open(outputs.classes) as earlier:
        assert earlier.read() == "earlier"


@pytest.mark.parametrize("stop", [0.0, 0.2, 0.5, 0.95])
def test_no_file_is_open_when_the_hidden_folder_goes(
    roughness_file, brightness_method, outputs, stop, monkeypatch
):
    """Windows removes no open file."""
    path = roughness_file(np.ones((64, 64)))
    remove, still_open, folder = shutil.rmtree, [], os.path.dirname(outputs.classes)

    def spy(hidden, **options):
        links = (os.path.join("/proc/self/fd", name) for name in os.listdir("/proc/self/fd"))
        still_open.extend(
            os.readlink(link)
            for link in links
            if os.path.exists(link) and os.readlink(link).startswith(folder)
        )
        remove(hidden, **options)

    monkeypatch.setattr(shutil, "rmtree", spy)
    with pytest.raises(Cancelled):
        options = SegmentOptions(output_crs="EPSG:3035")
        segment(path, brightness_method(), options, outputs, _Recorder(stop))
    assert still_open == []


def test_what_finishes_the_results_fails_with_them(roughness_file, brightness_method, outputs):
    path = roughness_file(np.ones((64, 64)))

    def finish(staged, result):
        assert set(result.areas) == set(CODES) and _read(staged.classes).shape == (16, 16)
        with open(f"{staged.classes}.style", "w") as file:
            file.write("style")
        if stop:
            raise OutputError("no style")

    for stop in (True, False):
        if stop:
            with pytest.raises(OutputError, match="no style"):
                segment(path, brightness_method(), SegmentOptions(), outputs, Silent(), finish)
            assert os.listdir(os.path.dirname(outputs.classes)) == []
        else:
            segment(path, brightness_method(), SegmentOptions(), outputs, Silent(), finish)
            assert os.path.exists(f"{outputs.classes}.style")


def test_an_error_of_the_method_leaves_nothing(roughness_file, brightness_method, outputs):
    class Broken(brightness_method):
        def predict(self, image, feedback):
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


@pytest.mark.parametrize("index", [0, 1, 3, 4])
def test_a_raster_of_another_format_is_refused(roughness_file, brightness_method, tmp_path, index):
    names = ["p.tif", "c.tif", "a.csv", "r.tif", "u.tif"]
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
