# SPDX-License-Identifier: GPL-2.0-or-later
"""Outputs that nobody has to name.

A user who runs an algorithm to look at its result should not have to think of file names first. The classes
below make of a destination without a value what its default says: a temporary file.
"""

from __future__ import annotations

from qgis.core import (
    QgsExpressionContext,
    QgsProcessing,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterRasterDestination,
)


def destination_text(value, context=None) -> str:
    """Return the text of a destination, empty where none is given: batch mode has definitions of nothing."""
    # A sink can be an expression, as models make them, and has to be evaluated to be read.
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        expressions = QgsExpressionContext() if context is None else context.expressionContext()
        value = value.sink.valueAsString(expressions, "")[0]
    return "" if value is None else str(value)


class _Unnamed:
    """A destination that need not be given: a temporary file, or headless one in the current folder.

    QGIS ignores the default of a destination and calls it missing; making it optional instead would offer to
    skip what the algorithm is for.
    """

    def clone(self):
        """Return a copy of the same class; QGIS would make one of the plain class instead."""
        copy = self.again()
        copy.setFlags(self.flags())
        copy.setHelp(self.help())
        return copy

    def checkValueIsAcceptable(self, value, context=None):
        """Accept no value at all, and the empty one that batch mode has for it."""
        return not destination_text(value, context) or super().checkValueIsAcceptable(value, context)


class RasterOutput(_Unnamed, QgsProcessingParameterRasterDestination):
    """A raster that nobody has to name."""

    def __init__(self, name: str, description: str):
        super().__init__(name, description, defaultValue=QgsProcessing.TEMPORARY_OUTPUT)

    def again(self):
        """Return one declared alike."""
        return RasterOutput(self.name(), self.description())


class FolderOutput(_Unnamed, QgsProcessingParameterFolderDestination):
    """A folder that nobody has to name."""

    def __init__(self, name: str, description: str):
        super().__init__(name, description, QgsProcessing.TEMPORARY_OUTPUT)

    def again(self):
        """Return one declared alike."""
        return FolderOutput(self.name(), self.description())


class FileOutput(_Unnamed, QgsProcessingParameterFileDestination):
    """A file that nobody has to name; ``kinds`` is a filter such as ``CSV (*.csv)``."""

    def __init__(self, name: str, description: str, kinds: str):
        super().__init__(name, description, kinds, QgsProcessing.TEMPORARY_OUTPUT)

    def again(self):
        """Return one declared alike."""
        return FileOutput(self.name(), self.description(), self.fileFilter())


def temporary(parameters: dict, name: str) -> dict:
    """Return the parameters with a temporary file for an empty destination, to be loaded if that would be."""
    # A definition, not a text, says into which project the layer goes; a text alone would load nothing.
    value = parameters.get(name)
    if not isinstance(value, QgsProcessingOutputLayerDefinition):
        return parameters
    temporary = QgsProcessingOutputLayerDefinition(QgsProcessing.TEMPORARY_OUTPUT, value.destinationProject)
    return {**parameters, name: temporary}
