"""What the algorithms that run networks share: where these run, and what becomes of their probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.core import QgsProcessingParameterNumber

from ...core.classes import CODES
from ...core.method import Method
from ...core.segment import SegmentOptions
from ...models.packages import import_with_torch
from ...models.registry import DEVICES, PRECISIONS
from .common import MetoceanAlgorithm, static_enum

DEVICE, PRECISION = "DEVICE", "PRECISION"
EXCLUDE, THRESHOLD = "EXCLUDE", "THRESHOLD"


class NetworkAlgorithm(MetoceanAlgorithm):
    """Base of the algorithms that run networks."""

    def add_network(self):
        """Add the parameters that say how networks run."""
        self.add(
            static_enum(DEVICE, self.tr("Device"), list(DEVICES), DEVICES[0]),
            self.tr("Where the network runs: auto, cpu, cuda (NVIDIA) or mps (Apple)."),
            advanced=True,
        )
        self.add(
            static_enum(PRECISION, self.tr("Precision"), list(PRECISIONS), PRECISIONS[0]),
            self.tr("Arithmetic of the network: auto, fp32 (exact) or bf16 (faster where supported)."),
            advanced=True,
        )

    def add_classes(self):
        """Add the parameters that say which classes a pixel can get, and when."""
        defaults = SegmentOptions()
        self.add(
            static_enum(
                EXCLUDE, self.tr("Classes to exclude"), list(CODES), None, allowMultiple=True, optional=True
            ),
            self.tr("Codes of classes that cannot occur in this scene, such as SI,IB in the tropics."),
        )
        self.add(
            QgsProcessingParameterNumber(
                THRESHOLD,
                self.tr("Threshold"),
                QgsProcessingParameterNumber.Double,
                defaults.threshold,
                minValue=0.0,
                maxValue=1.0,
            ),
            self.tr("Pixels whose most probable class stays below this are undecided, 0 to 1."),
        )

    def segment_options(self, parameters, context) -> SegmentOptions:
        """Return what the user decided about scene, land and classes."""
        return SegmentOptions(
            scene=self.scene_options(parameters, context),
            land=self.land,
            even_seams=self.even_seams(parameters, context),
            output_crs=self.output_crs(parameters, context),
            # QGIS gives one empty string for a list that is not given.
            exclude=tuple(filter(None, self.parameterAsEnumStrings(parameters, EXCLUDE, context))),
            threshold=self.parameterAsDouble(parameters, THRESHOLD, context),
        )


@contextmanager
def memory_given_back(*methods: Method) -> Iterator[None]:
    """Give an accelerator's memory back to its other users when methods are done."""
    try:
        yield
    finally:
        if any(method.device != "cpu" for method in methods):
            import_with_torch(".device").release()
