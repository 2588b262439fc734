# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user decides about a segmentation, and whether it makes sense."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from ..classes import CODES, class_index
from ..errors import OptionError
from ..geometry.land import LandOptions
from ..results.ice_limits import IceLimits
from ..roughness.roughness import RoughnessOptions
from ..scenes.types.scene import SceneOptions


@dataclass(frozen=True)
class SegmentOptions:
    """What the user can decide about a segmentation, whatever the method.

    Attributes
    ----------
    scene, land, even_seams
        How to read the scene, what to mask, whether to even out the seams of its sub-swaths.
    output_crs : str
        Authority code or well-known text of the map; empty chooses a metric one.
    cog : bool
        Write cloud-optimised GeoTIFFs.
    exclude : tuple of str
        Codes of classes that cannot occur here; the others share their probability.
    ice : IceLimits
        Where sea ice and icebergs cannot occur. What looks like icebergs there is counted as bright targets.
    threshold : float, optional
        A pixel is undecided where its most probable class stays below this, 0 to 1; else the method's own.
    """

    scene: SceneOptions = field(default_factory=SceneOptions)
    land: LandOptions = field(default_factory=LandOptions)
    even_seams: bool = False
    output_crs: str = ""
    cog: bool = False
    exclude: tuple[str, ...] = ()
    ice: IceLimits = field(default_factory=IceLimits)
    threshold: Optional[float] = None

    def roughness(self, resolution_m: float) -> RoughnessOptions:
        """Return how to prepare the roughness for a method that wants it at ``resolution_m``."""
        # The resolution is the method's, not the user's: a network sees pixels of the size that it learnt
        # from.
        return RoughnessOptions(resolution_m, self.land, self.even_seams)

    @property
    def excluded(self) -> tuple[int, ...]:
        """Positions of the classes in ``exclude``."""
        return tuple(class_index(code) for code in self.exclude)

    def check(self) -> None:
        """Raise `OptionError` for options that make no sense, before any work is done."""
        # The ui offers no senseless choice, but headless runs and models of QGIS pass any text.
        unknown = [code for code in self.exclude if code not in CODES]
        if unknown:
            raise OptionError(
                f"No class {unknown[0]!r} to exclude: choose from {', '.join(CODES)}.", option="exclude"
            )
        if set(self.exclude) == set(CODES):
            raise OptionError("Every class is excluded: leave at least one.", option="exclude")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise OptionError(
                f"The threshold {self.threshold} is no probability: give a number from 0 to 1.",
                option="threshold",
            )
