# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms that run networks share: where these run, and what becomes of their probabilities.

Nothing here imports torch: an algorithm is listed, and shows its dialog and its help, where torch is
missing, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from qgis.core import QgsProcessingParameterBoolean, QgsProcessingParameterNumber

from ...core.classes import CODES
from ...core.methods.protocol import THRESHOLD as METHOD_THRESHOLD
from ...core.methods.protocol import Method
from ...core.results.ice_limits import IceLimits
from ...core.runs.options import SegmentOptions
from ...models.packages import import_with_torch
from ...models.registry import DEVICES, DROP_THRESHOLD, IMAGE_LABEL_THRESHOLD, PRECISIONS
from .common import static_enum
from .scene import SceneAlgorithm

DEVICE, PRECISION = "DEVICE", "PRECISION"
EXCLUDE, THRESHOLD = "EXCLUDE", "THRESHOLD"
ICE_BY_SEASON, ICE_NORTH, ICE_SOUTH = "ICE_BY_SEASON", "ICE_NORTH", "ICE_SOUTH"


class NetworkAlgorithm(SceneAlgorithm):
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
        self.add(
            static_enum(
                EXCLUDE, self.tr("Classes to exclude"), list(CODES), None, allowMultiple=True, optional=True
            ),
            self.tr("Codes of classes that cannot occur in this scene, such as SI,IB in the tropics."),
        )
        # Optional, without a default: each method has a threshold of its own, and 0 is one, too.
        self.add(
            QgsProcessingParameterNumber(
                THRESHOLD,
                self.tr("Threshold"),
                QgsProcessingParameterNumber.Double,
                optional=True,
                minValue=0.0,
                maxValue=1.0,
            ),
            self.tr(
                "Pixels whose most probable class stays below this are undecided, 0 to 1. Not given: {:g}, "
                "but {:g} for IM2PX (E), which is seldom sure, and {:g} for MASK (B), which has no "
                "probabilities but drops of a score."
            ).format(METHOD_THRESHOLD, IMAGE_LABEL_THRESHOLD, DROP_THRESHOLD),
        )
        self._add_ice()

    def _add_ice(self):
        self.add(
            QgsProcessingParameterBoolean(ICE_BY_SEASON, self.tr("Ice by latitude and season"), False),
            self.tr(
                "Sea ice and icebergs (SI, IB) only poleward of cautious latitudes for the month; what looks "
                "like icebergs elsewhere is counted as bright targets."
            ),
            advanced=True,
        )
        for name, title, low, high in (
            (ICE_NORTH, self.tr("Ice north of (degrees)"), 0.0, 90.0),
            (ICE_SOUTH, self.tr("Ice south of (degrees)"), -90.0, 0.0),
        ):
            self.add(
                QgsProcessingParameterNumber(
                    name,
                    title,
                    QgsProcessingParameterNumber.Double,
                    optional=True,
                    minValue=low,
                    maxValue=high,
                ),
                self.tr(
                    "Latitude, {:g} to {:g}, that takes the season's place in this hemisphere; it holds "
                    "without the season, too."
                ).format(low, high),
                advanced=True,
            )

    def segment_options(self, parameters, context) -> SegmentOptions:
        """Return what the user decided about scene, land and classes."""
        return SegmentOptions(
            scene=self.scene_options(parameters, context),
            land=self.land,
            even_seams=self.even_seams(parameters, context),
            output_crs=self.output_crs(parameters, context),
            cog=self.cog(parameters, context),
            # QGIS gives one empty string for a list that is not given.
            exclude=tuple(filter(None, self.parameterAsEnumStrings(parameters, EXCLUDE, context))),
            ice=self._ice(parameters, context),
            threshold=self.number_or_none(parameters, THRESHOLD, context),
        )

    def number_or_none(self, parameters, name: str, context) -> Optional[float]:
        """Return an optional number; QGIS itself has 0 where nothing is given."""
        # An empty field is None in the dialog, and an empty text in batch mode.
        return (
            None if parameters.get(name) in (None, "") else self.parameterAsDouble(parameters, name, context)
        )

    def _ice(self, parameters, context) -> IceLimits:
        north_deg, south_deg = (
            self.number_or_none(parameters, name, context) for name in (ICE_NORTH, ICE_SOUTH)
        )
        return IceLimits(self.parameterAsBoolean(parameters, ICE_BY_SEASON, context), north_deg, south_deg)


@contextmanager
def memory_given_back(*methods: Method) -> Iterator[None]:
    """Give an accelerator's memory back to its other users when methods are done, or have failed."""
    try:
        yield
    finally:
        # On the CPU torch keeps nothing back.
        if any(method.device != "cpu" for method in methods):
            import_with_torch(".device").release()
