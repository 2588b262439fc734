# SPDX-License-Identifier: GPL-2.0-or-later
"""The pixels of complex products (SLC) as detected intensity on the ground.

Samples of the slant range are spread over even ground pixels, by the area they cover; lines of bursts become
one image. Power is |z|²; speckle is averaged with the cells of the working grid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from ...arrays import Array
from ...errors import InputError
from ...files.gdal_calls import short
from ...files.member import open_member
from ...files.raster import read_lines
from ...geometry.georeference import Georeference
from ...geometry.working_grid import PowerLines, WorkingGrid
from ..types.borders import Borders
from .bursts import BurstLines, read_burst_lines
from .calibrated import Pixels
from .product import Product
from .tables import PointGrid

# Lines of complex numbers held at a time: a line may have tens of thousands of samples, of eight bytes each.
_LINES = 256


@dataclass(frozen=True)
class GroundRange:
    """Where samples of the slant range begin and end on the ground, and even pixels there.

    Attributes
    ----------
    edges_m : (samples + 1,)
        Where samples begin on the ground, and where the last ends; from 0 on.
    pixel_m : float
        Ground size of the even pixels.
    """

    edges_m: Array
    pixel_m: float

    @classmethod
    def from_slant_range(cls, grid: PointGrid, spacing_m: float, samples: int, least_m: float) -> GroundRange:
        """Lay samples of the slant range on the ground, by the incidence half-way down the image.

        Parameters
        ----------
        grid : PointGrid
            By lines of the image.
        spacing_m : float
            Along the slant range.
        samples : int
            How many there are.
        least_m : float
            Pixels are at least so wide, and no narrower than any sample: a narrower one would hold less than
            one independent value.
        """
        # Half-way down for all lines: across a sub-swath the angle grows by degrees, along it hardly at all.
        middle = np.array([(grid.lines[0] + grid.lines[-1]) / 2])
        incidence = grid.incidence(middle, np.arange(samples))[0]
        # Ground range is slant range over the sine of the incidence: samples are widest at near range.
        widths = spacing_m / np.sin(np.deg2rad(incidence))
        return cls(np.concatenate([[0.0], np.cumsum(widths)]), max(least_m, float(widths.max())))

    @property
    def pixels(self) -> int:
        """How many whole pixels there are on the ground."""
        return int(self.edges_m[-1] / self.pixel_m)

    def to_ground(self, samples: Array) -> Array:
        """Return positions of sample positions; both count centres."""
        return np.interp(samples + 0.5, np.arange(self.edges_m.size), self.edges_m) / self.pixel_m - 0.5

    def to_samples(self, positions: Array) -> Array:
        """Return sample positions of positions on the ground; both count centres."""
        return np.interp((positions + 0.5) * self.pixel_m, self.edges_m, np.arange(self.edges_m.size)) - 0.5

    def weights(self) -> sparse.csr_matrix:
        """Return the (pixels, samples) matrix of means, rows summing to one."""
        # Both sets of edges cut the ground into pieces, each of one pixel and one sample: a piece's share of
        # its pixel is its weight.
        cells_m = np.arange(self.pixels + 1) * self.pixel_m
        bounds = np.union1d(self.edges_m[self.edges_m < cells_m[-1]], cells_m)
        middles = (bounds[1:] + bounds[:-1]) / 2
        positions = np.searchsorted(cells_m, middles) - 1, np.searchsorted(self.edges_m, middles) - 1
        shares = np.diff(bounds) / self.pixel_m
        shape = self.pixels, self.edges_m.size - 1
        return sparse.csr_matrix((shares, positions), shape, dtype=np.float32)


@dataclass(frozen=True)
class SingleLookPixels(Pixels):
    """The pixels of a complex image: its lines in the order of time, its samples on the ground."""

    burst_lines: BurstLines
    ground: GroundRange

    @classmethod
    def from_product(cls, product: Product) -> SingleLookPixels:
        """Open the measurement; its size has to be that of the annotation."""
        dataset = open_member(product.measurement)
        lines, samples = dataset.RasterYSize, dataset.RasterXSize
        if (lines, samples) != product.shape:
            raise InputError(
                f"{short(product.measurement)} has {samples} x {lines} pixels where the annotation says "
                f"{product.shape[1]} x {product.shape[0]}; use the product's own image."
            )
        burst_lines = read_burst_lines(product.annotation, product.grid)
        along_m, slant_m = product.spacing_m
        ground = GroundRange.from_slant_range(burst_lines.grid, slant_m, samples, along_m)
        merged = f", of {burst_lines.bursts} bursts merged" if burst_lines.bursts else ""
        return cls(
            measurement=product.measurement,
            shape=(burst_lines.stored.size, ground.pixels),
            spacing_m=(along_m, ground.pixel_m),
            grid=burst_lines.grid,
            borders=Borders(),
            notes=(f"Complex pixels: detected intensity on the ground{merged}.",),
            warnings=(),
            burst_lines=burst_lines,
            ground=ground,
        )

    def georeference(self) -> Georeference:
        """Return the control points of the image on the ground."""
        return replace(self.grid, samples=self.ground.to_ground(self.grid.samples)).georeference()

    def view(self, grid: WorkingGrid) -> SingleLookView:
        """Open the pixels for one working grid."""
        return SingleLookView(self, grid)


class SingleLookView:
    """Power on the ground; pixels that are exactly zero are outside the swath."""

    def __init__(self, pixels: SingleLookPixels, grid: WorkingGrid) -> None:
        self.grid, self._burst_lines = grid, pixels.burst_lines
        # GDAL frees a band with its data set: keep that.
        self._dataset = open_member(pixels.measurement)
        self._band = self._dataset.GetRasterBand(1)
        self._weights = pixels.ground.weights()
        self.samples = pixels.ground.to_samples(grid.samples.centres(0, grid.samples.cells))

    def lines(self, start: int, stop: int) -> tuple[Array, Array]:
        """Return stored lines for tables, lines in the order of time for positions."""
        # Calibration and noise count lines as they are stored, positions in the order of time.
        lines = self.grid.lines.centres(start, stop)
        stored = self._burst_lines.stored
        return stored[np.clip(np.rint(lines).astype(int), 0, stored.size - 1)].astype(float), lines

    def read(self, first: int, count: int) -> PowerLines:
        """Return power, in DN², of whole lines, and the share of each pixel that is known."""
        parts = [
            self._power(run + offset, min(_LINES, length - offset))
            for run, length in self._burst_lines.runs(first, count)
            for offset in range(0, length, _LINES)
        ]
        power, known = (np.concatenate(part) for part in zip(*parts))
        return power, known

    def _power(self, first: int, count: int) -> tuple[Array, Array]:
        # Complex numbers are never averaged: their phases are random, and the mean of many is zero.
        numbers = read_lines(self._band, first, count)
        power = (numbers.real**2 + numbers.imag**2).astype(np.float32)
        return (self._weights @ power.T).T, (self._weights @ (power > 0).astype(np.float32).T).T
