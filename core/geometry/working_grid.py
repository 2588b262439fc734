# SPDX-License-Identifier: GPL-2.0-or-later
"""The working grid: cells of about the wanted ground size laid over the pixels of a raster, as plain means.

Cells larger than a pixel are means over the area they cover (fractions of pixels at their edges included);
smaller ones are interpolated linearly. Positions count pixel centres: 0 is the middle of the first pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Optional

import numpy as np
from scipy import sparse

from ..arrays import Array

# A step this close to a whole number is taken as whole: the grid keeps its true spacing and reads faster.
_WHOLE_TOLERANCE = 0.01
# Part of a cell that has to hold data.
_LEAST_KNOWN = 0.5
# Full resolution is never held as a whole: a wide scene has some 400 million pixels. Averaged before anything
# else, it needs calibration and incidence at the cells' centres only: about six times faster than at full
# resolution, at a difference of 1e-4.
# Pixels under the rows that are computed at a time.
_CHUNK_PIXELS = 4_000_000
# Of them, pixels that are read and averaged together: few enough to stay in a core's cache meanwhile.
_CACHED_PIXELS = 600_000

# Power (linear, 0 where unknown) of some whole lines, and which pixels, or what share of each, are known;
# None: all.
PowerLines = tuple[Array, Optional[Array]]
ReadPower = Callable[[int, int], PowerLines]


@dataclass(frozen=True)
class Axis:
    """The lines or the samples of a raster, and the cells laid over them.

    Attributes
    ----------
    pixels : int
        Of the raster along this axis.
    cells : int
        Over them.
    step : float
        Pixels per cell.
    """

    pixels: int
    cells: int
    step: float

    @classmethod
    def from_step(cls, pixels: int, step: float) -> Axis:
        """Return an axis of cells of about ``step`` pixels; what is left of a cell at the end is dropped."""
        whole = round(step)
        if whole >= 1 and abs(step - whole) < _WHOLE_TOLERANCE * whole:
            step = float(whole)
        # Rounding must not cost a cell, hence 1e-6; and there is one cell at least, of all pixels.
        return cls(pixels, max(1, int(pixels / step + 1e-6)), min(step, float(pixels)))

    @classmethod
    def from_cells(cls, pixels: int, cells: int) -> Axis:
        """Return an axis with exactly this many cells, whatever part of a pixel each then has."""
        return cls(pixels, cells, pixels / cells)

    def over(self, pixels: int) -> Axis:
        """Return the same cells over another raster of the same extent, such as an overview."""
        return Axis(pixels, self.cells, self.step * (pixels / self.pixels))

    @property
    def whole(self) -> bool:
        """True where cells are whole pixels."""
        return self.step >= 1 and self.step == int(self.step)

    def centres(self, start: int, stop: int) -> Array:
        """Return the positions of the centres of cells ``start`` to ``stop``, in pixels."""
        return (np.arange(start, stop) + 0.5) * self.step - 0.5

    def weights(self, start: int, stop: int) -> tuple[int, sparse.csr_matrix]:
        """Return the first pixel needed and the (cells, pixels) matrix of weights, rows summing to one."""
        rows, columns, values = self._box(start, stop) if self.step >= 1 else self._linear(start, stop)
        # Of the matrix only the columns that are needed: pixels before the first are not read.
        first = int(columns.min())
        shape = (stop - start, int(columns.max()) - first + 1)
        return first, sparse.csr_matrix((values, (rows, columns - first)), shape, dtype=np.float32)

    def _box(self, start: int, stop: int) -> tuple[Array, Array, Array]:
        # A cell's share in each pixel is the length of their overlap; 1e-9 of a pixel is rounding.
        edges = np.arange(start, stop + 1) * self.step
        reach = int(np.ceil(self.step)) + 1
        columns = np.floor(edges[:-1, None]).astype(np.int64) + np.arange(reach)
        overlap = np.minimum(edges[1:, None], columns + 1) - np.maximum(edges[:-1, None], columns)
        inside = (overlap > 1e-9) & (columns < self.pixels)
        rows = np.broadcast_to(np.arange(stop - start)[:, None], columns.shape)
        return rows[inside], columns[inside], overlap[inside] / self.step

    def _linear(self, start: int, stop: int) -> tuple[Array, Array, Array]:
        position = np.clip(self.centres(start, stop), 0, self.pixels - 1)
        left = np.minimum(position.astype(np.int64), max(self.pixels - 2, 0))
        right = np.minimum(left + 1, self.pixels - 1)
        share = position - left
        rows = np.arange(stop - start)
        return np.r_[rows, rows], np.r_[left, right], np.r_[1 - share, share]


@dataclass(frozen=True)
class WorkingGrid:
    """The working grid over a raster: an `Axis` of its lines, and one of its samples."""

    lines: Axis
    samples: Axis

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.lines.cells, self.samples.cells

    def chunks(self) -> list[tuple[int, int]]:
        """Return (start, stop) of rows that are computed together."""
        return self.pieces(0, self.lines.cells, _CHUNK_PIXELS)

    def pieces(self, start: int, stop: int, pixels: int) -> list[tuple[int, int]]:
        """Return (start, stop) of parts of rows, each over at most so many pixels, or of one row.

        Parameters
        ----------
        start, stop : int
            The rows of cells to be divided.
        pixels : int
            Of the raster below, at most in each part.
        """
        per_row = max(1.0, self.lines.step) * self.samples.pixels
        rows = max(1, int(pixels / per_row))
        return [(first, min(first + rows, stop)) for first in range(start, stop, rows)]


def cell_means(read: ReadPower, grid: WorkingGrid, start: int, stop: int) -> Array:
    """Return means of power (stop - start, columns), NaN where less than half of a cell is known.

    Parameters
    ----------
    read : callable
        (first line, number of lines) of the raster -> power and what of it is known: `PowerLines`.
    grid : WorkingGrid
        Over that raster.
    start, stop : int
        Rows of cells.
    """
    # Cells of whole pixels, the usual case, are sums of blocks; fractions take a product of matrices.
    mean = _block_mean if grid.lines.whole and grid.samples.whole else _weighted_mean
    return np.concatenate([mean(read, grid, *piece) for piece in grid.pieces(start, stop, _CACHED_PIXELS)])


def _block_mean(read: ReadPower, grid: WorkingGrid, start: int, stop: int) -> Array:
    """Return `cell_means` of cells of whole pixels; the parameters are the same."""
    rows, columns = int(grid.lines.step), int(grid.samples.step)

    def mean(values: Array) -> Array:
        # Along the lines in the values' own type, which is cheapest; numpy would count bools in 64 bits.
        dtype = np.uint16 if values.dtype == bool else values.dtype
        lines = values.reshape(stop - start, rows, -1).sum(axis=1, dtype=dtype)
        lines = lines[:, : grid.samples.cells * columns].reshape(stop - start, -1, columns)
        # Several times faster than a sum over so short an axis.
        sums: Array = np.einsum("ijk->ij", lines, dtype=np.result_type(lines, np.float32))
        return sums / (rows * columns)

    return _of_known(mean, *read(start * rows, (stop - start) * rows))


def _weighted_mean(read: ReadPower, grid: WorkingGrid, start: int, stop: int) -> Array:
    """Return `cell_means` of cells of any size; the parameters are the same."""
    first, along = grid.lines.weights(start, stop)
    left, across = _across(grid.samples)

    def mean(values: Array) -> Array:
        numbers = values.astype(np.result_type(values, np.float32), copy=False)
        # Lines first: what is left for the second product is smaller by the step.
        means: Array = (across @ (along @ numbers[:, left : left + across.shape[1]]).T).T
        return means

    return _of_known(mean, *read(first, along.shape[1]))


# The same for every piece of a scene; a few are kept, as several scenes may be read at once.
@lru_cache(maxsize=4)
def _across(samples: Axis) -> tuple[int, sparse.csr_matrix]:
    return samples.weights(0, samples.cells)


def _of_known(mean: Callable[[Array], Array], power: Array, known: Optional[Array]) -> Array:
    if known is None:
        return mean(power)
    # Unknown pixels count as no power: divided by the share of what is known, they do not count at all.
    share = mean(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(share >= _LEAST_KNOWN, mean(power) / share, np.nan)
