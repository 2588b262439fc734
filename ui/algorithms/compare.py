# SPDX-License-Identifier: GPL-2.0-or-later
"""``metocean:comparemethods``: several methods on one scene, side by side, with their areas and agreement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
)

from ...core.classes import CLASSES
from ...core.errors import OutputError
from ...core.files.staging import new_folder
from ...core.methods.protocol import Method
from ...core.runs.compare import compare
from ...core.runs.comparison import ComparePaths, CompareResult
from ...models.registry import METHODS, has_weights, load_method
from ..maps.layers import SceneGroup
from ..maps.panel import draw_panel
from ..maps.result_kind import ResultKind
from ..maps.style import save_styles
from ..parameters.destination import FileOutput
from .common import static_enum
from .network import DEVICE, PRECISION, NetworkAlgorithm, memory_given_back

CHOSEN = "METHODS"
PANEL, AREAS, AGREEMENT, FOLDER = "PANEL", "AREAS", "AGREEMENT", "FOLDER"
LOAD_LAYERS = "LOAD_LAYERS"


class CompareAlgorithm(NetworkAlgorithm):
    """Methods on one scene, side by side."""

    NAME = "comparemethods"

    def displayName(self):
        """Return the title in the toolbox."""
        return self.tr("Compare methods on a scene")

    def tags(self):
        """Return words the toolbox finds it by."""
        words = self.tr("sar,sentinel-1,ocean,segmentation,comparison,agreement,figure,panel")
        return [*words.split(","), *(cls.name.lower() for cls in CLASSES)]

    def shortHelpString(self):
        """Return what it does."""
        methods = "".join(f"<li><b>{name}</b> {entry.title}</li>" for name, entry in METHODS.items())
        return self.tr(
            "Segments one scene with several methods (after Colin et al. 2022) and sets them side by side: a "
            "picture with the roughness and each method's class map, the areas of the classes by method, and "
            "how far each two methods agree.<ul>{}</ul>"
            "B takes a quarter of an hour and more on a wide swath without a GPU; it says how long before it "
            "starts, and can be cancelled then. Agreement is no proof: methods that learnt from the same "
            "simulated scenes may be wrong together."
        ).format(methods)

    def initAlgorithm(self, configuration=None):
        """Declare the parameters."""
        self.add_scene()
        self.add(
            static_enum(CHOSEN, self.tr("Methods"), list(METHODS), _default_methods(), allowMultiple=True),
            self.tr("Several of {}. Not given: all that have their weights, but B, which takes long.").format(
                ", ".join(METHODS)
            ),
        )
        self.add_network()
        self.add_classes()
        self.add_reading()
        self.add_map()
        self._add_destinations()
        self.addOutput(QgsProcessingOutputNumber("SECONDS", self.tr("Seconds")))

    def work(self, parameters, context, feedback):
        """Compare, draw and hand over."""
        outputs = self._outputs(parameters, context)
        methods = self._methods(parameters, context, feedback)
        options = self.segment_options(parameters, context)
        # Without a folder class maps are only drawn, and go with the run.
        folder = self.parameterAsFileOutput(parameters, FOLDER, context)
        if folder:
            outputs = self._kept(outputs, methods, folder)
        with new_folder(folder), memory_given_back(*methods.values()):
            result = compare(self.path, methods, options, outputs, feedback, finish=_finish)
        if folder and self.parameterAsBoolean(parameters, LOAD_LAYERS, context):
            # Not outputs of the algorithm: which there are depends on the methods that were chosen.
            group = SceneGroup(f"{result.name} – {self.tr('methods')}", result.acquired)
            group.load(context, _titled(outputs.classes), outputs.roughness)
        # What was not asked for is left out: an empty path would count as a result.
        files = {PANEL: outputs.panel, AREAS: outputs.areas, AGREEMENT: outputs.agreement, FOLDER: folder}
        return {**{name: path for name, path in files.items() if path}, "SECONDS": round(result.seconds, 2)}

    def _methods(self, parameters, context, feedback) -> dict[str, Method]:
        """Load all that are chosen: what one lacks is said before another has run for long."""
        network = [self.parameterAsEnumString(parameters, name, context) for name in (DEVICE, PRECISION)]
        # QGIS gives one empty string for a list that is not given.
        chosen = filter(None, self.parameterAsEnumStrings(parameters, CHOSEN, context))
        methods = {}
        for method_id in chosen:
            feedback.progress(0.0)
            methods[method_id] = load_method(method_id, *network)
        return methods

    def _outputs(self, parameters, context) -> ComparePaths:
        panel = self.file_path(parameters, PANEL, "panel.png", context)
        # Qt would write any name as PNG, and QGIS's dialog lets people type any.
        if not panel.lower().endswith(".png"):
            raise OutputError(f"{panel} would be a PNG picture: give it a name that ends in .png.")
        return ComparePaths(
            panel=panel,
            areas=self.file_path(parameters, AREAS, "areas.csv", context),
            agreement=self.file_path(parameters, AGREEMENT, "agreement.csv", context),
        )

    def _kept(self, outputs: ComparePaths, methods: Iterable[str], folder: str) -> ComparePaths:
        """Return the outputs, with those in the folder of class maps."""
        start = str(Path(folder) / self.stem())
        return replace(
            outputs,
            classes={name: f"{start}_{name}.tif" for name in methods},
            roughness=f"{start}_roughness.tif",
        )

    def _add_destinations(self):
        unnamed = self.unnamed_output()
        for name, title, kind, text in (
            (
                PANEL,
                self.tr("Panel"),
                "PNG (*.png)",
                self.tr("Picture: roughness, then each method's classes; black is undecided. {}"),
            ),
            (
                AREAS,
                self.tr("Areas"),
                "CSV (*.csv)",
                self.tr("Square kilometres and percent, a row for each class of each method. {}"),
            ),
            (
                AGREEMENT,
                self.tr("Agreement"),
                "CSV (*.csv)",
                self.tr(
                    "A row for each two methods: cells known to both; percent of them in which both say the "
                    "same, in which neither is undecided, and of those in which both say the same; the Dice "
                    "score of each class. {}"
                ),
            ),
        ):
            self.add(FileOutput(name, title, kind), text.format(unnamed))
        self.add(
            # Not by default: optional destinations get a temporary folder otherwise, to keep all maps.
            QgsProcessingParameterFolderDestination(
                FOLDER, self.tr("Folder of class maps"), None, optional=True, createByDefault=False
            ),
            self.tr("Each method's class raster, and the roughness, to be kept and loaded as layers."),
        )
        self.add(
            QgsProcessingParameterBoolean(LOAD_LAYERS, self.tr("Load the class maps"), True),
            self.tr("Load what is kept in the folder into the project: in batches perhaps better not."),
            advanced=True,
        )


def _default_methods() -> list[str]:
    return [name for name, entry in METHODS.items() if has_weights(name) and not entry.slow]


def _titled(classes: Mapping[str, str]) -> dict[str, str]:
    return {METHODS[name].title: path for name, path in classes.items()}


def _finish(staged: ComparePaths, result: CompareResult) -> None:
    """Draw the panel, and write the style of every raster."""
    heading = (
        result.name if result.acquired is None else f"{result.name}, {result.acquired:%Y-%m-%d %H:%M} UTC"
    )
    draw_panel(staged.panel, heading, staged.roughness, _titled(staged.classes))
    for path in staged.classes.values():
        save_styles({ResultKind.CLASSES: path}, 0, result.acquired)
    save_styles({ResultKind.ROUGHNESS: staged.roughness}, 0, result.acquired)
