# SPDX-License-Identifier: GPL-2.0-or-later
"""From the working grid to the map the user sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from osgeo import gdal

from ..errors import OutputError
from ..feedback import Callback, Feedback
from ..files.gdal_calls import attempt
from ..files.raster import FLOAT_OPTIONS, TILED_OPTIONS, open_raster, output_errors
from .georeference import Georeference
from .map_grid import MapGrid, choose_crs, map_grid

# A raster is warped in parts that fit into this.
_WARP_MEMORY_MB = 64
# GDAL interpolates transformed positions where it errs by less than this; its own eighth of a pixel is 50 m
# on maps of classes. With this, these lie within 31 m of where orbit and range put the sea.
_WARP_TOLERANCE_M = 4.0


@dataclass(frozen=True)
class OutputMap:
    """Where the rasters of one scene go.

    Attributes
    ----------
    wkt : str
        The map's coordinate system; empty for a scene that knows no place on earth.
    scene_shape : (lines, samples)
        Size of the image as loaded, for scenes without a place: there pixels are the coordinates.
    """

    wkt: str
    scene_shape: tuple[int, int]

    @classmethod
    def from_grid(
        cls, grid: Georeference, shape: tuple[int, int], scene_shape: tuple[int, int], wanted: str
    ) -> OutputMap:
        """Choose the map of a working grid.

        Parameters
        ----------
        grid : Georeference
            Of the working grid.
        shape, scene_shape : (lines, samples)
            Of the working grid, and of the image as loaded.
        wanted : str
            An authority code or well-known text, or empty: see `choose_crs`.
        """
        return cls(choose_crs(grid, shape, wanted) if grid.known else "", scene_shape)


@dataclass(frozen=True)
class MapRaster:
    """One raster to be put on the map.

    Attributes
    ----------
    source, target : str
        The source has a nodata value; number and type of its bands are free.
    spacing_m : float
        Ground spacing of the result; a source that is a map in the same system keeps its own grid.
    resampling : {"bilinear", "near"}
        Nearest for classes and for texture, which blending would smooth away.
    """

    source: str
    target: str
    spacing_m: float
    resampling: str


def put_on_map(raster: MapRaster, output_map: OutputMap, feedback: Feedback) -> None:
    """Put a raster of the working grid on the map, with its metadata.

    A source without a place on earth gets pixel coordinates of the image as loaded, so that QGIS shows one on
    top of the other.
    """
    if not output_map.wkt:
        lines, samples = output_map.scene_shape
        _run(gdal.Translate, raster, feedback, outputBounds=(0, 0, samples, -lines))
        return
    dataset = open_raster(raster.source)
    own, shape = Georeference.from_dataset(dataset), (dataset.RasterYSize, dataset.RasterXSize)
    del dataset
    grid = map_grid(own, shape, output_map.wkt, raster.spacing_m)
    # A map in the same system is copied: resampled onto its own grid, it could only lose.
    if own.is_map and (own.affine, shape) == (grid.affine, grid.shape):
        _run(gdal.Translate, raster, feedback)
    else:
        warp(raster, grid, feedback)


def warp(raster: MapRaster, grid: MapGrid, feedback: Feedback) -> None:
    """Write all bands of a raster on a map grid.

    Radar geometry comes to the map by a thin-plate spline through its control points, as in `Georeference`.
    """
    rows, columns = grid.shape
    left, dx, _, top, _, dy = grid.affine
    _run(
        gdal.Warp,
        raster,
        feedback,
        format="GTiff",
        dstSRS=grid.wkt,
        outputBounds=(left, top + rows * dy, left + columns * dx, top),
        width=columns,
        height=rows,
        tps=not Georeference.from_dataset(open_raster(raster.source)).is_map,
        resampleAlg=raster.resampling,
        errorThreshold=_WARP_TOLERANCE_M / raster.spacing_m,
        warpMemoryLimit=_WARP_MEMORY_MB,
    )


def _run(
    operation: Callable[..., gdal.Dataset], raster: MapRaster, feedback: Feedback, **options: object
) -> None:
    """Run ``gdal.Warp`` or ``gdal.Translate``, which copy metadata, nodata and colours by themselves."""
    source = open_raster(raster.source)
    is_float = source.GetRasterBand(1).DataType == gdal.GDT_Float32
    progress = Callback(feedback)
    gdal.ErrorReset()
    done = attempt(
        operation,
        raster.target,
        source,
        creationOptions=FLOAT_OPTIONS if is_float else TILED_OPTIONS,
        callback=progress,
        **options,
    )
    # An error keeps this frame, and Windows removes no open file.
    del source
    progress.check()
    if done is None:
        raise OutputError(f"Cannot write {raster.target} ({gdal.GetLastErrorMsg()}): is the disk full?")
    with output_errors(raster.target):
        done.FlushCache()
