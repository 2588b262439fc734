# SPDX-License-Identifier: GPL-2.0-or-later
"""The pixels of detected products (GRD): square on the ground, amplitudes as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...files.member import open_member
from ...files.raster import read_lines
from ...files.xml_file import Node
from ...geometry.georeference import Georeference
from ...geometry.working_grid import Axis, PowerLines, WorkingGrid, cell_means
from ..types.borders import Borders
from .border_noise import BorderNoise
from .calibrated import Pixels
from .crops import part_of
from .part import Part
from .product import Product

# Since this version ESA's processor clears the border itself.
_CLEAN_BORDERS_SINCE = (2, 90)
# Overviews are rounded and their pixels straddle cells: with this many to a cell's side both hardly matter.
_OVERVIEW_PIXELS_PER_CELL = 2
_COMPARED_ROWS = 16
# How far an overview may be from means of power: on the whole (0.04 dB), and pixel by pixel.
_LEVEL_TOLERANCE, _PIXEL_TOLERANCE = 0.01, 0.1


@dataclass(frozen=True)
class DetectedPixels(Pixels):
    """The pixels of a detected image.

    Attributes
    ----------
    part : Part
        What of the annotated image the raster shows.
    noisy_border : bool
        The processor did not clear the border.
    """

    part: Part
    noisy_border: bool

    @classmethod
    def from_product(cls, product: Product) -> DetectedPixels:
        """Open the measurement and compare its size with the annotation."""
        dataset = open_member(product.measurement)
        # There are smaller copies of measurements about, as in public samples. Tables and positions count in
        # the annotation's pixels: what part of these the raster shows has to be known.
        part = part_of(dataset, product)
        along, across = part.stretch
        return cls(
            measurement=product.measurement,
            shape=(dataset.RasterYSize, dataset.RasterXSize),
            part=part,
            spacing_m=(product.spacing_m[0] * along, product.spacing_m[1] * across),
            grid=product.grid,
            borders=read_borders(product.annotation).cut(*part.start).coarsened(along, across),
            noisy_border=product.version < _CLEAN_BORDERS_SINCE,
            notes=(),
            warnings=part.warnings(),
        )

    def georeference(self) -> Georeference:
        """Return the control points of the raster."""
        return self.grid.georeference(*self.part.stretch, self.part.start)

    def view(self, grid: WorkingGrid) -> DetectedView:
        """Open the pixels for one working grid."""
        return DetectedView(self, grid)


class DetectedView:
    """Squared amplitudes without nodata and without a noisy border."""

    def __init__(self, pixels: DetectedPixels, grid: WorkingGrid) -> None:
        # GDAL frees a band with its data set: keep that.
        self._dataset, coarser = _opened(pixels.measurement, min(grid.lines.step, grid.samples.step))
        self._band = self._dataset.GetRasterBand(1)
        line, sample = pixels.part.stretch
        self._part = replace(pixels.part, stretch=(line * coarser[0], sample * coarser[1]))
        self.grid = WorkingGrid(grid.lines.over(self._band.YSize), grid.samples.over(self._band.XSize))
        self._border = BorderNoise.from_band(self._band, self._part.stretch) if pixels.noisy_border else None
        self.samples = self._annotated(1, 0, grid.samples.cells)

    def lines(self, start: int, stop: int) -> tuple[Array, Array]:
        """Return annotated lines, alike for tables and places."""
        lines = self._annotated(0, start, stop)
        return lines, lines

    def _annotated(self, side: int, start: int, stop: int) -> Array:
        """Return annotated lines (side 0) or samples (1) of the centres of cells."""
        # By outer corners, as positions that count centres do not scale.
        axis = (self.grid.lines, self.grid.samples)[side]
        corners = (axis.centres(start, stop) + 0.5) * self._part.stretch[side]
        return corners + self._part.start[side] - 0.5

    def read(self, first: int, count: int) -> PowerLines:
        """Return DN² of whole lines."""
        numbers = read_lines(self._band, first, count)
        if self._border is not None:
            # Zero is what processors write outside the swath: so marked it is no data.
            numbers[self._border.outside(numbers, first)] = 0
        return _power(numbers), None if numbers.all() else numbers != 0


def _opened(path: str, step: float) -> tuple[gdal.Dataset, tuple[float, float]]:
    """Open an image, or the coarsest overview in it that serves cells of ``step`` pixels.

    Returns
    -------
    dataset : gdal.Dataset
    coarser : (line, sample)
        Pixels of the image in each of the data set's; 1 for the image itself.
    """
    # A cloud-optimised product of 10 m pixels is read at 40 m for cells of 100 m: a sixteenth of its pixels.
    full = open_member(path)
    band = full.GetRasterBand(1)
    for level in reversed(range(band.GetOverviewCount())):
        overview = band.GetOverview(level)
        coarser = band.YSize / overview.YSize, band.XSize / overview.XSize
        if max(coarser) * _OVERVIEW_PIXELS_PER_CELL <= step and _means_of_power(band, overview, coarser):
            return open_member(path, overview=level), coarser
    return full, (1.0, 1.0)


def _means_of_power(band: gdal.Band, overview: gdal.Band, coarser: tuple[float, float]) -> bool:
    """Tell whether an overview holds roots of mean squares, as those of cloud-optimised products do.

    Means of amplitudes are darker by two tenths of a decibel, single pixels are as rough as the image.
    """
    grid = WorkingGrid(
        Axis(band.YSize, overview.YSize, coarser[0]), Axis(band.XSize, overview.XSize, coarser[1])
    )
    rows = min(_COMPARED_ROWS, overview.YSize)
    start = (overview.YSize - rows) // 2
    wanted = cell_means(lambda *lines: (_power(read_lines(band, *lines)), None), grid, start, start + rows)
    found = _power(read_lines(overview, start, rows))
    level = max(float(wanted.mean()), 1.0)
    error = np.sqrt(np.mean((np.sqrt(found) - np.sqrt(wanted)) ** 2) / level)
    return bool(abs(found.mean() / level - 1) < _LEVEL_TOLERANCE and error < _PIXEL_TOLERANCE)


def _power(numbers: Array) -> Array:
    power = numbers.astype(np.float32)
    return np.square(power, out=power)


def read_borders(annotation: Node) -> Borders:
    """Return the borders of a merged image, in the order of range; none where nothing was merged.

    Each sub-swath is a list of boxes, a burst or so each, whose last samples change from one to the next: the
    border is known in the middle of each box, and lies behind its last sample.
    """
    swaths = [
        m.all("swathBoundsList/swathBounds") for m in annotation.all("swathMerging/swathMergeList/swathMerge")
    ]
    swaths = sorted((bounds for bounds in swaths if bounds), key=lambda b: b[0].number("firstRangeSample"))
    lines, samples = [], []
    for bounds in swaths[:-1]:
        parts = sorted(
            (
                (b.number("firstAzimuthLine") + b.number("lastAzimuthLine") + 1) / 2,
                b.number("lastRangeSample") + 1,
            )
            for b in bounds
        )
        line, sample = np.array(parts).T
        lines.append(line)
        samples.append(sample)
    return Borders(tuple(lines), tuple(samples))
