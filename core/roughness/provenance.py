# SPDX-License-Identifier: GPL-2.0-or-later
"""What a roughness raster says of itself: where it came from, what was decided, how to show it."""

from __future__ import annotations

from .. import metadata
from ..geometry.working_grid import WorkingGrid
from ..quantity import QUANTITY
from ..scenes.types.scene import Scene
from .histogram import Histogram
from .roughness import RoughnessOptions

# Metadata by which the raster is shown, as shares of its known pixels: a few ships are so much brighter than
# the sea that the whole range of values would show it grey.
_SHOWN_QUANTILES = {metadata.ROUGHNESS_P02: 0.02, metadata.ROUGHNESS_P98: 0.98}


def coarse_warning(scene: Scene, grid: WorkingGrid, resolution_m: float) -> tuple[str, ...]:
    """Return the warning that a scene is too coarse for what networks learnt to see; none where it is not."""
    # Interpolated or not, a network of 100 m would see a smoother sea than any it learnt from.
    if scene.spacing_m is None or min(grid.lines.step, grid.samples.step) >= 1:
        return ()
    return (
        f"The pixels ({max(scene.spacing_m):.0f} m) are coarser than {resolution_m:g} m and interpolated; "
        "waves, streaks and other fine structure cannot be seen.",
    )


def items_beforehand(scene: Scene, options: RoughnessOptions, warnings: tuple[str, ...]) -> dict[str, str]:
    """Return the raster's metadata: what a later run needs to use it as it is, and to say where it came from.

    ``warnings`` go along, so that whoever segments the raster later sees them, too.
    """
    items = {
        metadata.QUANTITY_KEY: QUANTITY,
        metadata.RESOLUTION_M: f"{options.resolution_m:g}",
        metadata.SOURCE: scene.name,
        metadata.UNITS: scene.units,
        metadata.INCIDENCE: scene.incidence,
        metadata.POLARISATION: scene.polarisation,
        metadata.ACQUIRED: scene.acquired.isoformat() if scene.acquired else "",
        metadata.LAND: options.land.source,
        metadata.WARNINGS: "\n".join(warnings),
        metadata.IMAGETTE: "yes" if scene.spacing_m is None else "",
    }
    # What is not known is left out, so that nobody takes an empty text for an answer.
    return {key: value for key, value in items.items() if value}


def items_afterwards(values: Histogram, notes: tuple[str, ...]) -> dict[str, str]:
    """Return the metadata that only the written pixels tell: quantiles to show them by, and notes on them."""
    shown = {key: f"{values.quantile(share):.4f}" for key, share in _SHOWN_QUANTILES.items()}
    return {**shown, metadata.NOTES: "\n".join(notes)}
