# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture that shows methods side by side, as Figure 4 of Colin et al. 2022: roughness, then classes.

Drawn with Qt, which QGIS always has and which paints images in any thread; matplotlib, which not every QGIS
brings, would be one more thing to install.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from qgis.PyQt.QtCore import QPointF, QRectF, QSizeF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from ...core.errors import OutputError
from .panel_map import LEGEND, NODATA_COLOUR, MappedRaster, km_per_unit

# Pixels of the picture. A map that is no square has the area of one with this side.
MAP_PX, NARROWEST_PX, MARGIN_PX = 480, 240, 24
TEXT_PX, HEADING_PX, LINE_PX, ENTRY_PX = 15, 19, 28, 270
# Width over height that all maps together should have.
ASPECT = 1.5


def draw_panel(target: str, heading: str, roughness: str, classes: Mapping[str, str]) -> None:
    """Write the picture as PNG.

    Parameters
    ----------
    target : str
        Path of the picture.
    heading : str
        What is said of the scene.
    roughness : str
        Path of the roughness on the map; an image that knows no place on earth counts as a square of
        `NOMINAL_SIDE_M`.
    classes : dict of str to str
        Paths of class rasters on the same map, by title.

    Raises
    ------
    OutputError
        ``target`` cannot be written.
    """
    scales = km_per_unit(roughness)
    rasters = [MappedRaster.from_file(path, scales) for path in (roughness, *classes.values())]
    layout = _Layout.from_frame(reduce(QRectF.united, (raster.km for raster in rasters)), len(rasters))
    image = QImage(layout.size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    try:
        _draw_heading(painter, layout, heading)
        for number, (title, raster) in enumerate(zip(("Roughness", *classes), rasters)):
            _draw_map(painter, layout, number, title, raster)
        _draw_legend(painter, layout)
    finally:
        # Also after an error: Qt crashes where an image goes while something still paints on it.
        painter.end()
    if not image.save(target, "PNG"):
        raise OutputError(f"Cannot write {target}: is the disk full?")


@dataclass(frozen=True)
class _Layout:
    """Where everything stands: a heading, maps in columns, each below its title, and the legend.

    Attributes
    ----------
    frame : QRectF
        What every map shows, in kilometres.
    scale : float
        Pixels per kilometre.
    rows, columns : int
    """

    frame: QRectF
    scale: float
    rows: int
    columns: int

    @classmethod
    def from_frame(cls, frame: QRectF, count: int) -> _Layout:
        """Return the layout of ``count`` maps of this frame that comes nearest to `ASPECT`, with few gaps."""

        def misfit(columns: int) -> float:
            rows = math.ceil(count / columns)
            # Twice too wide counts as much as twice too high; fields of the last row may stay empty.
            aspect = columns * frame.width() / (rows * frame.height())
            return abs(math.log(aspect / ASPECT)) + 2 * (1 - count / (rows * columns))

        columns = min(range(1, count + 1), key=misfit)
        scale = MAP_PX / math.sqrt(frame.width() * frame.height())
        return cls(frame, scale, math.ceil(count / columns), columns)

    @property
    def column_px(self) -> float:
        return max(self.frame.width() * self.scale, NARROWEST_PX) + MARGIN_PX

    @property
    def row_px(self) -> float:
        return self.frame.height() * self.scale + LINE_PX + MARGIN_PX

    @property
    def legend_columns(self) -> int:
        return max(1, int((self.columns * self.column_px) // ENTRY_PX))

    @property
    def legend_top(self) -> float:
        return MARGIN_PX + HEADING_PX + MARGIN_PX + self.rows * self.row_px

    @property
    def size(self) -> QSizeF:
        legend_rows = math.ceil(len(LEGEND) / self.legend_columns)
        width = MARGIN_PX + self.columns * self.column_px
        return QSizeF(width, self.legend_top + legend_rows * LINE_PX + MARGIN_PX)

    def rectangle_of(self, number: int, km: QRectF) -> QRectF:
        """Return where a part of the ground, in kilometres, is in the map of this number, in pixels."""
        row, column = divmod(number, self.columns)
        left = MARGIN_PX + column * self.column_px
        top = MARGIN_PX + HEADING_PX + MARGIN_PX + row * self.row_px + LINE_PX
        moved = km.translated(-self.frame.topLeft())
        corner = QPointF(left, top) + self.scale * moved.topLeft()
        return QRectF(corner, self.scale * moved.size())


def _draw_heading(painter: QPainter, layout: _Layout, heading: str) -> None:
    """Draw what is said of the scene, and on the right the scale of all maps."""
    length_km = _round_length(layout.frame.width() / 3)
    length, right = length_km * layout.scale, layout.size.width() - MARGIN_PX
    baseline = MARGIN_PX + HEADING_PX
    painter.fillRect(QRectF(right - length, baseline - 4, length, 4), QColor("black"))
    _write(painter, QPointF(right - length, baseline - 9), f"{length_km:g} km", length)
    room = right - length - 2 * MARGIN_PX
    _write(painter, QPointF(MARGIN_PX, baseline), heading, room, HEADING_PX)


def _round_length(most: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, … and their tenths, hundredths, … that is not above this."""
    power = 10.0 ** math.floor(math.log10(most))
    # The tiny part more is for lengths that are round themselves, but not in binary.
    return max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))


def _draw_map(painter: QPainter, layout: _Layout, number: int, title: str, raster: MappedRaster) -> None:
    """Draw a map below its title: nodata all over, then what is known where it lies."""
    frame, rectangle = layout.rectangle_of(number, layout.frame), layout.rectangle_of(number, raster.km)
    room = layout.column_px - MARGIN_PX
    _write(painter, frame.topLeft() - QPointF(0, LINE_PX - TEXT_PX - 4), title, room)
    # Cells of a class stay sharp.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not raster.is_classes)
    painter.fillRect(frame, QColor(NODATA_COLOUR))
    painter.drawImage(rectangle, raster.image(rectangle.size()))


def _draw_legend(painter: QPainter, layout: _Layout) -> None:
    for number, (colour, label) in enumerate(LEGEND):
        row, column = divmod(number, layout.legend_columns)
        corner = QPointF(MARGIN_PX + column * ENTRY_PX, layout.legend_top + row * LINE_PX)
        painter.fillRect(QRectF(corner, QSizeF(TEXT_PX, TEXT_PX)), QColor(colour))
        _write(painter, corner + QPointF(TEXT_PX + 8, TEXT_PX - 2), label, ENTRY_PX - TEXT_PX - 16)


def _write(painter: QPainter, start: QPointF, text: str, room: float, size_px: int = TEXT_PX) -> None:
    """Write one line, from a point on its baseline; what there is no room for in the middle becomes …."""
    font = QFont("sans-serif")
    font.setPixelSize(size_px)
    painter.setFont(font)
    painter.setPen(QColor("black"))
    short = QFontMetricsF(font, painter.device()).elidedText(text, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(start, short)
