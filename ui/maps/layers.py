"""A scene's results in the project: one group, classes on top, ten probabilities, uncertainty, roughness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Callable

from qgis.core import (
    QgsLayerTree,
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeNode,
    QgsProcessingContext,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
    QgsRasterLayer,
)

from ...core.classes import CLASSES
from .style import probability_renderer, raster_layer, renderer_of, set_acquired

# Processing hands layers over in any order; each finds its place by its rank.
_RANKS = {
    "classes": 0,
    "probabilities": 1,
    "uncertainty": 1 + len(CLASSES),
    "roughness": 2 + len(CLASSES),
}
_RANK_PROPERTY = "metocean/rank"
_TITLES = {"classes": "Classes", "uncertainty": "Uncertainty (entropy)", "roughness": "Roughness"}
# QGIS does not own post-processors, and the algorithm may be gone when they are called.
_waiting: list[QgsProcessingLayerPostProcessorInterface] = []


@dataclass(frozen=True)
class Spot:
    """Where a layer goes: its kind of result, its name, and its rank from the top of the group."""

    kind: str
    title: str
    rank: int

    @classmethod
    def of(cls, kind: str) -> Spot:
        """Return the place of a kind of result of one method; each probability has its own below it."""
        return cls(kind, _TITLES.get(kind, ""), _RANKS[kind])


@dataclass
class SceneGroup:
    """The group of one run's layers; made when the first of them arrives."""

    name: str
    acquired: datetime | None
    group: QgsLayerTreeGroup | None = None

    def post_process(self, context: QgsProcessingContext, files: dict[str, str]) -> None:
        """Have those of ``files`` (path by kind) that will be loaded put into the group."""
        for kind, path in files.items():
            self._await(context, path, Spot.of(kind))

    def load(self, context: QgsProcessingContext, classes: dict[str, str], roughness: str) -> None:
        """Have class rasters (path by title) and the roughness they are of loaded into the group."""
        project = context.project()
        if project is None:
            return
        spots = [(path, Spot("classes", title, rank)) for rank, (title, path) in enumerate(classes.items())]
        for path, spot in [*spots, (roughness, Spot("roughness", _TITLES["roughness"], len(spots)))]:
            details = QgsProcessingContext.LayerDetails(spot.title, project)
            context.addLayerToLoadOnCompletion(path, details)
            self._await(context, path, spot)

    def _await(self, context: QgsProcessingContext, path: str, spot: Spot) -> None:
        _when_loaded(context, path, lambda layer, project: self.place(layer, spot, project))

    def place(self, layer: QgsRasterLayer, spot: Spot, project: QgsProject) -> None:
        """Style a loaded layer, name it and move it to its place; the probabilities become ten layers.

        Processing loads its results without looking at the style files beside them.
        """
        root = project.layerTreeRoot()
        before = root.findLayer(layer.id())
        again = before is not None and _rank(before) >= 0
        if again:
            _read_anew(layer, project)
        if spot.kind == "probabilities":
            self._add_probability(root, layer, 0)
            for index in range(1, len(CLASSES)):
                extra = raster_layer(layer.source())
                extra.setCrs(layer.crs())
                project.addMapLayer(extra, False)
                self._add_probability(root, extra, index)
        else:
            _style(layer, spot.kind, self.acquired)
            layer.setName(spot.title)
            node = self._insert(root, layer, spot.rank)
            # One legend of the classes is enough.
            node.setExpanded(spot.kind == "classes" and spot.rank == 0)
            node.setItemVisibilityChecked(spot.kind != "uncertainty")
        if before is not None:
            group = before.parent()
            group.removeChildNode(before)
            if again and not group.children() and group.parent() is not None:
                group.parent().removeChildNode(group)

    def _add_probability(self, root: QgsLayerTree, layer: QgsRasterLayer, index: int) -> None:
        layer.setRenderer(probability_renderer(layer, index))
        layer.setName(CLASSES[index].label)
        set_acquired(layer, self.acquired)
        node = self._insert(root, layer, _RANKS["probabilities"] + index)
        # The class map says it at first sight; ten sheets over each other would only tint it.
        node.setItemVisibilityChecked(False)
        node.setExpanded(False)

    def _insert(self, root: QgsLayerTree, layer: QgsRasterLayer, rank: int) -> QgsLayerTreeLayer:
        if self.group is None:
            self.group = root.insertGroup(0, self.name)
        # QGIS adds layers where the user stands, maybe in this very group; such nodes have no rank yet.
        ranks = [_rank(node) for node in self.group.children()]
        below = next((place for place, other in enumerate(ranks) if other > rank), len(ranks))
        node = QgsLayerTreeLayer(layer)
        node.setCustomProperty(_RANK_PROPERTY, rank)
        self.group.insertChildNode(below, node)
        return node


def style_when_loaded(context: QgsProcessingContext, kind: str, path: str, acquired: datetime | None) -> None:
    """Have a result that stands alone styled where Processing puts it, if it is loaded at all."""
    _when_loaded(context, path, lambda layer, _: _style(layer, kind, acquired))


def _style(layer: QgsRasterLayer, kind: str, acquired: datetime | None) -> None:
    layer.setRenderer(renderer_of(kind, layer, layer.source()))
    set_acquired(layer, acquired)


def _when_loaded(
    context: QgsProcessingContext, path: str, act: Callable[[QgsRasterLayer, QgsProject], None]
) -> None:
    """Have something done with a result once it is a layer of the project, if it becomes one."""
    if context.willLoadLayerOnCompletion(path):
        waiting = _WhenLoaded(act)
        _waiting.append(waiting)
        context.layerToLoadOnCompletionDetails(path).setPostProcessor(waiting)


def _rank(node: QgsLayerTreeNode) -> int:
    """Return a node's place in its group, -1 where it is none of ours."""
    return int(node.customProperty(_RANK_PROPERTY, -1))


def _read_anew(layer: QgsRasterLayer, project: QgsProject) -> None:
    """Show what a run wrote over the file of an earlier one, and remove what else that showed of it.

    Processing hands over a layer of the project where one has the source of the result.
    """
    shown = [node for node in project.layerTreeRoot().findLayers() if _rank(node) >= 0 and node.layer()]
    others = [node.layer() for node in shown if node.layerId() != layer.id()]
    project.removeMapLayers([other.id() for other in others if other.source() == layer.source()])
    layer.setDataSource(layer.source(), layer.name(), layer.providerType())


class _WhenLoaded(QgsProcessingLayerPostProcessorInterface):
    """Does something with one loaded layer and the project it is in."""

    def __init__(self, act: Callable[[QgsRasterLayer, QgsProject], None]):
        super().__init__()
        self._act = act

    def postProcessLayer(self, layer, context, feedback):
        """Do it; QGIS calls this in the main thread."""
        _waiting.remove(self)
        self._act(layer, context.project() or QgsProject.instance())
