"""From the working grid to the map the user sees."""

from __future__ import annotations

from dataclasses import dataclass

from osgeo import gdal

from .classes import NODATA
from .geolocation import Georeference, choose_crs, map_grid, warp
from .outputs import FLOAT_OPTIONS, writing
from .raster import open_raster


@dataclass(frozen=True)
class Placing:
    """Where the rasters of one scene go.

    Attributes
    ----------
    wkt : str
        The map's coordinate system; empty for a scene that knows no place on earth.
    scene_shape : (lines, samples)
        Size of the image as loaded.
    """

    wkt: str
    scene_shape: tuple[int, int]

    @classmethod
    def of(cls, georeference: Georeference, scene_shape: tuple[int, int], wanted: str) -> Placing:
        """Choose the map of a scene; ``wanted`` is an authority code or well-known text, or empty."""
        return cls(choose_crs(georeference, scene_shape, wanted) if georeference.known else "", scene_shape)


def place(source: str, target: str, spacing_m: float, placing: Placing) -> None:
    """Put a raster of the working grid on the map, keeping its metadata.

    Parameters
    ----------
    source, target : str
        Float32 rasters with `NODATA`, any number of bands.
    spacing_m : float
        Ground spacing of the result; a source that is a map in the same system keeps its own grid.
    placing : Placing
        A source without a place on earth gets pixel coordinates of the image as loaded, so that QGIS shows
        one on top of the other.
    """
    dataset = open_raster(source)
    if placing.wkt:
        shape = dataset.RasterYSize, dataset.RasterXSize
        warp(source, map_grid(Georeference.of(dataset), shape, placing.wkt, spacing_m), target, nodata=NODATA)
    else:
        _copy_in_image_pixels(dataset, target, placing.scene_shape)
    with writing(target):
        placed = gdal.Open(target, gdal.GA_Update)
        placed.SetMetadata(dataset.GetMetadata())
        placed.FlushCache()


def _copy_in_image_pixels(dataset: gdal.Dataset, target: str, scene_shape: tuple[int, int]) -> None:
    pixel = scene_shape[1] / dataset.RasterXSize, scene_shape[0] / dataset.RasterYSize
    with writing(target):
        copy = gdal.GetDriverByName("GTiff").CreateCopy(target, dataset, options=FLOAT_OPTIONS)
        copy.SetGeoTransform((0.0, pixel[0], 0.0, 0.0, 0.0, -pixel[1]))
        copy.FlushCache()
