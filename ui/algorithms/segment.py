# SPDX-License-Identifier: GPL-2.0-or-later
"""``metocean:segment``: a scene to ten class probabilities, a class map and areas."""

from __future__ import annotations

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterDestination,
)

from ...core.classes import CLASSES, CODES
from ...core.results.areas import AREA_TITLES, UNDECIDED_NAME, Area
from ...core.results.rasters import OutputPaths
from ...core.runs.segment import SegmentResult, segment
from ...models.registry import METHODS
from ..maps.layers import SceneGroup
from ..maps.result_kind import ResultKind
from ..maps.style import save_styles
from ..parameters.destination import RasterOutput
from .method import METHOD, MethodAlgorithm
from .network import memory_given_back

# CLASS_MAP, as CLASSES are the ten of `metocean.core.classes`; its parameter is called CLASSES.
PROBABILITIES, CLASS_MAP, AREAS, ROUGHNESS = "PROBABILITIES", "CLASSES", "AREAS", "ROUGHNESS"
UNCERTAINTY = "UNCERTAINTY"


class SegmentAlgorithm(MethodAlgorithm):
    """Ten metocean processes in a SAR scene."""

    NAME = "segment"

    def displayName(self):
        """Return the title in the toolbox."""
        return self.tr("Segment metocean processes")

    def tags(self):
        """Return words the toolbox finds it by."""
        # Names of the processes, too: whoever types "rain" into the toolbox finds what maps it.
        words = self.tr("sar,sentinel-1,ocean,segmentation,classification,wind,waves,slicks,sea ice,rain")
        return [*words.split(","), *(cls.name.lower() for cls in CLASSES)]

    def shortHelpString(self):
        """Return what it does."""
        classes = "".join(f"<li><b>{c.code}</b> {c.name}: {c.description}</li>" for c in CLASSES)
        methods = "".join(f"<li><b>{name}</b> {entry.title}</li>" for name, entry in METHODS.items())
        return self.tr(
            "Maps ten processes of ocean and atmosphere in a Sentinel-1 scene (after Colin et al. 2022): a "
            "probability for each, the most probable one per pixel, and their areas.<ul>{}</ul>"
            "Methods, by the name that METHOD takes:<ul>{}</ul>"
            "The networks that come with the plugin were trained on simulated scenes: look at the roughness "
            "before you trust a class."
        ).format(classes, methods)

    def initAlgorithm(self, configuration=None):
        """Declare parameters and outputs."""
        self.add_scene()
        self.add_method()
        self.add_network()
        self.add_settings()
        self.add_classes()
        self.add_reading()
        self.add_map()
        self._add_destinations()
        self._add_uncertainty()
        # Numbers beside the files: batch mode shows them in its summary, ``qgis_process`` in its JSON.
        for code in map(str.upper, AREA_TITLES):
            self.addOutput(QgsProcessingOutputNumber(f"AREA_{code}_KM2", self.tr("{} (km²)").format(code)))
            self.addOutput(QgsProcessingOutputNumber(f"SHARE_{code}", self.tr("{} (%)").format(code)))
        self.addOutput(QgsProcessingOutputNumber("SECONDS", self.tr("Seconds")))
        self.addOutput(QgsProcessingOutputString("MODEL", self.tr("Model")))
        self.addOutput(QgsProcessingOutputString("DEVICE_USED", self.tr("Device used")))
        self.addOutput(QgsProcessingOutputString("ACQUIRED", self.tr("Acquired (UTC)")))

    def work(self, parameters, context, feedback):
        """Segment, style and hand over."""
        method_id = self.parameterAsEnumString(parameters, METHOD, context)
        outputs = self._outputs(parameters, context)
        # Loading a network takes seconds: whoever has cancelled by now need not wait for it.
        feedback.progress(0.0)
        method = self.load(parameters, context)
        options = self.segment_options(parameters, context)
        # ``finish`` writes the styles while the results are not yet where they were asked for: a run that is
        # cancelled or fails leaves neither rasters nor styles.
        with memory_given_back(method):
            result = segment(self.path, method, options, outputs, feedback, finish=_style)
        group = SceneGroup(f"{result.name} – {METHODS[method_id].title}", result.acquired)
        group.post_process(context, _rasters(outputs))
        return {**_paths(outputs), **_numbers(result), "DEVICE_USED": method.device}

    def _add_destinations(self):
        unnamed = self.unnamed_output()
        rasters = (
            (
                PROBABILITIES,
                self.tr("Probabilities"),
                self.tr("Ten bands, Float32, -1 where nothing is known. {}").format(unnamed),
            ),
            (
                CLASS_MAP,
                self.tr("Classes"),
                self.tr("Byte: 0 undecided, 1 to 10 the classes, 255 nodata. {}").format(unnamed),
            ),
        )
        for name, title, text in rasters:
            self.add(
                RasterOutput(name, title),
                text,
            )
        self.add(
            QgsProcessingParameterFileDestination(
                AREAS, self.tr("Areas"), "CSV (*.csv)", QgsProcessing.TEMPORARY_OUTPUT, optional=True
            ),
            self.tr(
                "Square kilometres and percent of each class: area on the ground, counted on the network's "
                "own grid; and of bright targets and what is unlike the training images, which overlap the "
                "classes. {}"
            ).format(unnamed),
        )
        self.add(
            QgsProcessingParameterRasterDestination(ROUGHNESS, self.tr("Roughness"), optional=True),
            self.tr("What the network saw, put on the map: Float32, -1 where nothing is known."),
        )

    def _add_uncertainty(self):
        uncertainty = QgsProcessingParameterRasterDestination(
            UNCERTAINTY, self.tr("Uncertainty"), optional=True
        )
        # Optional outputs are made unless this is said: the dialog would write it for everybody.
        uncertainty.setCreateByDefault(False)
        self.add(
            uncertainty,
            self.tr(
                "Two bands, Float32, -1 where nothing is known: entropy (0 certain, 1 all classes alike) and "
                "margin (the largest probability less the second)."
            ),
        )

    def _outputs(self, parameters, context) -> OutputPaths:
        return OutputPaths(
            probabilities=self.layer_path(parameters, PROBABILITIES, "probabilities", context),
            classes=self.layer_path(parameters, CLASS_MAP, "classes", context),
            areas=self.file_path(parameters, AREAS, "areas.csv", context) or None,
            roughness=self.optional_layer_path(parameters, ROUGHNESS, context),
            uncertainty=self.optional_layer_path(parameters, UNCERTAINTY, context),
        )


def _rasters(outputs: OutputPaths) -> dict[ResultKind, str]:
    paths = {
        ResultKind.CLASSES: outputs.classes,
        ResultKind.PROBABILITIES: outputs.probabilities,
        ResultKind.UNCERTAINTY: outputs.uncertainty,
        ResultKind.ROUGHNESS: outputs.roughness,
    }
    return {kind: path for kind, path in paths.items() if path}


def _style(staged: OutputPaths, result: SegmentResult) -> None:
    # Opened by itself a probability raster shows one band; of a class that is nowhere it would look empty.
    widest = max(range(len(CODES)), key=lambda index: result.areas[CODES[index]].km2)
    save_styles(_rasters(staged), widest, result.acquired)


def _paths(outputs: OutputPaths) -> dict:
    paths = {
        PROBABILITIES: outputs.probabilities,
        CLASS_MAP: outputs.classes,
        AREAS: outputs.areas,
        ROUGHNESS: outputs.roughness,
        UNCERTAINTY: outputs.uncertainty,
    }
    # An empty path would count as a result, which batch mode and models then look for.
    return {name: path for name, path in paths.items() if path}


def _numbers(result: SegmentResult) -> dict:
    areas: dict[str, Area] = {**result.areas, UNDECIDED_NAME: result.undecided, **result.further}
    numbers = {f"AREA_{code.upper()}_KM2": round(area.km2, 3) for code, area in areas.items()}
    numbers |= {f"SHARE_{code.upper()}": round(area.percent, 3) for code, area in areas.items()}
    return {
        **numbers,
        "SECONDS": round(result.seconds, 2),
        "MODEL": result.model_id,
        "ACQUIRED": result.acquired.isoformat() if result.acquired else "",
    }
