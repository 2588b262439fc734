# SPDX-License-Identifier: GPL-2.0-or-later
"""What is done with results once QGIS has loaded them.

Processing loads results after the algorithm has ended, in the main thread, one by one and in any order. What
has to be done with them then is left with it beforehand, as a *post-processor* for each: it styles the layer
and moves it to its slot. Where nothing is loaded, as headless, none is ever called: what must always be true
goes into files.
"""

from __future__ import annotations

from typing import Callable

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
    QgsRasterLayer,
)

# QGIS does not own post-processors, and the algorithm may be gone when they are called: without a reference
# from here Python would delete them first, and layers would come unstyled.
_waiting: list[QgsProcessingLayerPostProcessorInterface] = []


def when_loaded(
    context: QgsProcessingContext, path: str, act: Callable[[QgsRasterLayer, QgsProject], None]
) -> None:
    """Have something done with a result once it is a layer of the project, if it becomes one."""
    if context.willLoadLayerOnCompletion(path):
        waiting = _WhenLoaded(act)
        _waiting.append(waiting)
        context.layerToLoadOnCompletionDetails(path).setPostProcessor(waiting)


class _WhenLoaded(QgsProcessingLayerPostProcessorInterface):
    """Does something with one loaded layer and the project it is in."""

    def __init__(self, act: Callable[[QgsRasterLayer, QgsProject], None]):
        super().__init__()
        self._act = act

    def postProcessLayer(self, layer, context, feedback):
        """Do it; QGIS calls this in the main thread."""
        _waiting.remove(self)
        self._act(layer, context.project() or QgsProject.instance())
