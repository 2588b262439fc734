"""The working grid: cells of about the wanted ground size laid over the pixels of a raster, as plain means.

Cells larger than a pixel are means over the area they cover (fractions of pixels at their edges included);
smaller ones are interpolated linearly. Positions count pixel centres: 0 is the middle of the first pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional

import numpy as np
from scipy import sparse

# A step this close to a whole number is taken as whole: the grid keeps its true spacing and reads faster.
_WHOLE_TOLERANCE = 0.01
# Part of a cell that has to hold data.
_LEAST_VALID = 0.5
# Pixels held at a time.
_CHUNK_PIXELS = 4_000_000

# Power (linear, 0 where invalid) of some whole lines, and which pixels, or what share of each, are valid;
# None: all.
Lines = tuple[np.ndarray, Optional[np.ndarray]]
ReadLines = Callable[[int, int], Lines]


@dataclass(frozen=True)
class Axis:
    """Lines or samples: how many pixels, how many cells, pixels per cell."""

    pixels: int
    cells: int
    step: float

    @classmethod
    def of_step(cls, pixels: int, step: float) -> Axis:
        """Return an axis of cells of about ``step`` pixels; what is left of a cell at the end is dropped."""
        whole = round(step)
        if whole >= 1 and abs(step - whole) < _WHOLE_TOLERANCE * whole:
            step = float(whole)
        return cls(pixels, max(1, int(pixels / step + 1e-6)), min(step, float(pixels)))

    @classmethod
    def of_cells(cls, pixels: int, cells: int) -> Axis:
        """Return an axis with exactly this many cells."""
        return cls(pixels, cells, pixels / cells)

    def over(self, pixels: int) -> Axis:
        """Return the same cells over another raster of the same extent."""
        return Axis(pixels, self.cells, self.step * (pixels / self.pixels))

    @property
    def whole(self) -> bool:
        """True where cells are whole pixels."""
        return self.step >= 1 and self.step == int(self.step)

    def centres(self, start: int, stop: int) -> np.ndarray:
        """Positions of cell centres, in pixels."""
        return (np.arange(start, stop) + 0.5) * self.step - 0.5

    def weights(self, start: int, stop: int) -> tuple[int, sparse.csr_matrix]:
        """Return the first pixel needed and the (cells, pixels) matrix of weights, rows summing to one."""
        rows, columns, values = self._box(start, stop) if self.step >= 1 else self._linear(start, stop)
        first = int(columns.min())
        shape = (stop - start, int(columns.max()) - first + 1)
        return first, sparse.csr_matrix((values, (rows, columns - first)), shape, dtype=np.float32)

    def _box(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        edges = np.arange(start, stop + 1) * self.step
        reach = int(np.ceil(self.step)) + 1
        columns = np.floor(edges[:-1, None]).astype(np.int64) + np.arange(reach)
        overlap = np.minimum(edges[1:, None], columns + 1) - np.maximum(edges[:-1, None], columns)
        inside = (overlap > 1e-9) & (columns < self.pixels)
        rows = np.broadcast_to(np.arange(stop - start)[:, None], columns.shape)
        return rows[inside], columns[inside], overlap[inside] / self.step

    def _linear(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        position = np.clip(self.centres(start, stop), 0, self.pixels - 1)
        left = np.minimum(position.astype(np.int64), max(self.pixels - 2, 0))
        right = np.minimum(left + 1, self.pixels - 1)
        share = position - left
        rows = np.arange(stop - start)
        return np.r_[rows, rows], np.r_[left, right], np.r_[1 - share, share]


@dataclass(frozen=True)
class Grid:
    """The working grid over a raster."""

    lines: Axis
    samples: Axis

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.lines.cells, self.samples.cells

    def chunks(self) -> list[tuple[int, int]]:
        """Return (start, stop) of rows that can be held in memory together."""
        per_row = max(1.0, self.lines.step) * self.samples.pixels
        rows = max(1, int(_CHUNK_PIXELS / per_row))
        return [(start, min(start + rows, self.lines.cells)) for start in range(0, self.lines.cells, rows)]


def cell_means(read: ReadLines, grid: Grid, start: int, stop: int) -> np.ndarray:
    """Return means of power (stop - start, columns), NaN where less than half a cell is valid."""
    if grid.lines.whole and grid.samples.whole:
        total, share = _block_means(read, grid, start, stop)
    else:
        total, share = _weighted_means(read, grid, start, stop)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(share >= _LEAST_VALID, total / share, np.nan)


def _block_means(read: ReadLines, grid: Grid, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = int(grid.lines.step), int(grid.samples.step)
    power, valid = read(start * rows, (stop - start) * rows)

    def mean(values: np.ndarray, dtype: type) -> np.ndarray:
        lines = values.reshape(stop - start, rows, -1).sum(axis=1, dtype=dtype)
        lines = lines[:, : grid.samples.cells * columns].reshape(stop - start, -1, columns)
        return lines.sum(axis=2) / (rows * columns)

    share = np.ones(1, np.float32) if valid is None else mean(valid, np.float32)
    return mean(power, power.dtype.type), share


def _weighted_means(read: ReadLines, grid: Grid, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    first, along = grid.lines.weights(start, stop)
    left, across = grid.samples.weights(0, grid.samples.cells)
    power, valid = read(first, along.shape[1])

    def mean(values: np.ndarray) -> np.ndarray:
        return (across @ (along @ values[:, left : left + across.shape[1]]).T).T

    share = np.ones(1, np.float32) if valid is None else mean(valid.astype(np.float32))
    return mean(power), share
