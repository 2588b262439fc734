# SPDX-License-Identifier: GPL-2.0-or-later
"""BEAM-DIMAP products of ESA's SNAP: a `.dim` file that describes the bands in the folder `.data` beside it.

GDAL opens each band alone, an ENVI file, without the angles and, in radar geometry, without a place. So the
whole becomes one virtual raster.

Source: SNAP's documentation of the format.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np
from osgeo import gdal

from ...arrays import Array
from ...errors import InputError
from ...files.gdal_calls import attempt, short
from ...files.xml_file import Node, load
from ...geometry.projections import spatial_reference
from .dimap_files import AGAIN, files_named, open_image, small_band
from .incidence import angle_band

ROOT = "Dimap_Document"
# SNAP's name of the tie points with the angle to the ellipsoid, and that of the band where it is written out.
_ANGLE_POINTS, _ANGLE_BAND = "incident_angle", "incidenceAngleFromEllipsoid"
# Control points that are made of tie points; ESA's own products have some two hundred.
_MOST_POINTS = 400
_NUMBER = r"\s*[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?\s*"


@dataclass(frozen=True)
class _Points:
    """A grid of tie points: its file and values, and where the first and the next lie, (line, sample)."""

    path: str
    values: Array
    offset: tuple[float, float]
    step: tuple[float, float]

    @classmethod
    def read(cls, info: Node, path: str) -> _Points:
        offset, step = ((info.number(f"{n}_Y"), info.number(f"{n}_X")) for n in ("OFFSET", "STEP"))
        if min(step) <= 0:
            raise InputError(f"The tie points {short(path)} have no distance; {AGAIN}.")
        return cls(path, small_band(path), offset, step)

    def source(self) -> str:
        """Return the source of a band that holds the points, interpolated.

        GDAL stretches the few pixels of the points over the raster: each becomes a rectangle of ``step``
        pixels whose middle is where the point lies, half a step before it begins.
        """
        (rows, columns), (y, x), (down, right) = self.values.shape, self.offset, self.step
        return (
            f'<SimpleSource resampling="bilinear"><SourceFilename>{escape(self.path)}</SourceFilename>'
            f'<SourceBand>1</SourceBand><SrcRect xOff="0" yOff="0" xSize="{columns}" ySize="{rows}"/>'
            f'<DstRect xOff="{x - right / 2}" yOff="{y - down / 2}" xSize="{columns * right}" '
            f'ySize="{rows * down}"/></SimpleSource>'
        )


@dataclass(frozen=True)
class Dimap:
    """A .dim file: what it says, and by their names its bands (file, description) and tie points."""

    path: str
    root: Node
    bands: dict[str, tuple[str, Node]]
    points: dict[str, _Points]

    @classmethod
    def read(cls, path: str) -> Dimap:
        """Find the files that the document names; virtual bands have none.

        A virtual band is a formula over others, such as decibels of a linear band, which SNAP works out when
        it shows it. It is in the document, but not in the folder.
        """
        root, document = load(path), os.path.abspath(path) if os.path.exists(path) else path
        infos = root.all("Image_Interpretation/Spectral_Band_Info")
        tie_point_grids = root.all("Tie_Point_Grids/Tie_Point_Grid_Info")
        bands = files_named(root.all("Data_Access/Data_File"), "DATA_FILE_PATH", "BAND_INDEX", document)
        points = files_named(
            root.all("Data_Access/Tie_Point_Grid_File"),
            "TIE_POINT_GRID_FILE_PATH",
            "TIE_POINT_GRID_INDEX",
            document,
        )
        return cls(
            path,
            root,
            {i.get("BAND_NAME"): (bands[k], i) for i in infos if (k := i.get("BAND_INDEX")) in bands},
            {
                i.get("TIE_POINT_GRID_NAME"): _Points.read(i, points[k])
                for i in tie_point_grids
                if (k := i.get("TIE_POINT_GRID_INDEX")) in points
            },
        )

    def write(self, target: str, only: str) -> None:
        """Write the virtual raster of all bands, or of one and the angles, to ``target``."""
        if not self.bands:
            raise InputError(f"{short(self.path)} names no band that is stored; {AGAIN}.")
        lines, samples = (int(self.root.number(f"Raster_Dimensions/N{n}")) for n in ("ROWS", "COLS"))
        view = attempt(gdal.GetDriverByName("VRT").Create, target, samples, lines, 0)
        if view is None:
            raise InputError(f"{short(self.path)} has impossible dimensions; {AGAIN}.")
        for name in self.bands:
            if not only or name in (only, _ANGLE_BAND):
                self._add(view, name)
        # Where the angle was not written out as a band the tie points have it; a band needs no interpolation.
        if not angle_band(view) and _ANGLE_POINTS in self.points:
            _add_band(view, _ANGLE_BAND, gdal.GDT_Float32, self.points[_ANGLE_POINTS].source())
        self._place(view)
        view.FlushCache()

    def _add(self, view: gdal.Dataset, name: str) -> None:
        file, info = self.bands[name]
        stored = open_image(file)
        # Otherwise GDAL would stretch the band to the raster's size, and it would lie wrongly without a word.
        if (stored.RasterXSize, stored.RasterYSize) != (view.RasterXSize, view.RasterYSize):
            raise InputError(f"{name} has another size than {short(self.path)} says; write it again in SNAP.")
        source = f"<SourceFilename>{escape(file)}</SourceFilename><SourceBand>1</SourceBand>"
        kind = stored.GetRasterBand(1).DataType
        band = _add_band(view, name, kind, f"<SimpleSource>{source}</SimpleSource>")
        band.SetUnitType("".join(unit.text for unit in info.all("PHYSICAL_UNIT")))
        if any(used.text == "true" for used in info.all("NO_DATA_VALUE_USED")):
            band.SetNoDataValue(info.number("NO_DATA_VALUE"))

    def _place(self, view: gdal.Dataset) -> None:
        """Take the affine of a map, or control points where the product is in radar geometry."""
        if self.root.all("Geoposition/IMAGE_TO_MODEL_TRANSFORM"):
            text = self.root.get("Geoposition/IMAGE_TO_MODEL_TRANSFORM")
            if not re.fullmatch(rf"{_NUMBER}(?:,{_NUMBER}){{5}}", text):
                raise InputError(f"{short(self.path)} has no valid transform; {AGAIN}.")
            # x and y per sample, x and y per line, then the corner; GDAL wants all of x before all of y.
            xs, ys, xl, yl, x0, y0 = (float(number) for number in text.split(","))
            wkt = self.root.get("Coordinate_Reference_System/WKT")
            view.SetProjection(spatial_reference(wkt).ExportToWkt())
            view.SetGeoTransform((x0, xs, xl, y0, ys, yl))
        elif {"latitude", "longitude"} <= set(self.points):
            view.SetGCPs(self._control_points(), spatial_reference("EPSG:4326").ExportToWkt())

    def _control_points(self) -> list[gdal.GCP]:
        grid, longitudes = self.points["latitude"], self.points["longitude"].values
        rows, columns = grid.values.shape
        if longitudes.shape != (rows, columns):
            raise InputError(f"The tie points of {short(self.path)} differ; {AGAIN}.")
        # The effort of the thin-plate spline through them grows with the cube of their number.
        every = max(1, int(np.ceil(np.sqrt(rows * columns / _MOST_POINTS))))
        return [
            gdal.GCP(
                float(longitudes[row, column]),
                float(grid.values[row, column]),
                0.0,
                grid.offset[1] + column * grid.step[1],
                grid.offset[0] + row * grid.step[0],
            )
            for row in range(0, rows, every)
            for column in range(0, columns, every)
        ]


def _add_band(view: gdal.Dataset, name: str, kind: int, source: str) -> gdal.Band:
    view.AddBand(kind)
    band = view.GetRasterBand(view.RasterCount)
    band.SetMetadataItem("source_0", source, "new_vrt_sources")
    band.SetDescription(name)
    return band
