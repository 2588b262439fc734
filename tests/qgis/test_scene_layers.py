# SPDX-License-Identifier: GPL-2.0-or-later
"""A scene or land that is a layer of the project leads to its file, whole path and all."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from metocean.core.errors import InputError
from osgeo import gdal, ogr
from qgis import core
from rasters import utm, write_geotiff

# Pixels of a map are not all of one area.
HALF = pytest.approx(50, abs=0.01)


@pytest.mark.parametrize("given", ["object", "id", "name", "url"])
def test_the_scene_can_be_a_loaded_layer(run, scene, project, given):
    layer = core.QgsRasterLayer(scene, "my scene")
    project.addMapLayer(layer)
    value = {"object": layer, "id": layer.id(), "name": "my scene", "url": f"file://{scene}"}[given]
    assert run("segment", INPUT=value)["SHARE_AF"] == HALF


def loaded_layer(project, source):
    layer = core.QgsRasterLayer(source, "my layer")
    project.addMapLayer(layer)
    return layer


def test_layers_inside_containers_and_archives_keep_their_whole_path(project, scene, tmp_path):
    from metocean.ui.parameters.scene_parameter import scene_path

    context = core.QgsProcessingContext()
    container, archive = str(tmp_path / "a.gpkg"), tmp_path / "a.zip"
    gdal.Translate(container, scene, format="GPKG", outputType=gdal.GDT_Byte)
    with zipfile.ZipFile(archive, "w") as file:
        file.write(scene, "in/b.tif")
    sources = {
        f"/vsizip/{archive}/in/b.tif": f"/vsizip/{archive}/in/b.tif",
        f"GPKG:{container}:a": f"GPKG:{container}:a",
        f"{scene}|option:NUM_THREADS=1": scene,
    }
    for source, wanted in sources.items():
        layer = loaded_layer(project, source)
        assert layer.isValid() and scene_path(layer, "", context) == wanted
    assert gdal.Open(f"GPKG:{container}:a") is not None
    outside = core.QgsVectorLayer("Point?crs=EPSG:4326", "points", "memory")
    with pytest.raises(InputError, match="export it to a GeoPackage"):
        scene_path(outside, "", context)


def test_the_scene_can_be_a_layer_in_an_archive(run, scene, project, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.write(scene, "in/b.tif")
    layer = loaded_layer(project, f"/vsizip/{tmp_path}/a.zip/in/b.tif")
    assert run("segment", INPUT=layer)["SHARE_AF"] == HALF


def test_what_gdal_makes_of_a_product_leads_to_the_product(project, tmp_path):
    from metocean.training.simulator.product.measurement import SeaSigma0
    from metocean.training.simulator.product.safe import write_safe
    from metocean.ui.parameters.scene_parameter import scene_path

    context = core.QgsProcessingContext()
    safe = write_safe(tmp_path, SeaSigma0(np.full((60, 60), 0.05, np.float32), 100.0))
    ((name, _), *_) = gdal.Open(str(safe)).GetSubDatasets()
    assert name.startswith("SENTINEL1_")
    manifest = str(safe / "manifest.safe")
    assert scene_path(loaded_layer(project, name), "", context) == manifest
    assert scene_path(name, name, context) == manifest
    assert scene_path(None, r"SENTINEL1_DS:C:\d\manifest.safe:EW_HH_HV", context) == r"C:\d\manifest.safe"


def test_a_land_layer_keeps_its_layer_and_subset(project, tmp_path):
    from metocean.ui.parameters.scene_parameter import scene_path

    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "a.gpkg"))
    source.CreateLayer("land", geom_type=ogr.wkbPolygon)
    del source
    layer = core.QgsVectorLayer(f"{tmp_path}/a.gpkg|layerid=0|subset=fid > 3", "land", "ogr")
    assert layer.isValid()
    assert scene_path(layer, "", core.QgsProcessingContext()) == layer.source()
    assert "layerid=0" in layer.source() and "fid > 3" in layer.source()


@pytest.mark.parametrize(
    "options",
    ["|option:NUM_THREADS=2", "|option:NUM_THREADS=2|option:SPARSE_OK=TRUE", "|option:OVERVIEW_LEVEL=NONE"],
)
def test_a_path_as_qgis_logs_it_has_open_options_behind_it(run, scene, options):
    assert run("segment", INPUT=scene + options)["SHARE_AF"] == HALF


def test_parts_of_a_path_that_are_no_open_options_stay(project):
    from metocean.ui.parameters.scene_parameter import scene_path

    context = core.QgsProcessingContext()
    for path in ("/a.tif|layername=x", "/a.gpkg|layername=land|option:LIST_ALL_TABLES=YES", "/odd|name.tif"):
        assert scene_path(path, path, context) == path
    archive = "/vsizip//folder/a.zip/in/b.tif"
    assert scene_path("", f"{archive}|option:NUM_THREADS=1", context) == archive


def test_a_system_that_only_the_layer_has_is_used(run, project, tmp_path):
    values = np.random.default_rng(1).normal(-12, 1, (120, 160)).astype(np.float32)
    path = write_geotiff(tmp_path / "a.tif", values)
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.SetGeoTransform((4e5, 100, 0, 5.1e6, 0, -100))
    dataset = None
    chosen = {"INCIDENCE": "38", "LAND_MASK": "none"}
    with pytest.raises(core.QgsProcessingException, match="not in which system"):
        run("preprocess", INPUT=path, **chosen)
    layer = loaded_layer(project, path)
    layer.setCrs(core.QgsCoordinateReferenceSystem("EPSG:32630"))
    for value in (layer, layer.id()):
        result = gdal.Open(run("preprocess", INPUT=value, **chosen)["OUTPUT"])
        assert result.GetSpatialRef().GetUTMZone() == 30
        assert result.GetGeoTransform() == (4e5, 100, 0, 5.1e6, 0, -100)
    # Degrees, which QGIS may give any layer for want of another system, are not what metres are in.
    layer.setCrs(core.QgsCoordinateReferenceSystem("EPSG:4326"))
    with pytest.raises(core.QgsProcessingException, match="not in which system"):
        run("preprocess", INPUT=layer, **chosen)


def test_nodata_that_only_the_layer_has_is_used(run, project, tmp_path):
    values = np.full((120, 160), -12, np.float32)
    values[:, :40] = -7
    path = write_geotiff(tmp_path / "Sigma0_VV_db.tif", values, utm(30, 4e5, 5.1e6))
    layer = loaded_layer(project, path)
    layer.dataProvider().setUserNoDataValue(1, [core.QgsRasterRange(-7, -7)])
    result = gdal.Open(
        run("preprocess", INPUT=layer, INCIDENCE="38", LAND_MASK="none")["OUTPUT"]
    ).ReadAsArray()
    assert (result[:, :40] == -1).all() and (result[:, 40:] > 0).all()
