# SPDX-License-Identifier: GPL-2.0-or-later
"""Results on the map: their zone, their texture, and images that lie nowhere."""

from __future__ import annotations

import numpy as np
import pytest
from feedback import Recorder
from metocean.core.errors import InputError
from metocean.core.feedback import Silent
from metocean.core.files.xml_file import load
from metocean.core.geometry.warp import OutputMap
from metocean.core.roughness.roughness import Roughness
from metocean.core.runs.options import SegmentOptions
from metocean.core.runs.preprocess import PreprocessOptions, preprocess
from metocean.core.runs.segment import segment
from metocean.core.scenes.sentinel1.product_files import annotation_file
from metocean.core.scenes.sentinel1.product_names import Key
from metocean.core.scenes.sentinel1.tables import read_grid
from metocean.training.simulator.product.imaging import Acquisition
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from osgeo import gdal, osr
from rasters import read_raster


def test_map_and_table_agree_where_classes_meet(roughness_file, brightness_method, outputs):
    values = np.full((160, 160), 0.05)
    values[:, 80:] = 1.3
    options = SegmentOptions(output_crs="EPSG:3035")
    result = segment(roughness_file(values), brightness_method(), options, outputs, Silent())
    classes = read_raster(outputs.classes)
    assert result.undecided.km2 == 0 and set(np.unique(classes)) == {1, 7, 255}
    for value, code in ((1, "AF"), (7, "POW")):
        assert (classes == value).sum() * 0.16 == pytest.approx(result.areas[code].km2, rel=0.03)
    blended = read_raster(outputs.probabilities)[0]
    assert ((blended > 0.2) & (blended < 0.6)).any(), "probabilities are bilinear"


def test_roughness_on_the_map_keeps_its_texture(roughness_file, brightness_method, outputs, tmp_path, rng):
    values = rng.uniform(0, 2, (64, 64)).astype(np.float32)
    values[:, 0] = -1
    path = roughness_file(values)
    options = SegmentOptions(output_crs="EPSG:3035")
    segment(path, brightness_method(), options, outputs, Silent())
    shown = read_raster(outputs.roughness)
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
    shown = read_raster(str(tmp_path / "prepared.tif"))
    assert np.isin(shown.round(5), values.round(5)).all()


def zone_of(path):
    reference = osr.SpatialReference(wkt=gdal.Open(path).GetProjection())
    return reference.GetUTMZone()


@pytest.mark.parametrize(("longitude_deg", "zone"), [(-17.7, 28), (-12.3, 28), (-11.7, 29)])
def test_a_product_goes_to_the_zone_of_its_middle(tmp_path, brightness_method, outputs, longitude_deg, zone):
    field = SeaSigma0(np.full((60, 60), 0.05, np.float32), 100.0)
    acquisition = Acquisition(longitude_deg=longitude_deg)
    safe = str(write_safe(tmp_path, field, acquisition, Product(pixel_m=10.0)))
    segment(safe, brightness_method(), SegmentOptions(), outputs, Silent())
    preprocess(safe, PreprocessOptions(), str(tmp_path / "prepared.tif"), Silent())
    assert [zone_of(path) for path in (outputs.classes, str(tmp_path / "prepared.tif"))] == [zone, zone]


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


def test_an_image_without_place_keeps_its_pixels_and_says_what_its_areas_assume(
    roughness_file, brightness_method, outputs
):
    path = roughness_file(np.full((256, 256), 0.05), georeferenced=False)
    recorder = Recorder()
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
