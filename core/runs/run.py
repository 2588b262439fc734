# SPDX-License-Identifier: GPL-2.0-or-later
"""One method on one scene: the steps from a scene to rasters of the method's cells, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from ..feedback import Feedback
from ..geometry.warp import OutputMap
from ..metadata import result_items
from ..methods.protocol import Method
from ..results.areas import BRIGHT_NAME, Area, measure
from ..results.classification import classify
from ..results.ice_limits import limit_ice
from ..results.inference import predict
from ..results.rasters import OutputPaths, write_cells
from ..roughness.roughness import Roughness
from ..scenes.types.scene import Scene
from .options import SegmentOptions


@dataclass(frozen=True)
class Run:
    """A scene, its roughness, the method that looks at it, and what the user decided.

    Attributes
    ----------
    scene : Scene
    roughness : Roughness
        Of the scene, at the method's resolution.
    method : Method
    options : SegmentOptions
    """

    scene: Scene
    roughness: Roughness
    method: Method
    options: SegmentOptions

    @property
    def threshold(self) -> float:
        """The user's threshold, or the method's."""
        return self.method.threshold if self.options.threshold is None else self.options.threshold

    @property
    def cell_m(self) -> float:
        """Ground spacing of the method's cells."""
        return self.method.resolution_m * self.method.output_stride

    @property
    def output_map(self) -> OutputMap:
        """Where the rasters go."""
        roughness = self.roughness
        return OutputMap.from_grid(
            roughness.georeference, roughness.shape, self.scene.shape, self.options.output_crs
        )

    def segment_cells(self, paths: OutputPaths, feedback: Feedback) -> dict[str, Area]:
        """Predict, limit ice, classify, write and measure, all on the method's own cells.

        Parameters
        ----------
        paths : OutputPaths
            Of rasters of the method's cells: probabilities, classes and, where it is wanted, uncertainty.
        feedback : Feedback

        Returns
        -------
        dict of str to Area
            By code, ``undecided`` included; where ice has limits, also of bright targets, which would be
            icebergs if there could be any.
        """
        # Classes, limits and areas are worked out on the method's own cells, before anything is warped: the
        # map and the table agree, and areas are those on the ground.
        prediction = predict(self.roughness, self.method, self.options.excluded, feedback)
        # Limits before the threshold: where ice cannot be, what is next likeliest may still reach it.
        further_km2 = {}
        if self.options.ice.given:
            bright = limit_ice(prediction, self.options.ice, self.roughness.acquired, self.threshold)
            further_km2[BRIGHT_NAME] = float(prediction.known_km2[bright].sum())
        classes = classify(prediction.probabilities, self.threshold)
        write_cells(paths, prediction, classes)
        return measure(classes, prediction.known_km2, **further_km2)

    def metadata(self) -> dict[str, str]:
        """Return what the rasters say of where they came from."""
        # Enough to make the map again: the weights, how the scene was understood, what the user decided.
        acquired = self.roughness.acquired
        return result_items(
            model=self.method.model_id,
            training=self.method.training,
            source=self.scene.name,
            acquired=acquired.isoformat() if acquired else "unknown",
            units=self.scene.units,
            incidence=self.scene.incidence,
            threshold=self.threshold,
            excluded=",".join(self.options.exclude) or "none",
            ice=self.options.ice.describe(acquired),
            **self.method.settings,
        )
