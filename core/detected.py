"""The pixels of detected products (GRD): square on the ground, amplitudes as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .border import Border
from .errors import InputError
from .geolocation import Georeference
from .raster import open_raster, read_lines, short
from .resampling import Axis, Grid, Lines
from .seams import read_borders
from .sentinel1 import Pixels, Product

# Since this version ESA's processor clears the border itself.
_CLEAN_BORDERS_SINCE = (2, 90)
# A measurement that was decimated keeps its proportions to within this.
_ASPECT_TOLERANCE = 0.02


@dataclass(frozen=True)
class DetectedPixels(Pixels):
    """The pixels of a detected image.

    ``stretch`` is how many annotated lines and samples lie in one of the raster: 1 unless it was decimated.
    """

    stretch: tuple[float, float]
    noisy_border: bool

    @classmethod
    def of(cls, product: Product) -> DetectedPixels:
        """Open the measurement and compare its size with the annotation."""
        dataset = open_raster(product.measurement)
        shape = (dataset.RasterYSize, dataset.RasterXSize)
        along, across = (said / there for said, there in zip(product.shape, shape))
        if min(along, across) < 1 or abs(along / across - 1) > _ASPECT_TOLERANCE:
            raise InputError(
                f"{short(product.measurement)} has {shape[1]} x {shape[0]} pixels where the annotation says "
                f"{product.shape[1]} x {product.shape[0]}; use the product's own image."
            )
        times = max(along, across)
        doubt = f"The image is {times:.1f} times coarser than its annotation says; it is scaled."
        return cls(
            measurement=product.measurement,
            shape=shape,
            stretch=(along, across),
            spacing_m=(product.spacing_m[0] * along, product.spacing_m[1] * across),
            grid=product.grid,
            borders=read_borders(product.annotation).coarsened(along, across),
            noisy_border=product.version < _CLEAN_BORDERS_SINCE,
            notes=(),
            warnings=(doubt,) if times > 1 else (),
        )

    def georeference(self) -> Georeference:
        """Return the control points of the raster."""
        return self.grid.georeference(*self.stretch)

    def view(self, grid: Grid) -> DetectedView:
        """Open the pixels for one working grid."""
        return DetectedView(self, grid)


class DetectedView:
    """Squared amplitudes without nodata and without a noisy border."""

    def __init__(self, pixels: DetectedPixels, grid: Grid) -> None:
        self.grid, self._stretch = grid, pixels.stretch
        # GDAL frees a band with its data set: keep that.
        self._dataset = open_raster(pixels.measurement)
        self._band = self._dataset.GetRasterBand(1)
        self._border = Border.of(self._band, pixels.stretch) if pixels.noisy_border else None
        self.samples = self._annotated(grid.samples, 0, grid.samples.cells, pixels.stretch[1])

    def lines(self, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """Return annotated lines, alike for tables and places."""
        lines = self._annotated(self.grid.lines, start, stop, self._stretch[0])
        return lines, lines

    @staticmethod
    def _annotated(axis: Axis, start: int, stop: int, stretch: float) -> np.ndarray:
        return (axis.centres(start, stop) + 0.5) * stretch - 0.5

    def read(self, first: int, count: int) -> Lines:
        """Return DN² of whole lines."""
        numbers = read_lines(self._band, first, count)
        if self._border is not None:
            numbers[self._border.outside(numbers, first)] = 0
        valid = numbers != 0
        power = numbers.astype(np.float32)
        np.square(power, out=power)
        return power, None if valid.all() else valid
