# SPDX-License-Identifier: GPL-2.0-or-later
"""The scene's parameter and its widget, in the dialog and in a batch."""

from __future__ import annotations

from qgis import core


def test_the_scene_parameter_accepts_what_is_no_layer(provider, tmp_path):
    algorithm = provider.algorithm("segment").create()
    definition = algorithm.parameterDefinition("INPUT")
    context = core.QgsProcessingContext()
    assert definition.checkValueIsAcceptable(str(tmp_path / "S1A.SAFE"), context)
    assert definition.clone().checkValueIsAcceptable(str(tmp_path / "S1A.SAFE"), context)
    assert not definition.checkValueIsAcceptable("  ", context)
    assert not definition.checkValueIsAcceptable(None, context)
    assert "*.zip" in definition.createFileFilter() and "*.tif" in definition.createFileFilter()


def test_the_scene_widget_keeps_layers_paths_and_nothing_apart(provider, project, scene):
    from metocean.ui.parameters.scene_widget import SceneWidget

    widget = SceneWidget("all (*)")
    widget.set_choices([("my scene", "id-1"), ("my scene", "id-2")])
    widget.set_value("id-2")
    assert widget.value() == "id-2"
    widget.set_value("/data/S1A.SAFE")
    assert widget.value() == "/data/S1A.SAFE"
    widget.set_choices([("other", "id-3")])
    assert widget.value() == "/data/S1A.SAFE"
    widget.set_value(None)
    assert widget.value() is None
    layer = core.QgsRasterLayer(scene, "loaded")
    widget.set_choices([("loaded", layer.id())])
    widget.set_value(layer)
    assert widget.value() == layer.id()


def test_enter_after_a_path_chooses_the_path(provider):
    from metocean.ui.parameters.scene_widget import SceneWidget
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    widget = SceneWidget("all (*)")
    widget.set_choices([("loaded", "id-1")])
    widget.combo.lineEdit().selectAll()
    QTest.keyClicks(widget.combo.lineEdit(), "/data/S1A.SAFE")
    QTest.keyClick(widget.combo.lineEdit(), Qt.Key.Key_Return)
    assert widget.value() == "/data/S1A.SAFE"
    widget.set_choices([("loaded", "id-1"), ("new", "id-2")])
    assert widget.value() == "/data/S1A.SAFE"


def test_a_layer_that_is_gone_is_no_choice(provider, project, scene):
    from metocean.ui.parameters.scene_widget import SceneWidget

    widget = SceneWidget("all (*)")
    widget.set_choices([("loaded", "id-1"), ("other", "id-2")])
    widget.set_value("id-1")
    widget.forget(["id-1"])
    assert widget.value() is None and widget.combo.count() == 1
    widget.set_value("id-2")
    widget.forget(["id-3"])
    assert widget.value() == "id-2"


def test_the_dialog_starts_with_the_active_layer_and_a_batch_with_none(provider, project, scene, monkeypatch):
    import qgis.utils
    from processing.gui.wrappers import WidgetWrapperFactory
    from qgis.PyQt.QtWidgets import QDialog

    class Interface:
        def activeLayer(self):
            return active

    first, active = (core.QgsRasterLayer(scene, name) for name in ("a", "b"))
    project.addMapLayers([first, active])
    algorithm = provider.algorithm("segment").create()
    definition = algorithm.parameterDefinition("INPUT")

    def shown(title):
        dialog = type(title, (QDialog,), {})()
        return WidgetWrapperFactory.create_wrapper(definition, dialog).parameterValue()

    assert shown("AlgorithmDialog") is None
    monkeypatch.setattr(qgis.utils, "iface", Interface())
    assert shown("AlgorithmDialog") == active.id()
    assert shown("BatchAlgorithmDialog") is None


def test_both_dialogs_use_the_scene_widget(provider, project, scene):
    from metocean.ui.parameters.scene_widget import SceneWidgetWrapper
    from processing.gui.wrappers import WidgetWrapperFactory
    from qgis.PyQt.QtWidgets import QDialog

    project.addMapLayer(core.QgsRasterLayer(scene, "loaded"))
    algorithm = provider.algorithm("segment").create()
    definition = algorithm.parameterDefinition("INPUT")
    for title in ("AlgorithmDialog", "BatchAlgorithmDialog"):
        wrapper = WidgetWrapperFactory.create_wrapper(definition, type(title, (QDialog,), {})())
        assert isinstance(wrapper, SceneWidgetWrapper)
        assert wrapper.widget.combo.itemText(0) == "loaded"
        wrapper.setParameterValue("/data/S1A.zip", core.QgsProcessingContext())
        assert wrapper.parameterValue() == "/data/S1A.zip"
