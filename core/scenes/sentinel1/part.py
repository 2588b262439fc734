# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of a product's image that a measurement shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """What of the annotated image a raster shows.

    Attributes
    ----------
    stretch : (line, sample)
        Annotated lines and samples in each of the raster.
    start : (line, sample)
        Where the raster's outer corner lies in the annotated image, from that one's outer corner.
    cut : bool
        It is not all of the image, or is shifted in it.
    """

    stretch: tuple[float, float]
    start: tuple[float, float] = (0.0, 0.0)
    cut: bool = False

    def warnings(self) -> tuple[str, ...]:
        """Return what to know of a raster that is not the whole image as it was."""
        if self.cut:
            line, sample = (round(start) for start in self.start)
            return (
                f"The image was cut and lies by its control points: from line {line} and sample {sample} "
                "of the product's image on.",
            )
        times = max(self.stretch)
        if times > 1:
            return (f"The image is {times:.1f} times coarser than its annotation says; it is scaled.",)
        return ()
