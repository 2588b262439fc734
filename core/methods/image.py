# SPDX-License-Identifier: GPL-2.0-or-later
"""Sea-surface roughness as the methods read it: by windows, without holes, and on beyond its borders."""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from .holes import Window, WithoutHoles
from .tiling import round_up

# Lines read at once while known pixels are counted; a multiple of every cell's side.
STRIP_PX = 512


class Image:
    """A roughness image, or raster, that is never read as a whole.

    Parameters
    ----------
    window : callable
        (lines, samples) within the image -> (h, w) pixels, negative where nothing is known.
    shape : (int, int)
        Lines and samples.
    fill : float
        What to show far from all that is known; nearer, the sea goes on: `metocean.core.methods.filling`.
    stride : int
        Pixels per cell of ``known_pixels`` along each side.

    Attributes
    ----------
    shape, stride
        As given.
    known_pixels : (lines / stride, samples / stride) int, rounded up
        Of each cell.
    """

    def __init__(self, window: Window, shape: tuple[int, int], fill: float, stride: int) -> None:
        self._pixels, self.shape, self.stride = WithoutHoles(window, shape, fill), shape, stride
        lines, samples = shape
        # All pixels are looked at once, strip by strip, and only the counts are kept: a decimated look could
        # miss a narrow strip of sea, and methods ask again and again where there is anything.
        strips = [slice(start, min(start + STRIP_PX, lines)) for start in range(0, lines, STRIP_PX)]
        known = (window(strip, slice(0, samples)) >= 0 for strip in strips)
        self.known_pixels = np.concatenate([sum_cells(strip, stride) for strip in known])

    @classmethod
    def from_array(cls, roughness: Array, stride: int) -> Image:
        """Return the image of (H, W) sqrt roughness, negative where nothing is known.

        ``stride`` is that of the class.
        """
        # Of all single values the median differs least from the sea: it shows far from all that is known.
        known = roughness[roughness >= 0]
        fill = float(np.median(known)) if known.size else 0.0
        lines, samples = roughness.shape
        return cls(lambda *window: roughness[window], (lines, samples), fill, stride)

    def read(self, lines: slice, samples: slice) -> Array:
        """Return (h, w) float32 sqrt roughness, reflected beyond the borders, which slices may exceed."""
        # Mirrored sea is sea; with a constant beyond the border its edge would look like a front.
        rows, columns = (_reflected(part, length) for part, length in zip((lines, samples), self.shape))
        window = (slice(int(index.min()), int(index.max()) + 1) for index in (rows, columns))
        return self._pixels.read(*window)[np.ix_(rows - rows.min(), columns - columns.min())]

    def known(self, lines: slice, samples: slice, reach: int = 0) -> bool:
        """Return whether any cell within ``reach`` pixels of a window holds a known pixel.

        Where none does, a method need not compute: whatever it said would be nodata.
        """
        stride = self.stride
        rows, columns = (
            slice(max(part.start - reach, 0) // stride, round_up(part.stop + reach, stride) // stride)
            for part in (lines, samples)
        )
        return bool(self.known_pixels[rows, columns].any())


def sum_cells(mask: Array, stride: int) -> Array:
    """Return how much of each cell of ``stride`` pixels is True in (H, W) bool; the last may be cut."""
    padded = np.pad(mask, [(0, -n % stride) for n in mask.shape])
    lines, samples = padded.shape
    sums: Array = padded.reshape(lines // stride, stride, samples // stride, stride).sum(axis=(1, 3))
    return sums


def _reflected(part: slice, length: int) -> Array:
    """Return the pixels within the image that stand for ``part``, the border pixel not repeated."""
    # As `numpy.pad` does in its mode "reflect", but by index, so that only the window has to be read; there
    # and back again where a halo is longer than the image.
    index = np.abs(np.arange(part.start, part.stop))
    if length == 1:
        return np.zeros_like(index)
    index %= 2 * (length - 1)
    return np.where(index < length, index, 2 * (length - 1) - index)
