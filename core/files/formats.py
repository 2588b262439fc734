# SPDX-License-Identifier: GPL-2.0-or-later
"""Which formats are opened, and what a file may take in: the name of a file says nothing of what it holds.

GDAL recognises files by their content. Text under the name of a GeoTIFF can be a virtual raster of any other
file, or describe a server, which is asked as soon as the file is opened.
"""

from __future__ import annotations

import math
import re
from typing import Optional

from osgeo import gdal

from ..errors import InputError
from .gdal_calls import attempt, exists, head, refuse_special, short
from .virtual_raster import is_view, sources
from .xml_file import read_text, refuse_many_elements

# Formats that are files, as GDAL calls them. What asks servers or data bases (WMS, WCS, WMTS, PostGISRaster,
# EEDAI, OGCAPI, HTTP, …), or names further files of any format (MRF, STACTA, RS2, TIL, …), is not among them.
FORMATS = (
    *("GTiff", "COG", "PNG", "JPEG", "GIF", "BMP", "WEBP", "PNM", "TGA", "SGI", "HEIF", "JPEGXL"),
    *("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG2000", "JPIPKAK", "ECW", "MrSID"),
    *(
        "ENVI",
        "EHdr",
        "ISCE",
        "ROI_PAC",
        "RRASTER",
        "ERS",
        "HFA",
        "PCIDSK",
        "ILWIS",
        "PCRaster",
        "RMF",
        "RST",
    ),
    *("netCDF", "HDF4", "HDF4Image", "HDF5", "HDF5Image", "BAG", "GRIB", "Zarr", "NITF", "FITS", "GPKG"),
    *("MBTiles", "Rasterlite", "AAIGrid", "GRASSASCIIGrid", "GSAG", "GSBG", "GS7BG", "SAGA", "XYZ", "BT"),
    *("SAR_CEOS", "CEOS", "JAXAPALSAR", "AirSAR", "GFF", "COSAR", "COASP", "DERIVED", "MEM"),
)
# What leaves the machine: addresses, GDAL's file systems in the network, and connections by their prefix.
_ADDRESS = re.compile(
    r"(?<!vrt)://|/vsi(?:curl|s3|gs|az|adls|oss|swift|hdfs|webhdfs)|"
    r"^\s*(?:WMS|WCS|WMTS|PG|OGCAPI|EEDAI?|PLMosaic|PLScenes|NGW|DAAS|STACTA|STACIT|MVT|WFS|OAPIF):|"
    r"^\s*<(?:GDAL_|WMS_|WCS_|IIP)",
    re.IGNORECASE,
)
# Overviews and masks are TIFF, of either byte order and size, or HFA.
_TABLES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"EHFA_HEADER_TAG")
# Sentinel-1 has 25,000 samples in a line and SLC products 80,000 at most; what claims a million of either
# asks for gigabytes as soon as a line is read.
_LONGEST_SIDE = 1_000_000
_LARGEST_BLOCK_BYTES = 2**30
# Beyond all coordinates on earth, in whatever unit.
_FARTHEST = 1e12
# Views of views are made by hand in a few steps; one that contains itself has no end.
_DEEPEST, _MOST_SOURCES = 8, 10_000


def is_address(text: str) -> bool:
    """Tell whether GDAL would look for ``text`` in the network or in a data base."""
    return bool(_ADDRESS.search(text))


def is_virtual(path: str) -> bool:
    """Tell whether a path may be that of a virtual raster: by its ending, or as one of ours in memory."""
    return path.lower().endswith(".vrt") or path.startswith(("/vsimem/", "<VRT", "vrt://"))


def formats_of(path: str) -> list[str]:
    """Return the formats that a path may have; none, which for GDAL are all, for an address."""
    if is_address(path):
        return []
    return [*(["VRT"] if is_virtual(path) else []), *FORMATS]


def check_named(path: str) -> None:
    """Refuse a raster that would take in more than the user named, before GDAL opens it.

    Raises
    ------
    InputError
        A pipe or device, a virtual raster under another name or with sources in the network, or a file beside
        the raster that is none of its overviews, masks or metadata.
    """
    if is_address(path) or path.startswith("/vsimem/"):
        return
    refuse_special(path)
    if is_virtual(path):
        _check_sources(path)
    elif is_view(path):
        raise InputError(f"{short(path)} is a virtual raster under another name; choose the image itself.")
    _check_sidecars(path)


def _check_sources(path: str, depth: int = 1) -> None:
    """Refuse a virtual raster of anything that would not be opened if the user named it."""
    found = sources(path) if is_view(path) else []
    if depth > _DEEPEST or len(found) > _MOST_SOURCES:
        raise InputError(f"{short(path)} is a view of too many others; save it as a GeoTIFF.")
    for source in found:
        # Text in the place of a name is a raster itself, which would not be looked into.
        if is_address(source) or source.lstrip().startswith(("<", "vrt:", "DERIVED")):
            raise InputError(
                f"{short(path)} takes pixels from {source[:80]}, which is no file of this machine's; save it "
                "as a GeoTIFF."
            )
        check_source(source, (*FORMATS, "VRT"))
        _check_sources(source, depth + 1)


def check_source(path: str, formats: tuple[str, ...] = FORMATS) -> None:
    """Refuse a file that GDAL, which is free to choose when it reads a view, would take for another format.

    Parameters
    ----------
    path : str
    formats : tuple of str
        As GDAL calls them.
    """
    refuse_special(path)
    driver = attempt(gdal.IdentifyDriverEx, path, gdal.OF_RASTER) if exists(path) else None
    if driver is not None and driver.ShortName not in formats:
        raise InputError(
            f"{short(path)} is a file of the format {driver.ShortName}, which is not opened here; save it as "
            "a GeoTIFF."
        )
    _check_sidecars(path)


def _check_sidecars(path: str) -> None:
    # Asked for by name: a folder may hold a hundred thousand other files. GDAL looks for overviews of
    # overviews, and for masks of them, in the same way.
    for ending in (".aux.xml", ".ovr.aux.xml", ".msk.aux.xml"):
        if head(path + ending, 1):
            refuse_many_elements(read_text(path + ending), path + ending)
    for ending in (".ovr", ".msk", ".ovr.ovr", ".msk.ovr", ".ovr.msk"):
        start = head(path + ending, 16)
        if start and not start.startswith(_TABLES):
            raise InputError(f"{short(path)}{ending} holds no overviews or masks; remove it.")
        if start:
            tables = attempt(gdal.OpenEx, path + ending, gdal.OF_RASTER, ["GTiff", "HFA"])
            _check_overviews(tables, path + ending)


def _check_overviews(dataset: Optional[gdal.Dataset], path: str) -> None:
    """Refuse a raster whose metadata, its own or those beside it, lead overviews to any other file."""
    # GDAL follows them when a band is asked for its overviews, not before. What it writes itself is
    # :::BASE::: and the ending of a file beside the raster; asked for by its key, it comes without that mark.
    named = (dataset.GetMetadata("OVERVIEWS") or {}).get("OVERVIEW_FILE") if dataset else None
    if named and not re.fullmatch(r":::BASE:::[^/\\:]*", named):
        raise InputError(f"{short(path)} takes overviews from {named[:80]}; save it without them.")


def check_opened(dataset: gdal.Dataset, path: str) -> None:
    """Refuse what a raster says of itself where nothing sensible, or nothing local, can follow from it."""
    if max(dataset.RasterXSize, dataset.RasterYSize) > _LONGEST_SIDE:
        raise InputError(
            f"{short(path)} claims {dataset.RasterXSize} x {dataset.RasterYSize} pixels, more than any scene "
            "has; use a part of it."
        )
    band = dataset.GetRasterBand(1)
    across, down = band.GetBlockSize()
    if across * down * gdal.GetDataTypeSize(band.DataType) / 8 > _LARGEST_BLOCK_BYTES:
        raise InputError(f"{short(path)} is stored in one piece that is too large; save it with tiles.")
    _check_overviews(dataset, path)
    affine = dataset.GetGeoTransform(can_return_null=True)
    if affine and not _has_area(affine):
        raise InputError(f"{short(path)} has pixels without any size on the map; georeference it again.")
    arrays = attempt(dataset.GetMetadata, "GEOLOCATION") or {}
    if not is_address(path) and any(is_address(arrays.get(f"{axis}_DATASET", "")) for axis in "XY"):
        raise InputError(f"{short(path)} takes its positions from the network; use one that has its own.")


def _has_area(affine: tuple[float, ...]) -> bool:
    _, xs, xl, _, ys, yl = affine
    return max(map(abs, affine)) < _FARTHEST and all(map(math.isfinite, affine)) and xs * yl - xl * ys != 0
