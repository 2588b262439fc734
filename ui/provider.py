# SPDX-License-Identifier: GPL-2.0-or-later
"""The processing provider: what the toolbox lists."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingProvider
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from ..models.packages import use_folder
from .algorithms.common import ICON
from .algorithms.compare import CompareAlgorithm
from .algorithms.preprocess import PreprocessAlgorithm, PreprocessAllAlgorithm
from .algorithms.segment import SegmentAlgorithm

# Beside the profile's plugins: where torch may be installed without QGIS's own Python knowing. Not within the
# plugin, which QGIS deletes and unpacks anew with each update.
PACKAGES = "metocean-packages"


class MetoceanProvider(QgsProcessingProvider):
    """Provider ``metocean``: four algorithms, which write GeoTIFF."""

    def id(self):
        """Return the prefix of the algorithms' ids, fixed for ever."""
        return "metocean"

    def name(self):
        """Return the name shown in the toolbox."""
        return QCoreApplication.translate("Metocean", "Metocean processes")

    def longName(self):
        """Return the name shown where there is room."""
        return QCoreApplication.translate("Metocean", "Metocean processes in SAR scenes")

    def icon(self):
        """Return the plugin's icon."""
        return QIcon(ICON)

    def supportedOutputRasterLayerExtensions(self):
        """Return the one format that holds everything the results carry."""
        # The dialogs offer these for outputs that are layers.
        return ["tif", "tiff"]

    def loadAlgorithms(self):
        """List the algorithms; always, whether or not torch is installed.

        QGIS calls this again whenever the provider is refreshed.
        """
        use_folder(str(Path(QgsApplication.qgisSettingsDirPath()) / "python" / PACKAGES))
        # New ones each time: the provider owns those it had, and has deleted them.
        self.addAlgorithm(SegmentAlgorithm())
        self.addAlgorithm(CompareAlgorithm())
        self.addAlgorithm(PreprocessAlgorithm())
        self.addAlgorithm(PreprocessAllAlgorithm())
