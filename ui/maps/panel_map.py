# SPDX-License-Identifier: GPL-2.0-or-later
"""A raster as a map of the panel: in colours, and how large it is on the ground.

Maps of one panel have one scale, that of the ground in the scene's middle, whatever the unit of their
coordinate system: degrees, or metres of Web Mercator, which at 60° N are half a metre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from osgeo import gdal
from qgis.PyQt.QtCore import QRectF, QSizeF
from qgis.PyQt.QtGui import QColor, QImage

from ...core.classes import CLASSES, palette
from ...core.files.raster import open_raster
from ...core.geometry.georeference import NOMINAL_SIDE_M, Georeference, ground_spacing
from ...core.results.areas import UNDECIDED_NAME
from .style import grey_ends

NODATA_COLOUR = "#e4e4e4"
# Colour and text. Undecided pixels are black, as in the paper's figure.
LEGEND = (
    *((cls.colour, cls.label) for cls in CLASSES),
    ("#000000", UNDECIDED_NAME),
    (NODATA_COLOUR, "land or no data"),
)


def km_per_unit(path: str) -> tuple[float, float]:
    """Return kilometres on the ground per unit of a map, along samples and lines, in its middle."""
    dataset = open_raster(path)
    georeference, shape = Georeference.from_dataset(dataset), (dataset.RasterYSize, dataset.RasterXSize)
    line_m, sample_m = (NOMINAL_SIDE_M / length for length in shape)
    if georeference.known:
        line_m, sample_m = ground_spacing(georeference, shape)
    # The two columns of the affine are a step along samples and one along lines; a map may be turned.
    _, xs, xl, _, ys, yl = dataset.GetGeoTransform()
    return sample_m / math.hypot(xs, ys) / 1000, line_m / math.hypot(xl, yl) / 1000


@dataclass(frozen=True)
class MappedRaster:
    """The part of a raster that something is known of, and where it lies.

    ``km`` has kilometres along samples and lines, whichever way the map is turned. ``window`` is its first
    sample and line, its samples and lines.
    """

    path: str
    window: tuple[int, int, int, int]
    km: QRectF
    is_classes: bool

    @classmethod
    def from_file(cls, path: str, scales: tuple[float, float]) -> MappedRaster:
        """Return what is known of a raster on a map with these `km_per_unit`."""
        dataset = open_raster(path)
        x0, xs, xl, y0, ys, yl = dataset.GetGeoTransform()
        width, height = math.hypot(xs, ys), math.hypot(xl, yl)  # of a pixel, in units of the map
        # How far the corner lies along the directions of samples and lines, which need not be east and south.
        left, top = (x0 * xs + y0 * ys) / width * scales[0], (x0 * xl + y0 * yl) / height * scales[1]
        across, down = width * scales[0], height * scales[1]
        band = dataset.GetRasterBand(1)
        sample, line, samples, lines = window = _known_window(band.GetMaskBand().ReadAsArray() > 0)
        km = QRectF(left + across * sample, top + down * line, across * samples, down * lines)
        return cls(path, window, km, band.DataType == gdal.GDT_Byte)

    def image(self, size: QSizeF) -> QImage:
        """Return the raster in colours, thinned to about ``size``."""
        dataset, (*_, across, down) = open_raster(self.path), self.window
        values = dataset.GetRasterBand(1).ReadAsArray(
            *self.window,
            buf_xsize=min(across, math.ceil(size.width())),
            buf_ysize=min(down, math.ceil(size.height())),
            # The mean of two classes is a third one that is not there: thinned, a class map shows the
            # commonest.
            resample_alg=gdal.GRIORA_Mode if self.is_classes else gdal.GRIORA_Average,
        )
        colours = _coloured(values) if self.is_classes else _grey(values, *grey_ends(self.path))
        lines, samples = values.shape
        # A QImage of bytes does not own its pixels, and Python frees them when this function ends; the copy
        # does.
        return QImage(colours.tobytes(), samples, lines, 3 * samples, QImage.Format.Format_RGB888).copy()


def _known_window(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Return the smallest window with all that is known; that of everything where nothing is."""
    lines, samples = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not len(lines):
        return 0, 0, mask.shape[1], mask.shape[0]
    return int(samples[0]), int(lines[0]), int(np.ptp(samples)) + 1, int(np.ptp(lines)) + 1


def _coloured(classes: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint8, the colours of (H, W) class values."""
    return palette(nodata=QColor(NODATA_COLOUR).getRgb()[:3])[classes]


def _grey(roughness: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return (H, W, 3) uint8, roughness stretched from black at ``low`` to white at ``high``."""
    grey = np.clip(255 * (roughness - low) / max(high - low, 1e-6), 0, 255).astype(np.uint8)
    colours = grey[..., None].repeat(3, axis=-1)
    colours[roughness < 0] = QColor(NODATA_COLOUR).getRgb()[:3]
    return colours
