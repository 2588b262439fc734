# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's shell: what it adds to QGIS, and takes away again.

QGIS loads and unloads plugins while it runs, as often as the user likes: what one of the functions below
adds, its counterpart takes away.
"""

from __future__ import annotations

from qgis.core import QgsApplication

from .ui.provider import MetoceanProvider


class MetoceanPlugin:
    """Adds the processing provider; ``iface`` is None in ``qgis_process``."""

    def __init__(self, iface):
        self.iface = iface
        self.provider = None

    def initProcessing(self):
        """Register the provider; all that ``qgis_process`` calls."""
        # QGIS calls a function of this name where metadata.txt says hasProcessingProvider=yes. Headless there
        # is no window, so that nothing here may touch ``iface``.
        self.provider = MetoceanProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self):
        """Set up the plugin in the desktop."""
        self.initProcessing()

    def unload(self):
        """Undo `initGui`."""
        # The registry owns the provider and deletes it: the name must not stay on what is gone.
        QgsApplication.processingRegistry().removeProvider(self.provider)
        self.provider = None
