# SPDX-License-Identifier: GPL-2.0-or-later
"""What may be taken for a wave-mode imagette: a raster of no place on earth that nothing speaks against.

An imagette shows 20 km x 20 km whatever its size in pixels, so that whatever is taken for one gets areas of
that. A swath that lost its place would get a fraction of its own in silence: it is refused instead.
"""

from __future__ import annotations

import re
from dataclasses import replace

from osgeo import gdal

from ...errors import InputError
from ...files.gdal_calls import short
from ...files.tiff_tag import read_text_tag
from ...geometry.projections import on_earth
from ..types.scene import Quantity, Scene
from .band_names import band_name
from .snap import TAG

# Sides in pixels. Published imagettes have about 400 to 600 (450 x 570 at the most askew), and some are
# resampled to sizes that networks want. Larger ones pass where their name says that they are of wave mode.
_SMALLEST, _LARGEST_PUBLISHED, _LARGEST, _LARGEST_BY_NAME = 100, 700, 1100, 2000
# Longer side over shorter one: without a name, where there is a warning, and where a name helps no more.
_LEAST_SQUARE, _WARNED, _LEAST_SQUARE_BY_NAME = 1.3, 1.5, 2.0
# Of 20 km x 20 km, with the margins that resampling and cropping make.
_SIDES_M = 15_000.0, 30_000.0
# Sizes of pixels between these are counts of other pixels. Larger ones are metres, of which Sentinel-1's
# finest images have 10; smaller ones are degrees.
_COUNTED = 0.1, 9.5
# As Sentinel-1 products and exports are named: s1a-iw-grd-…, iw-vv.tiff, S1A_EW_GRDM_…, S1A_IW_…_RTC30_,
# Sentinel-1_IW_VV+VH, and as the tag of a measurement has it, "Sentinel-1A IW GRD HR L1". The letters IW
# alone say nothing: they are the code of internal waves, too.
_SWATH = re.compile(
    r"s1[a-d]?[-_](?:iw|ew|sm|s[1-6]|n[1-6])\d?(?![a-z0-9])"
    r"|(?<![a-z0-9])(?:iw|ew|s[1-6])\d?[-_ ](?:grd|slc|raw|vv|vh|hh|hv)"
    r"|(?<![a-z])grd[hmf]?(?![a-z])|sentinel[-_ ]?1[a-d]?[-_ ](?:iw|ew|sm)(?![a-z])|_rtc\d\d",
    re.IGNORECASE,
)
# A folder is evidence where it is named like a product, in full.
_PRODUCT = re.compile(r"s1[a-d]_(?:iw|ew|s[1-6])_(?:grd|slc|raw|ocn)[^/\\]*", re.IGNORECASE)
_WAVE = re.compile(r"(?<![a-z0-9])wv[12]?(?![a-z0-9])|imagette", re.IGNORECASE)
# The quick-look of a product is a whole swath in a few hundred pixels: small and grey as an imagette is.
# Those of wave mode are named after their imagette.
_QUICK_LOOK = re.compile(r"\.safe[/\\]preview[/\\]|(?:^|[/\\])quick-?look\.\w+$", re.IGNORECASE)
# Formats of arrays with a meaning of their own, which nobody saves a picture in: drivers, and files of views.
_ARRAY_DRIVERS = re.compile(r"netCDF|HDF\w*|Zarr|SENTINEL1|SAFE|BAG|KEA")
_ARRAY_FILES = re.compile(r"\.(?:nc4?|h5|he5|hdf5?|zarr)(?:$|[:\"])", re.IGNORECASE)
_TEXTS = ("TIFFTAG_IMAGEDESCRIPTION", "TIFFTAG_DOCUMENTNAME")


def refuse_swath(path: str, dataset: gdal.Dataset) -> None:
    """Refuse a raster of unknown place that cannot be an imagette.

    Parameters
    ----------
    path : str
        As the user chose it: names of files and folders are evidence.
    dataset : gdal.Dataset
        As it is stored, without an affine or control points that lead to a place on earth.

    Raises
    ------
    InputError
        Something speaks against it.
    """
    affine = dataset.GetGeoTransform(can_return_null=True)
    # (0, 0) is where pictures that were merely saved with an affine begin.
    if affine and not dataset.GetProjection() and (affine[0], affine[3]) != (0.0, 0.0):
        raise InputError(
            f"{short(path)} has coordinates, but not in which system: assign a projection to the file "
            "(Raster ▸ Projections ▸ Assign Projection in QGIS)."
        )
    names = _names(path, dataset)
    if _QUICK_LOOK.search(path) and not _WAVE.search(short(path)):
        raise InputError(f"{short(path)} is a product's quick-look: choose the product's folder.")
    against = _against(path, dataset, names) or _shape_against(dataset, bool(_WAVE.search(names)))
    if against:
        raise _refusal(path, against)


def as_imagette(scene: Scene, path: str) -> Scene:
    """Return the scene of an imagette, with a note that it was taken for one, and doubts about its shape.

    `InputError` where its values speak against it: published imagettes are roughness already. What is
    backscatter and has no name of wave mode passes in their sizes alone.
    """
    named = _WAVE.search(f"{short(path)} {scene.name}")
    lines, samples = scene.shape
    if scene.quantity is not Quantity.ROUGHNESS and not named and max(scene.shape) > _LARGEST_PUBLISHED:
        raise _refusal(path, f"{samples} x {lines} pixels of backscatter are none")
    note = "No coordinates: taken for an imagette of 20 km x 20 km."
    doubts = scene.warnings
    if max(scene.shape) > _WARNED * min(scene.shape):
        doubts += ("The raster is far from square, so it may be no imagette of 20 km x 20 km.",)
    return replace(scene, notes=(*scene.notes, note), warnings=doubts)


def _refusal(path: str, against: str) -> InputError:
    return InputError(
        f"{short(path)} has neither a CRS on earth nor control points that suffice, and without coordinates "
        f"only an imagette can be used: {against}; load the SAFE product or a georeferenced raster."
    )


def _against(path: str, dataset: gdal.Dataset, names: str) -> str:
    """Return what speaks against an imagette, as part of a sentence; empty where nothing does."""
    affine = dataset.GetGeoTransform(can_return_null=True)
    local = affine and not on_earth(dataset.GetProjection())
    if (dataset.GetProjection() or dataset.GetGCPProjection()) and not (local and _as_large(dataset)):
        return "it has a coordinate system, though no place on earth in it"
    # An affine of pictures counts their own pixels, or those of the picture they were made of.
    if affine and not _COUNTED[0] < abs(affine[1]) < _COUNTED[1] and not _as_large(dataset):
        return "the size of its pixels is that of another area"
    if dataset.GetGCPCount():
        return "it has control points"
    for domain, what in (("GEOLOCATION", "arrays of coordinates"), ("RPC", "rational polynomials (RPC)")):
        if dataset.GetMetadata(domain):
            return f"it has its place in {what}"
    files = (short(file) for file in _files(path, dataset))
    if _ARRAY_DRIVERS.fullmatch(dataset.GetDriver().ShortName) or any(map(_ARRAY_FILES.search, files)):
        return "imagettes do not come in this format"
    if _lost_in_snap(path, dataset):
        return "SNAP's text in it tells of a geocoding that the file lacks (better write BEAM-DIMAP)"
    if _SWATH.search(names):
        return "its name is that of a whole swath or a part of one"
    return ""


def _as_large(dataset: gdal.Dataset) -> bool:
    """Tell whether the affine of a raster says that it has the size of an imagette, in metres."""
    affine = dataset.GetGeoTransform()
    sides_m = abs(affine[1]) * dataset.RasterXSize, abs(affine[5]) * dataset.RasterYSize
    return bool(_SIDES_M[0] <= min(sides_m) <= max(sides_m) <= _SIDES_M[1])


def _shape_against(dataset: gdal.Dataset, named: bool) -> str:
    short_side, long_side = sorted((dataset.RasterXSize, dataset.RasterYSize))
    largest = _LARGEST_BY_NAME if named else _LARGEST
    ratio = _LEAST_SQUARE_BY_NAME if named else _LEAST_SQUARE
    if short_side < _SMALLEST or long_side > largest or long_side > ratio * short_side:
        return f"{dataset.RasterXSize} x {dataset.RasterYSize} pixels are no imagette"
    return ""


def _names(path: str, dataset: gdal.Dataset) -> str:
    """Return what the raster is called: files, bands, tags, and the product's folder it lies in."""
    bands = [band_name(dataset, i + 1) for i in range(dataset.RasterCount)]
    tags = [dataset.GetMetadataItem(name) or "" for name in _TEXTS]
    own = "\n".join([short(path), *map(short, _files(path, dataset)), *bands, *tags])
    # What a file says of wave mode goes before the folder.
    return own if _WAVE.search(own) else "\n".join([own, *_PRODUCT.findall(path)])


def _files(path: str, dataset: gdal.Dataset) -> list[str]:
    return [path, *(dataset.GetFileList() or [])]


def _lost_in_snap(path: str, dataset: gdal.Dataset) -> bool:
    texts = [read_text_tag(file, TAG) for file in _files(path, dataset)]
    words = ("<Tie_Point_Grid_Info", "<Coordinate_Reference_System", "<Geoposition")
    return path.lower().endswith((".dim", ".data")) or any(word in text for text in texts for word in words)
