# SPDX-License-Identifier: GPL-2.0-or-later
"""The widget of `SceneParameter`: pick a loaded raster, type or drop a path, browse for a file or folder.

QGIS has a widget for layers and one for files; none takes both, or a folder where a file would do, too.
"""

from __future__ import annotations

import qgis.utils
from processing.gui.wrappers import DIALOG_STANDARD, WidgetWrapper
from qgis.core import (
    QgsProcessingOutputFile,
    QgsProcessingOutputRasterLayer,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterLayer,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

# Where QGIS's own widgets of Processing keep the folder that was used last.
LAST_PATH = "/Processing/LastInputPath"


class SceneWidgetWrapper(WidgetWrapper):
    """Connects the widget to the single dialog, the batch table and the modeller."""

    def createWidget(self):
        """Build the widget; QGIS calls this once."""
        widget = SceneWidget(self.parameterDefinition().createFileFilter())
        widget.set_choices(self._choices())
        # Rows of a batch are scenes of their own, and models are made for scenes that are not there yet.
        if self.dialogType == DIALOG_STANDARD:
            widget.set_value(_at_hand())
        # A slot of the widget's: Qt takes it off when the dialog goes.
        QgsProject.instance().layersRemoved.connect(widget.forget)
        widget.combo.currentTextChanged.connect(lambda _: self.widgetValueHasChanged.emit(self))
        return widget

    def setValue(self, value):
        """Show a layer, layer id or path."""
        self.widget.set_value(value)

    def value(self):
        """Return a layer id, a path, or None while empty."""
        return self.widget.value()

    def refresh(self):
        """Follow layers that come and go while the dialog is open."""
        self.widget.set_choices(self._choices())

    def _choices(self):
        # In the modeller values are the model's inputs and the results of its other steps, not layers.
        dialog = self.dialog
        if hasattr(dialog, "getAvailableValuesOfType"):
            kinds = [QgsProcessingParameterRasterLayer, QgsProcessingParameterFile]
            sources = dialog.getAvailableValuesOfType(
                kinds, [QgsProcessingOutputRasterLayer, QgsProcessingOutputFile]
            )
            return [(dialog.resolveValueDescription(source), source) for source in sources]
        rasters = [v for v in QgsProject.instance().mapLayers().values() if isinstance(v, QgsRasterLayer)]
        return [
            (layer.name(), layer.id()) for layer in sorted(rasters, key=lambda layer: layer.name().lower())
        ]


class SceneWidget(QWidget):
    """An editable list of loaded rasters with a button to browse."""

    def __init__(self, file_filter: str):
        super().__init__()
        self._filter = file_filter
        self.combo = QComboBox()
        self.combo.setEditable(True)
        # Enter chooses a path, and adds no item without a value.
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.combo.setMinimumContentsLength(30)
        self.combo.lineEdit().setPlaceholderText(_tr("Loaded raster, file, zip or SAFE folder"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.combo)
        layout.addWidget(self._browse_button())

    def set_choices(self, choices):
        """Fill the list with (text, value), keeping what is chosen."""
        kept = self.value()
        # Filling the list is no choice of the user's: nothing may be told of it.
        self.combo.blockSignals(True)
        self.combo.clear()
        for text, value in choices:
            self.combo.addItem(text, value)
        self.set_value(kept)
        self.combo.blockSignals(False)

    def forget(self, values):
        """Take layers that are gone, by their ids, off the list."""
        chosen = self.value()
        for value in values:
            index = self.combo.findData(value)
            if index >= 0:
                self.combo.removeItem(index)
        self.set_value(None if chosen in values else chosen)

    def set_value(self, value):
        """Choose an item by its value, or show a path."""
        value = value.id() if hasattr(value, "id") else value
        for index in range(self.combo.count()):
            if self.combo.itemData(index) == value:
                self.combo.setCurrentIndex(index)
                return
        self.combo.setCurrentIndex(-1)
        self.combo.setEditText("" if value is None else str(value))

    def value(self):
        """Return the chosen item's value, or the text typed, or None."""
        text = self.combo.currentText().strip()
        # An editable list keeps its index when other text is typed over it: both have to agree.
        index = self.combo.currentIndex()
        if index >= 0 and self.combo.itemText(index) == text:
            return self.combo.itemData(index)
        return text or None

    def _browse_button(self):
        menu = QMenu(self)
        menu.addAction(_tr("File or zip…"), self._browse_file)
        menu.addAction(_tr("SAFE folder…"), self._browse_folder)
        button = QToolButton()
        button.setText("…")
        button.setToolTip(_tr("Browse for a scene"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        return button

    def _browse_file(self):
        path, _ = QFileDialog.getOpenFileName(self, _tr("Scene"), _last_path(), self._filter)
        self._take(path)

    def _browse_folder(self):
        self._take(QFileDialog.getExistingDirectory(self, _tr("SAFE folder"), _last_path()))

    def _take(self, path):
        if path:
            QgsSettings().setValue(LAST_PATH, path)
            self.set_value(path)


def _at_hand():
    """Return the active layer, or the only one, where that is a raster."""
    layers = QgsProject.instance().mapLayers().values()
    rasters = [layer for layer in layers if isinstance(layer, QgsRasterLayer)]
    active = qgis.utils.iface.activeLayer() if qgis.utils.iface is not None else None
    if active in rasters:
        return active
    return rasters[0] if len(rasters) == 1 else None


def _last_path():
    return QgsSettings().value(LAST_PATH, "", type=str)


def _tr(text):
    return QCoreApplication.translate("Metocean", text)
