# SPDX-License-Identifier: GPL-2.0-or-later
"""Border noise: dark pixels outside the swath that Sentinel-1's processor cleared only from version 2.90 on.

Source: ESA, Masking "No-value" Pixels on GRD Products (MPC-0243).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...files.raster import read_lines

# From the edges border noise reaches at most so many pixels of the annotation, and its amplitudes stay below
# this number. Calm sea can be as dark: hence only runs that begin at an edge count.
_REACH_PIXELS = 500
_DARKEST_SWATH = 30


@dataclass(frozen=True)
class BorderNoise:
    """What is outside the swath: the unbroken runs of dark pixels that begin at the edges of an image.

    Dark pixels further in are calm sea: without them its mean would be too bright.

    Attributes
    ----------
    samples : int
        How far runs reach from the left and right edges.
    top, bottom : (samples,)
        Lines of the run from the first line down, and from the last line up.
    lines : int
        Of the image.
    """

    samples: int
    top: Array
    bottom: Array
    lines: int

    @classmethod
    def from_band(cls, band: gdal.Band, stretch: tuple[float, float]) -> BorderNoise:
        """Look at the upper and lower edge of an image whose pixels are ``stretch`` original ones each.

        Left and right edges are looked at line by line, in `outside`: they need no more than whole lines.
        """
        lines, samples = (
            max(1, min(side, round(_REACH_PIXELS / step)))
            for side, step in zip((band.YSize, band.XSize), stretch)
        )
        top, bottom = (read_lines(band, first, lines) for first in (0, band.YSize - lines))
        return cls(samples, _run(top.T).sum(axis=1), _run(bottom[::-1].T).sum(axis=1), band.YSize)

    def outside(self, numbers: Array, first: int) -> Array:
        """Return True outside the swath for whole lines of DN (lines, samples) from ``first`` on."""
        lines = np.arange(first, first + len(numbers))[:, None]
        outside = (lines < self.top) | (lines >= self.lines - self.bottom)
        outside[:, : self.samples] |= _run(numbers[:, : self.samples])
        outside[:, -self.samples :] |= _run(numbers[:, : -self.samples - 1 : -1])[:, ::-1]
        return outside


def _run(numbers: Array) -> Array:
    """Return True along each row until the first pixel that is not dark."""
    return np.logical_and.accumulate(numbers < _DARKEST_SWATH, axis=1)
