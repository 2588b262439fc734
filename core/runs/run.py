"""One run of a method on a scene: what the user decides, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from ..classes import CODES, class_index
from ..errors import InputError, OptionError
from ..feedback import Feedback
from ..geometry.land import LandOptions
from ..geometry.warp import OutputMap
from ..methods.protocol import Method
from ..results.familiarity import Ranges
from ..results.ice_limits import IceLimits
from ..results.inference import Inference
from ..roughness.prepare import prepare
from ..roughness.roughness import Roughness, RoughnessOptions
from ..scenes.opening import open_scene
from ..scenes.types.scene import Scene, SceneOptions
from .checks import check_crs, log_decisions


@dataclass(frozen=True)
class SegmentOptions:
    """What the user can decide about a segmentation.

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
    ranges : Ranges
        What the method's training images have, to say how much of the scene is unlike them.
    provenance : tuple of (str, str)
        Further metadata items for the rasters.
    """

    scene: SceneOptions = field(default_factory=SceneOptions)
    land: LandOptions = field(default_factory=LandOptions)
    even_seams: bool = False
    output_crs: str = ""
    cog: bool = False
    exclude: tuple[str, ...] = ()
    ice: IceLimits = field(default_factory=IceLimits)
    threshold: Optional[float] = None
    ranges: Ranges = field(default_factory=lambda: Ranges({}))
    provenance: tuple[tuple[str, str], ...] = ()

    def roughness(self, resolution_m: float) -> RoughnessOptions:
        """Return how to prepare the roughness for a method that wants it at ``resolution_m``."""
        return RoughnessOptions(resolution_m, self.land, self.even_seams)


@dataclass(frozen=True)
class Job:
    """One run: a scene's roughness, and what to do with it."""

    scene: Scene
    roughness: Roughness
    method: Method
    options: SegmentOptions

    @property
    def threshold(self) -> float:
        """Return the user's threshold, or the method's."""
        return self.method.threshold if self.options.threshold is None else self.options.threshold

    @property
    def cell_m(self) -> float:
        """Return the ground spacing of the method's cells."""
        return self.method.resolution_m * self.method.output_stride

    @property
    def output_map(self) -> OutputMap:
        """Return where the rasters go."""
        grid = self.roughness
        return OutputMap.from_grid(grid.georeference, grid.shape, self.scene.shape, self.options.output_crs)

    def inference(self) -> Inference:
        """Return the method on the roughness."""
        options = self.options
        excluded = tuple(class_index(code) for code in options.exclude)
        return Inference(self.roughness, self.method, excluded, self.threshold, options.ice)

    def metadata(self) -> dict[str, str]:
        """Return what the rasters say of where they came from."""
        acquired = self.roughness.acquired
        return {
            "METOCEAN_MODEL": self.method.model_id,
            "METOCEAN_TRAINING": self.method.training,
            "METOCEAN_SOURCE": self.scene.name,
            "METOCEAN_ACQUIRED": acquired.isoformat() if acquired else "unknown",
            "METOCEAN_UNITS": self.scene.units,
            "METOCEAN_INCIDENCE": self.scene.incidence,
            "METOCEAN_THRESHOLD": str(self.threshold),
            "METOCEAN_EXCLUDED": ",".join(self.options.exclude) or "none",
            "METOCEAN_ICE": self.options.ice.describe(acquired),
            **dict(self.options.provenance),
        }


def start(path: str, method: Method, options: SegmentOptions, target: str, feedback: Feedback) -> Job:
    """Open the scene at ``path`` and write its roughness to ``target``.

    Raises
    ------
    InputError, Cancelled
        As in `metocean.core.runs.segment.segment`.
    """
    scene = open_scene(path, options.scene)
    check_place(scene, options, method.resolution_m)
    roughness = prepare(scene, target, options.roughness(method.resolution_m), feedback)
    log_decisions(scene, roughness, feedback, options.ice)
    return Job(scene, roughness, method, options)


def check(options: SegmentOptions) -> None:
    """Raise `OptionError` for options that make no sense."""
    unknown = [code for code in options.exclude if code not in CODES]
    if unknown:
        raise OptionError(f"No class {unknown[0]!r} to exclude: choose from {', '.join(CODES)}.")
    if set(options.exclude) == set(CODES):
        raise OptionError("Every class is excluded: leave at least one.")
    if options.threshold is not None and not 0 <= options.threshold <= 1:
        raise OptionError(f"The threshold {options.threshold} is no probability: give a number from 0 to 1.")


def check_place(scene: Scene, options: SegmentOptions, spacing_m: float) -> None:
    """Refuse what cannot be where a scene is, or is not known to be.

    Raises
    ------
    InputError, OptionError
        The scene must know its place on earth and does not; the map cannot be, as in `check_crs`.
    """
    if options.ice.given and not scene.georeference.known:
        raise InputError(
            f"{scene.name} has neither a coordinate system nor control points, so it is not known where ice "
            "can be: do without latitudes, and exclude SI and IB if there is none."
        )
    check_crs(scene, options.output_crs, spacing_m)
