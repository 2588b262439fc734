# SPDX-License-Identifier: GPL-2.0-or-later
"""The algorithms' INPUT: a loaded raster, or whatever `metocean.core.scenes.opening.open_scene` opens."""

from __future__ import annotations

import os
import re
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QUrl

from ...core.errors import InputError
from ...core.scenes.sentinel1.product_files import image_named

# What GDAL calls an image of a Sentinel-1 product, and QGIS keeps as the source of its layer:
# SENTINEL1_CALIB:SIGMA0:/folder/manifest.safe:IW_VV:AMPLITUDE, SENTINEL1_DS:/folder/manifest.safe:IW_VV
_SENTINEL1 = re.compile(r"SENTINEL1_(?:DS|CALIB:\w+):(?P<path>.+?):(?P<image>\w+?_[HV]+(?:_[HV]+)*)(?::\w+)?")


class SceneParameter(QgsProcessingParameterRasterLayer):
    """A raster layer parameter that also takes what is no layer in QGIS: SAFE folders, manifests and zips.

    It stays a raster parameter for the modeller, for batch mode's "Select from open layers" and for scripts.
    """

    def __init__(self, name: str, description: str):
        super().__init__(name, description)
        # By its name: where there is no window the widget's module is never imported.
        wrapper = f"{__package__}.scene_widget.SceneWidgetWrapper"
        self.setMetadata({"widget_wrapper": {"class": wrapper}})

    def clone(self):
        """Return a copy of the same class, without which QGIS would fall back to plain rasters."""
        copy = SceneParameter(self.name(), self.description())
        copy.setFlags(self.flags())
        copy.setHelp(self.help())
        return copy

    def checkValueIsAcceptable(self, value, context=None):
        """Accept any text; whether there is a scene behind it is said in one sentence when it is opened."""
        # QGIS would want a layer here, and a SAFE folder is none. That there is a file is not asked either:
        # only `open_scene` can say what is wrong with it.
        if isinstance(value, str):
            return bool(value.strip())
        return super().checkValueIsAcceptable(value, context)

    def createFileFilter(self):
        """Offer the files a scene can come in."""
        scenes = QCoreApplication.translate("Metocean", "SAR scenes")
        return f"{scenes} (*.tif *.tiff *.zip *.safe *.dim *.vrt *.png);;{super().createFileFilter()}"


def scene_path(value: object, text: str, context: QgsProcessingContext) -> str:
    """Return the path to open.

    Parameters
    ----------
    value : object
        The parameter as given: a layer object, or anything else.
    text : str
        The same, evaluated to text: a path, a ``file:`` URL, or the id or name of a layer of the project.
    context : QgsProcessingContext
        Whose project the layers are of.

    Raises
    ------
    InputError
        The layer is no file, such as one of a web service.
    """
    layer = _layer(value, text, context)
    return _product(without_options(_file(text))) if layer is None else _source(layer)


def scene_crs(value: object, text: str, context: QgsProcessingContext) -> str:
    """Return the coordinate system that QGIS has for a layer, as WKT, empty where there is none.

    The parameters are those of `scene_path`. A user can set the system of a layer whose file has none:
    only the project knows it then.
    """
    layer = _layer(value, text, context)
    if layer is None or not layer.crs().isValid():
        return ""
    return layer.crs().toWkt(QgsCoordinateReferenceSystem.WKT_PREFERRED_GDAL)


def scene_nodata(value: object, text: str, context: QgsProcessingContext) -> tuple[tuple[float, float], ...]:
    """Return the values that a user declared, in the properties of a raster layer, to be nodata.

    The parameters are those of `scene_path`; each value is (least, largest).
    """
    layer = _layer(value, text, context)
    if not isinstance(layer, QgsRasterLayer):
        return ()
    # The dialog of properties has one list for all bands.
    return tuple((values.min(), values.max()) for values in layer.dataProvider().userNoDataValues(1))


def without_options(source: str) -> str:
    """Return a path without GDAL's open options, which QGIS's log and history have behind it.

    They say how to read a file (``/folder/a.tif|option:NUM_THREADS=2``), or which part of what is in it; what
    there is to read is found out here anyway.
    """
    if "|option:" not in source or "|layer" in source:
        return source
    return _path_of(QgsProviderRegistry.instance().decodeUri("gdal", source))


def _layer(value: object, text: str, context: QgsProcessingContext) -> Optional[QgsMapLayer]:
    if isinstance(value, QgsMapLayer):
        return value
    path = _file(text)
    # A file first: the name of a layer can be any text, also that of a file which is there.
    return None if os.path.exists(path) else QgsProcessingUtils.mapLayerFromString(path, context, False)


def _file(text: str) -> str:
    return QUrl(text).toLocalFile() if text.startswith("file:") else text.strip()


def _path_of(parts: dict) -> str:
    return parts.get("vsiPrefix", "") + parts["path"] + parts.get("vsiSuffix", "")


def _product(source: str) -> str:
    """Return the manifest, or the image of a sub-swath, of what GDAL calls a part of a Sentinel-1 product.

    Everything else is returned as it is.
    """
    part = _SENTINEL1.fullmatch(source)
    return image_named(part["path"], part["image"]) if part else source


def _source(layer: QgsMapLayer) -> str:
    """Return the file behind a layer, or what GDAL calls it."""
    if layer.providerType() not in ("gdal", "ogr"):
        kind = "GeoTIFF" if isinstance(layer, QgsRasterLayer) else "GeoPackage"
        raise InputError(f"{layer.name()} is no file on disk: export it to a {kind} and use that.")
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    if layer.providerType() == "ogr" or parts.get("layerName"):
        # A layer inside a container is only named by the whole source.
        return layer.source()
    return _product(_path_of(parts))
