# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user sees: colours, transparency, time, and the order of the layers."""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np
import pytest
from metocean.core.classes import CLASSES, NODATA
from metocean.core.geometry.georeference import Georeference
from metocean.core.results.areas import areas_from
from metocean.core.results.classification import classify
from metocean.core.results.rasters import (
    create_classes,
    create_probabilities,
    create_uncertainty,
    describe_classes,
)
from metocean.ui.maps.result_kind import ResultKind
from osgeo import gdal
from rasters import write_geotiff

pytestmark = pytest.mark.usefixtures("qgis_app")

ACQUIRED = datetime(2021, 3, 4, 5, 6, 7, tzinfo=timezone.utc)


@pytest.fixture
def files(tmp_path):
    """A result of 11 columns: class k certain in column k - 1, the last one undecided."""
    values = np.zeros((10, 4, 11), np.float32)
    for index in range(10):
        values[index, :, index] = 1
    values[:, 3] = NODATA
    dataset = create_probabilities(str(tmp_path / "p.tif"), (4, 11), Georeference())
    dataset.WriteArray(values)
    classes = create_classes(str(tmp_path / "c.tif"), (4, 11), Georeference())
    classes.WriteArray(classify(values, 0.5))
    uncertainty = create_uncertainty(str(tmp_path / "u.tif"), (4, 11), Georeference())
    uncertainty.WriteArray(np.stack([values[0], values[1]]))
    for raster in (dataset, classes, uncertainty):
        raster.SetGeoTransform((0.0, 1.0, 0.0, 0.0, 0.0, -1.0))
        raster.FlushCache()
    del dataset, classes, uncertainty, raster
    describe_classes(str(tmp_path / "c.tif"), {}, areas_from([1.0] * 11))
    write_geotiff(
        tmp_path / "r.tif",
        np.linspace(0, 2, 1000, dtype=np.float32).reshape(10, 100),
        metadata={"ROUGHNESS_P02": "0.0400", "ROUGHNESS_P98": "1.9600"},
    )
    return {kind: str(tmp_path / f"{kind.value[0]}.tif") for kind in ResultKind}


def _open(path):
    from qgis.core import QgsRasterLayer

    return QgsRasterLayer(path, "layer")


def _drawn(layer):
    """Return the (H, W, 4) colours, red green blue alpha, with which a layer is drawn."""
    from qgis.core import QgsRectangle

    width, height = layer.width(), layer.height()
    block = layer.renderer().block(1, QgsRectangle(layer.extent()), width, height)
    argb = np.frombuffer(bytes(block.data()), np.uint32).reshape(height, width)
    colours = np.stack([argb >> 16, argb >> 8, argb, argb >> 24], axis=-1) & 255
    return colours.astype(int)


def test_files_open_styled_and_dated_without_the_plugin(files):
    from metocean.ui.maps.style import save_styles

    save_styles(files, 6, ACQUIRED)
    classes, probabilities, roughness = (
        _open(files[kind]) for kind in (ResultKind.CLASSES, ResultKind.PROBABILITIES, ResultKind.ROUGHNESS)
    )
    assert classes.renderer().type() == "paletted"
    assert probabilities.renderer().band() == 7
    assert roughness.renderer().type() == "singlebandgray"
    for layer in (classes, probabilities, roughness):
        # QGIS 3.22 takes all but the time from the style while a layer is being constructed.
        layer.loadDefaultStyle()
        time = layer.temporalProperties().fixedTemporalRange().begin()
        assert (time.toSecsSinceEpoch(), layer.temporalProperties().isActive()) == (
            ACQUIRED.timestamp(),
            True,
        )


def test_class_colours_as_drawn(files):
    from metocean.ui.maps.style import class_renderer

    layer = _open(files[ResultKind.CLASSES])
    layer.setRenderer(class_renderer(layer))
    drawn = _drawn(layer)
    assert [tuple(c) for c in drawn[0, :10]] == [(*cls.rgb, 255) for cls in CLASSES]
    assert drawn[0, 10, 3] == 0, "undecided is transparent"
    assert (drawn[3, :, 3] == 0).all(), "nodata is transparent"
    labels = [label for label, _ in layer.renderer().legendSymbologyItems()]
    assert labels == ["undecided", *(cls.label for cls in CLASSES)]


@pytest.mark.parametrize("index", [0, 3, 9])
def test_probability_ramp_as_drawn(files, index):
    from metocean.ui.maps.style import probability_renderer

    layer = _open(files[ResultKind.PROBABILITIES])
    layer.setRenderer(probability_renderer(layer, index))
    drawn = _drawn(layer)
    assert tuple(drawn[0, index]) == (*CLASSES[index].rgb, 255)
    assert drawn[0, :, 3].sum() == 255, "all other columns are transparent"
    assert (drawn[3, :, 3] == 0).all(), "nodata is transparent"


def test_what_is_certain_shows_nothing_of_the_uncertainty(files):
    from metocean.ui.maps.style import uncertainty_renderer

    layer = _open(files[ResultKind.UNCERTAINTY])
    layer.setRenderer(uncertainty_renderer(layer))
    drawn = _drawn(layer)
    assert tuple(drawn[0, 0]) == (0, 0, 0, 255) and drawn[0, :, 3].sum() == 255
    assert (drawn[3, :, 3] == 0).all(), "nodata is transparent"


def test_roughness_greys_leave_two_percent_on_either_side(files):
    from metocean.ui.maps.style import roughness_renderer

    stretch = roughness_renderer(
        _open(files[ResultKind.ROUGHNESS]), files[ResultKind.ROUGHNESS]
    ).contrastEnhancement()
    assert (stretch.minimumValue(), stretch.maximumValue()) == (0.04, 1.96)


def test_roughness_that_does_not_say_its_spread_is_shown_whole(files):
    from metocean.ui.maps.style import roughness_renderer

    dataset = gdal.Open(files[ResultKind.ROUGHNESS], gdal.GA_Update)
    dataset.SetMetadata({})
    dataset.GetRasterBand(1).Fill(-1)
    del dataset
    stretch = roughness_renderer(
        _open(files[ResultKind.ROUGHNESS]), files[ResultKind.ROUGHNESS]
    ).contrastEnhancement()
    assert (stretch.minimumValue(), stretch.maximumValue()) == (0, 2)


def test_without_a_time_layers_are_always_visible(files):
    from metocean.ui.maps.style import set_acquired

    layer = _open(files[ResultKind.CLASSES])
    set_acquired(layer, None)
    assert not layer.temporalProperties().isActive()


@pytest.mark.parametrize("order", [1, -1])
def test_the_group_holds_thirteen_layers_in_order_whatever_comes_first(files, order):
    from metocean.ui.maps.layers import LayerSlot, SceneGroup
    from qgis.core import QgsLayerTreeRegistryBridge, QgsProject, QgsRasterLayer

    project = QgsProject()
    group = SceneGroup("scene", ACQUIRED)
    for kind in list(ResultKind)[::order]:
        # As Processing loads them: without their styles.
        plain = QgsRasterLayer.LayerOptions(loadDefaultStyle=False)
        layer = QgsRasterLayer(files[kind], "layer", "gdal", plain)
        project.addMapLayer(layer)
        group.move_to_slot(layer, LayerSlot.from_kind(kind), project)
        # As in the desktop, where the current layer is in the group and new ones are added beside it.
        point = QgsLayerTreeRegistryBridge.InsertionPoint(group.group, 1)
        project.layerTreeRegistryBridge().setLayerInsertionPoint(point)
    nodes = project.layerTreeRoot().children()
    assert [node.name() for node in nodes] == ["scene"]
    children = nodes[0].children()
    labels = [cls.label for cls in CLASSES]
    assert [node.name() for node in children] == ["Classes", *labels, "Uncertainty (entropy)", "Roughness"]
    assert [node.itemVisibilityChecked() for node in children] == [True, *([False] * 11), True]
    kinds = [children[index].layer().renderer().type() for index in (0, 1, -2, -1)]
    assert kinds == ["paletted", "singlebandpseudocolor", "singlebandpseudocolor", "singlebandgray"]
    assert len(children[0].layer().renderer().classes()) == 11
    bands = [node.layer().renderer().band() for node in children[1:11]]
    assert bands == list(range(1, 11))
    assert len(project.mapLayers()) == 13
    assert all(node.layer().temporalProperties().isActive() for node in children)
