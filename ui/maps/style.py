# SPDX-License-Identifier: GPL-2.0-or-later
"""How the results look, and the .qml files that make them look so wherever they are opened.

QGIS looks for a file of the raster's name that ends in .qml when someone opens it; Processing does not when
it loads a result. So every style is made twice, from the same renderers: as a file here, for a layer in
`layers`.
"""

from __future__ import annotations

import os
import uuid
from datetime import datetime

from osgeo import gdal
from qgis.core import (
    QgsColorRampShader,
    QgsContrastEnhancement,
    QgsDateTimeRange,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsRasterLayerTemporalProperties,
    QgsRasterRenderer,
    QgsRasterShader,
    QgsSingleBandGrayRenderer,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtCore import QDateTime, QTimeZone
from qgis.PyQt.QtGui import QColor

from ...core.classes import CLASS_VALUES, CLASSES, UNDECIDED
from ...core.files.gdal_calls import attempt
from ...core.files.raster import open_raster
from ...core.metadata import ROUGHNESS_P02, ROUGHNESS_P98
from ...core.quantity import LARGEST
from ...core.results.areas import UNDECIDED_NAME
from ...core.results.uncertainty import UNCERTAINTY
from .result_kind import ResultKind
from .style_file import write_style

# Metadata of a roughness raster, and what to take where there is none: the whole range.
_GREY_ENDS = {ROUGHNESS_P02: 0.0, ROUGHNESS_P98: LARGEST}


def class_renderer(layer: QgsRasterLayer) -> QgsRasterRenderer:
    """Return a palette with the classes' names and colours; undecided is transparent.

    Black, as in the paper's figures, would hide the radar image below.
    """
    palette = [QgsPalettedRasterRenderer.Class(UNDECIDED, QColor(0, 0, 0, 0), UNDECIDED_NAME)]
    palette += [
        QgsPalettedRasterRenderer.Class(value, QColor(cls.colour), cls.label)
        for value, cls in zip(CLASS_VALUES, CLASSES)
    ]
    return QgsPalettedRasterRenderer(layer.dataProvider(), 1, palette)


def probability_renderer(layer: QgsRasterLayer, index: int) -> QgsRasterRenderer:
    """Return a ramp on the band of class ``index``, from transparent at 0 to its colour at 1."""
    band = index + 1  # GDAL and QGIS count bands from 1
    return _ramp(layer, band, QColor(CLASSES[index].colour))


def uncertainty_renderer(layer: QgsRasterLayer) -> QgsRasterRenderer:
    """Return a ramp on the entropy, from transparent where all is certain to black."""
    # Bands are counted from 1.
    return _ramp(layer, 1 + UNCERTAINTY.index("entropy"), QColor("black"))


def _ramp(layer: QgsRasterLayer, band: int, colour: QColor) -> QgsRasterRenderer:
    """Return a ramp from transparent at 0 to ``colour`` at 1, whatever values the band has."""
    # The same colour without opacity, not QColor("transparent"): that is black, and greys what is in between.
    clear = QColor(colour)
    clear.setAlpha(0)
    ramp = QgsColorRampShader(0.0, 1.0)
    ramp.setColorRampType(QgsColorRampShader.Type.Interpolated)
    ramp.setColorRampItemList(
        [
            QgsColorRampShader.ColorRampItem(0.0, clear, "0"),
            QgsColorRampShader.ColorRampItem(1.0, colour, "1"),
        ]
    )
    shader = QgsRasterShader()
    shader.setRasterShaderFunction(ramp)
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, shader)
    renderer.setClassificationMin(0.0)
    renderer.setClassificationMax(1.0)
    return renderer


def roughness_renderer(layer: QgsRasterLayer, path: str) -> QgsRasterRenderer:
    """Return greys stretched so that 2 % of the raster at ``path`` are black and 2 % white, as it says."""
    low, high = grey_ends(path)
    stretch = QgsContrastEnhancement(layer.dataProvider().dataType(1))
    stretch.setMinimumValue(low)
    stretch.setMaximumValue(high)
    stretch.setContrastEnhancementAlgorithm(
        QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum
    )
    renderer = QgsSingleBandGrayRenderer(layer.dataProvider(), 1)
    renderer.setContrastEnhancement(stretch)
    return renderer


def grey_ends(path: str) -> tuple[float, float]:
    """Return the roughness that is shown black, and the one that is shown white, as the raster says."""
    # QGIS's own cumulative cut reads the whole raster and leaves megabytes of histogram beside it.
    metadata = open_raster(path).GetMetadata()
    low, high = (float(metadata.get(key, end)) for key, end in _GREY_ENDS.items())
    return low, high


def set_acquired(layer: QgsRasterLayer, acquired: datetime | None) -> None:
    """Tell the temporal controller when the scene was taken; None leaves the layer always visible."""
    if acquired is None:
        return
    # In UTC, whatever the zone of the computer.
    instant = QDateTime.fromSecsSinceEpoch(int(acquired.timestamp()), QTimeZone.utc())
    properties = layer.temporalProperties()
    # QGIS 3.22 has no scoped name for this one.
    properties.setMode(QgsRasterLayerTemporalProperties.ModeFixedTemporalRange)
    properties.setFixedTemporalRange(QgsDateTimeRange(instant, instant))
    properties.setIsActive(True)


def save_styles(files: dict[ResultKind, str], shown_class: int, acquired: datetime | None) -> None:
    """Write a .qml beside each result.

    Parameters
    ----------
    files : dict of ResultKind to str
        Path by kind.
    shown_class : int
        Index of the class that the probability raster shows when opened by itself: the most widespread one,
        so that it does not open empty. The other nine are its other bands.
    acquired : datetime or None
        UTC.
    """
    # One layer for all: a style has the renderer and the time, not the file.
    layer = _pattern()
    set_acquired(layer, acquired)
    for kind, path in files.items():
        layer.setRenderer(renderer_of(kind, layer, path, shown_class))
        write_style(layer, f"{os.path.splitext(path)[0]}.qml")
    # Files in GDAL's memory last as long as QGIS: each run would leave one.
    gdal.Unlink(layer.source())


def renderer_of(
    kind: ResultKind, layer: QgsRasterLayer, path: str, shown_class: int = 0
) -> QgsRasterRenderer:
    """Return the renderer of one kind of result.

    Parameters
    ----------
    kind : ResultKind
    layer : QgsRasterLayer
        To be drawn, or to hang the style on.
    path : str
        Where the pixels are; a style is saved while the layer is only a pattern of the raster.
    shown_class : int
        Index of the class that probabilities show.
    """
    if kind is ResultKind.PROBABILITIES:
        return probability_renderer(layer, shown_class)
    if kind is ResultKind.ROUGHNESS:
        return roughness_renderer(layer, path)
    return class_renderer(layer) if kind is ResultKind.CLASSES else uncertainty_renderer(layer)


def _pattern() -> QgsRasterLayer:
    """Return a layer to hang styles on: opening the results would have QGIS take their statistics."""
    # A name of its own, as runs in several threads share GDAL's memory files.
    path = f"/vsimem/metocean-{uuid.uuid4().hex}.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(path, 1, 1, len(CLASSES), gdal.GDT_Float32)
    dataset.SetGeoTransform((0.0, 1.0, 0.0, 0.0, 0.0, -1.0))
    dataset.FlushCache()
    return attempt(raster_layer, path, "pattern")


def raster_layer(path: str, name: str = "") -> QgsRasterLayer:
    """Open a raster as a layer; where it has no coordinate system nobody is asked for one.

    Wave-mode imagettes have none, and QGIS may be set to ask for it, in a dialog that stops the run.
    """
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True
    return QgsRasterLayer(path, name, "gdal", options)
