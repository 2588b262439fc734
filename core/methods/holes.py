# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster without its holes, read by windows: every window shows the same in a hole."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Callable

import numpy as np

from ..arrays import Array
from .filling import MARGIN_PX, continue_sea

# (lines, samples) within the image -> (h, w) pixels.
Window = Callable[[slice, slice], Array]
# Holes are filled tile by tile, and always of the same tiles: what stands in a hole must not depend on which
# window asks for it, as blocks with halos have to give what the whole image gives.
TILE_PX = 256
# The halos of blocks overlap, and so do the tiles of methods that have some: kept, a tile is filled once or
# twice. So many are 16 MB.
_KEPT_TILES = 64


class WithoutHoles:
    """Windows of a raster with the sea continued into what is unknown.

    Parameters
    ----------
    window : callable
        (lines, samples) within the raster -> (h, w) pixels, negative where nothing is known.
    shape : (int, int)
        Lines and samples.
    fill : float
        What to show far from all that is known.
    """

    def __init__(self, window: Window, shape: tuple[int, int], fill: float) -> None:
        self._window = window
        # Of a function, not of a method: an object that is in its own cache outlives its last user.
        self._tile = lru_cache(_KEPT_TILES)(partial(_filled_tile, window, shape, fill))

    def read(self, lines: slice, samples: slice) -> Array:
        """Return (h, w) float32 pixels of a window within the raster."""
        pixels = self._window(lines, samples).astype(np.float32)
        # What is read only once and has no holes costs nothing more.
        if (pixels >= 0).all():
            return pixels
        for top in range(lines.start // TILE_PX * TILE_PX, lines.stop, TILE_PX):
            for left in range(samples.start // TILE_PX * TILE_PX, samples.stop, TILE_PX):
                rows, columns = _meeting(lines, top), _meeting(samples, left)
                part = pixels[_from(lines.start, rows), _from(samples.start, columns)]
                holes = ~(part >= 0)
                if holes.any():
                    part[holes] = self._tile(top, left)[_from(top, rows), _from(left, columns)][holes]
        return pixels


def _filled_tile(window: Window, shape: tuple[int, int], fill: float, top: int, left: int) -> Array:
    """Return a tile without holes, the first three parameters being those of `WithoutHoles`.

    Parameters
    ----------
    window : callable
    shape : (int, int)
    fill : float
    top, left : int
        Where the tile begins, in the raster.
    """
    tile = tuple(slice(start, min(start + TILE_PX, length)) for start, length in zip((top, left), shape))
    around = [
        slice(max(part.start - MARGIN_PX, 0), min(part.stop + MARGIN_PX, length))
        for part, length in zip(tile, shape)
    ]
    rows, columns = (_from(wide.start, part) for wide, part in zip(around, tile))
    return continue_sea(window(*around), (rows, columns), fill)


def _meeting(part: slice, start: int) -> slice:
    """Return where a part of an axis and the tile that begins at ``start`` meet."""
    return slice(max(part.start, start), min(part.stop, start + TILE_PX))


def _from(start: int, part: slice) -> slice:
    return slice(part.start - start, part.stop - start)
