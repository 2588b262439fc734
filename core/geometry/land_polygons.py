# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons of land, from any file that OGR reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from osgeo import gdal, ogr, osr

from ..errors import OptionError
from ..files.gdal_calls import attempt, exists, fails, short
from .projections import METRES_PER_DEGREE, spatial_reference

# Straight edges in degrees are curves on the map: vertices at least this dense keep them.
_DENSE_DEG = 0.2
# Also in the layer's definition: lines and points that a file has beside its polygons are no land.
_POLYGONS = (ogr.wkbPolygon, ogr.wkbMultiPolygon)
# The map of the world that QGIS brings, which is the default of the toolbox.
_WORLD_MAP = "world_map.gpkg"


def open_polygons(source: str) -> tuple[gdal.Dataset, ogr.Layer]:
    """Return the data set of a source as `LandOptions` has it, and its layer, which must not outlive it.

    Raises
    ------
    OptionError
        No such file, no polygons in it, several layers of them, or a filter that makes no sense.
    """
    # The subset is SQL, which may hold bars too; QGIS writes it last.
    address, _, subset = source.partition("|subset=")
    path, *choices = address.split("|")
    if not exists(path):
        raise OptionError(f"There is no land file {path}; choose another, or none.", option="land")
    dataset = attempt(gdal.OpenEx, path, gdal.OF_VECTOR)
    layer = _layer(dataset, path, dict(choice.partition("=")[::2] for choice in choices))
    # Some formats only find out on reading what is wrong with a filter.
    if subset and (fails(layer.SetAttributeFilter, subset) or fails(layer.GetNextFeature)):
        raise OptionError(
            f"The filter {subset!r} of {short(path)} cannot be used for land; remove it.", option="land"
        )
    return dataset, layer


def _layer(dataset: Optional[gdal.Dataset], path: str, chosen: dict[str, str]) -> ogr.Layer:
    layers = [dataset.GetLayer(i) for i in range(dataset.GetLayerCount())] if dataset else []
    if "layername" in chosen:
        layers = [la for la in layers if la.GetName() == chosen["layername"]]
    elif "layerid" in chosen:
        layers = [la for i, la in enumerate(layers) if str(i) == chosen["layerid"]]
    layers = [la for la in layers if _holds_polygons(la)]
    if not layers:
        raise OptionError(
            f"{short(path)} holds no polygons; choose a polygon file of land, or none.", option="land"
        )
    if len(layers) > 1 and short(path) != _WORLD_MAP:
        names = ", ".join(la.GetName() for la in layers)
        raise OptionError(
            f"{short(path)} has several layers; add |layername= and one of {names}.", option="land"
        )
    # QGIS's countries and their provinces all cover the land: the plainest draws fastest.
    return min(layers, key=lambda la: la.GetFeatureCount())


def _holds_polygons(layer: ogr.Layer) -> bool:
    """Tell whether a layer has polygons; of a mixture, such as single and multiple ones, look at them."""
    # OGR calls layers of a mixture unknown; `any` stops at the first polygon.
    kind = ogr.GT_Flatten(layer.GetGeomType())
    if kind != ogr.wkbUnknown:
        return kind in _POLYGONS
    found = any(_is_polygon(feature.GetGeometryRef()) for feature in layer)
    layer.ResetReading()
    return found


def _is_polygon(geometry: Optional[ogr.Geometry]) -> bool:
    return geometry is not None and ogr.GT_Flatten(geometry.GetGeometryType()) in _POLYGONS


def reference_of(layer: ogr.Layer) -> osr.SpatialReference:
    """Return a layer's coordinate system; degrees where it says nothing, as GeoJSON without one means."""
    # By way of its text, so that longitude comes first whatever order the file has.
    own = layer.GetSpatialRef()
    return spatial_reference(own.ExportToWkt() if own else "EPSG:4326")


def polygons_within(
    layer: ogr.Layer, own: osr.SpatialReference, box: tuple[float, float, float, float]
) -> Iterator[ogr.Geometry]:
    """Yield the polygons of a layer cut to a box (west, south, east, north) in degrees.

    What lies on the far side of the Earth has no place on the scene's map: a continent around the scene's
    antipode would flood it.

    Parameters
    ----------
    layer : ogr.Layer
    own : osr.SpatialReference
        Of the layer, and of what is yielded.
    box : (west, south, east, north)
    """
    frame = _frame(own, box)
    layer.SetSpatialFilter(frame)
    for feature in layer:
        geometry = feature.GetGeometryRef()
        if not _is_polygon(geometry):
            continue
        # Coastlines that cross themselves cannot be cut; a buffer of zero mends them.
        cut = attempt(geometry.Intersection, frame) or attempt(geometry.Buffer(0).Intersection, frame)
        if cut is not None and not cut.IsEmpty():
            cut.Segmentize(_DENSE_DEG if own.IsGeographic() else _DENSE_DEG * METRES_PER_DEGREE)
            yield cut
    layer.SetSpatialFilter(None)


def _frame(own: osr.SpatialReference, box: tuple[float, float, float, float]) -> ogr.Geometry:
    """Return a box in degrees as a polygon in a layer's coordinate system."""
    west, south, east, north = box
    frame = ogr.CreateGeometryFromWkt(
        f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    )
    frame.Segmentize(_DENSE_DEG)
    if not own.IsGeographic():
        frame.Transform(osr.CoordinateTransformation(spatial_reference("EPSG:4326"), own))
    return frame
