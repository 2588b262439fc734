"""A raster output that nobody has to name."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterRasterDestination


class RasterOutput(QgsProcessingParameterRasterDestination):
    """A raster destination that need not be given: a temporary file, or headless one in the current folder.

    QGIS ignores the default of a destination and calls it missing; making it optional instead would offer to
    skip what the algorithm is for.
    """

    def __init__(self, name: str, description: str):
        super().__init__(name, description, defaultValue=QgsProcessing.TEMPORARY_OUTPUT)

    def clone(self):
        """Return a copy of the same class."""
        copy = RasterOutput(self.name(), self.description())
        copy.setFlags(self.flags())
        copy.setHelp(self.help())
        return copy

    def checkValueIsAcceptable(self, value, context=None):
        """Accept no value at all."""
        return value is None or super().checkValueIsAcceptable(value, context)
