# SPDX-License-Identifier: GPL-2.0-or-later
"""A scene's results in the project: one group, classes on top, ten probabilities, uncertainty, roughness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qgis.core import (
    QgsLayerTree,
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeNode,
    QgsProcessingContext,
    QgsProject,
    QgsRasterLayer,
)

from ...core.classes import CLASSES
from .post_processing import when_loaded
from .result_kind import ResultKind
from .style import probability_renderer, raster_layer, renderer_of, set_acquired

# Processing hands layers over in any order; each finds its slot by its rank, from the top. Probabilities
# take ten.
_RANKS = {
    ResultKind.CLASSES: 0,
    ResultKind.PROBABILITIES: 1,
    ResultKind.UNCERTAINTY: 1 + len(CLASSES),
    ResultKind.ROUGHNESS: 2 + len(CLASSES),
}
# Kept in the project with the layer's node, so that a later run, or a later session, knows its own layers.
_RANK_PROPERTY = "metocean/rank"
_TITLES = {
    ResultKind.CLASSES: "Classes",
    ResultKind.UNCERTAINTY: "Uncertainty (entropy)",
    ResultKind.ROUGHNESS: "Roughness",
}


@dataclass(frozen=True)
class LayerSlot:
    """Where a layer goes: its kind of result, its name, and its rank from the top of the group."""

    kind: ResultKind
    title: str
    rank: int

    @classmethod
    def from_kind(cls, kind: ResultKind) -> LayerSlot:
        """Return the slot of a kind of result of one method; each probability has its own below it."""
        return cls(kind, _TITLES.get(kind, ""), _RANKS[kind])


@dataclass
class SceneGroup:
    """The group of one run's layers; made when the first of them arrives."""

    name: str
    acquired: datetime | None
    group: QgsLayerTreeGroup | None = None

    def post_process(self, context: QgsProcessingContext, files: dict[ResultKind, str]) -> None:
        """Have those of ``files`` (path by kind) that will be loaded put into the group."""
        for kind, path in files.items():
            self._await(context, path, LayerSlot.from_kind(kind))

    def load(self, context: QgsProcessingContext, classes: dict[str, str], roughness: str) -> None:
        """Have class rasters (path by title) and the roughness they are of loaded into the group."""
        project = context.project()
        if project is None:  # headless: nothing is ever loaded
            return
        slots = [
            (path, LayerSlot(ResultKind.CLASSES, title, rank))
            for rank, (title, path) in enumerate(classes.items())
        ]
        below = LayerSlot(ResultKind.ROUGHNESS, _TITLES[ResultKind.ROUGHNESS], len(slots))
        for path, slot in [*slots, (roughness, below)]:
            # These are no outputs of the algorithm, which Processing would ask about: they lie in a folder.
            details = QgsProcessingContext.LayerDetails(slot.title, project)
            context.addLayerToLoadOnCompletion(path, details)
            self._await(context, path, slot)

    def _await(self, context: QgsProcessingContext, path: str, slot: LayerSlot) -> None:
        when_loaded(context, path, lambda layer, project: self.move_to_slot(layer, slot, project))

    def move_to_slot(self, layer: QgsRasterLayer, slot: LayerSlot, project: QgsProject) -> None:
        """Style a loaded layer, name it and move it to its slot; the probabilities become ten layers.

        Processing loads its results without looking at the style files beside them.
        """
        root = project.layerTreeRoot()
        before = root.findLayer(layer.id())
        again = before is not None and _rank(before) >= 0
        if again:
            _read_anew(layer, project)
        if slot.kind is ResultKind.PROBABILITIES:
            self._add_probabilities(root, layer, project)
        else:
            self._add_result(root, layer, slot)
        # A node cannot be moved in the tree: a new one was made, and the old one goes.
        if before is not None:
            group = before.parent()
            group.removeChildNode(before)
            # The group of an earlier run is left empty when the last of its layers has gone into this one.
            if again and not group.children() and group.parent() is not None:
                group.parent().removeChildNode(group)

    def _add_result(self, root: QgsLayerTree, layer: QgsRasterLayer, slot: LayerSlot) -> None:
        _style(layer, slot.kind, self.acquired)
        layer.setName(slot.title)
        node = self._insert(root, layer, slot.rank)
        # One legend of the classes is enough.
        node.setExpanded(slot.kind is ResultKind.CLASSES and slot.rank == 0)
        node.setItemVisibilityChecked(slot.kind is not ResultKind.UNCERTAINTY)

    def _add_probabilities(self, root: QgsLayerTree, layer: QgsRasterLayer, project: QgsProject) -> None:
        """Make ten layers of the one that was loaded, each showing another band of the same file."""
        self._add_probability(root, layer, 0)
        for index in range(1, len(CLASSES)):
            extra = raster_layer(layer.source())
            extra.setCrs(layer.crs())
            # Not into the tree by QGIS, which would put it where the user stands.
            project.addMapLayer(extra, False)
            self._add_probability(root, extra, index)

    def _add_probability(self, root: QgsLayerTree, layer: QgsRasterLayer, index: int) -> None:
        # A layer in QGIS has one renderer, so that ten bands in ten colours are ten layers of one file.
        layer.setRenderer(probability_renderer(layer, index))
        layer.setName(CLASSES[index].label)
        set_acquired(layer, self.acquired)
        node = self._insert(root, layer, _RANKS[ResultKind.PROBABILITIES] + index)
        # The class map says it at first sight; ten sheets over each other would only tint it.
        node.setItemVisibilityChecked(False)
        node.setExpanded(False)

    def _insert(self, root: QgsLayerTree, layer: QgsRasterLayer, rank: int) -> QgsLayerTreeLayer:
        # Only now: where the user has nothing loaded, no empty group is left in the project.
        if self.group is None:
            self.group = root.insertGroup(0, self.name)
        # QGIS adds layers where the user stands, maybe in this very group; such nodes have no rank yet.
        ranks = [_rank(node) for node in self.group.children()]
        below = next((position for position, other in enumerate(ranks) if other > rank), len(ranks))
        node = QgsLayerTreeLayer(layer)
        node.setCustomProperty(_RANK_PROPERTY, rank)
        self.group.insertChildNode(below, node)
        return node


def style_when_loaded(
    context: QgsProcessingContext, kind: ResultKind, path: str, acquired: datetime | None
) -> None:
    """Have a result that stands alone styled where Processing puts it, if it is loaded at all.

    Parameters
    ----------
    context : QgsProcessingContext
        Of the run.
    kind : ResultKind
    path : str
        Of the result, as it was handed to Processing.
    acquired : datetime or None
        UTC.
    """
    when_loaded(context, path, lambda layer, _: _style(layer, kind, acquired))


def _style(layer: QgsRasterLayer, kind: ResultKind, acquired: datetime | None) -> None:
    layer.setRenderer(renderer_of(kind, layer, layer.source()))
    set_acquired(layer, acquired)


def _rank(node: QgsLayerTreeNode) -> int:
    """Return a node's rank in its group, -1 where it is none of ours."""
    return int(node.customProperty(_RANK_PROPERTY, -1))


def _read_anew(layer: QgsRasterLayer, project: QgsProject) -> None:
    """Show what a run wrote over the file of an earlier one, and remove what else that showed of it.

    Processing hands over a layer of the project where one has the source of the result.
    """
    shown = [node for node in project.layerTreeRoot().findLayers() if _rank(node) >= 0 and node.layer()]
    others = [node.layer() for node in shown if node.layerId() != layer.id()]
    project.removeMapLayers([other.id() for other in others if other.source() == layer.source()])
    # GDAL's dataset of the layer still shows the file that was there before.
    layer.setDataSource(layer.source(), layer.name(), layer.providerType())
