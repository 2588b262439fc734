# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters that belong to a product: nobody named them, so that nothing but the expected format is opened."""

from __future__ import annotations

from typing import Optional

from osgeo import gdal

from ..errors import InputError
from .archive import refuse_unreadable
from .formats import check_opened
from .gdal_calls import attempt, exists, refuse_special, short


def open_member(path: str, driver: str = "GTiff", overview: Optional[int] = None) -> gdal.Dataset:
    """Open a raster of a product, which must be of the one format that such products have.

    No file beside it is looked at: overviews (.ovr), masks (.msk) and metadata (.aux.xml) can name any other
    file, or an address, and products have none.

    Parameters
    ----------
    path : str
    driver : {"GTiff", "ENVI"}
    overview : int or None
        Open this overview, from 0, instead of the image.

    Raises
    ------
    InputError
        The file is missing, damaged, or of another format.
    """
    refuse_special(path)
    # GDAL looks for files only in this list. An empty one would count as none, and have it look everywhere.
    # An image of ENVI's is described by its header, which has a file of its own.
    siblings = [short(path), *([f"{short(path)[:-4]}.hdr"] if driver == "ENVI" else [])]
    options = [] if overview is None else [f"OVERVIEW_LEVEL={overview}"]
    dataset = attempt(gdal.OpenEx, path, gdal.OF_RASTER, [driver], options, siblings)
    if dataset is not None and dataset.RasterCount > 0:
        check_opened(dataset, path)
        return dataset
    refuse_unreadable(path)
    name = {"GTiff": "GeoTIFF"}.get(driver, driver)
    if not exists(path):
        raise InputError(f"{short(path)} is missing; the product is incomplete, download it again.")
    raise InputError(
        f"{short(path)} is not a raster in the format of its product ({name}); it may be damaged or "
        "incomplete: download it again."
    )
