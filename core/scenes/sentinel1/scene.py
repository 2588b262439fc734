# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinel-1 products as scenes."""

from __future__ import annotations

from typing import Callable

from ..types.scene import Quantity, Scene, SceneOptions
from .calibrated import Pixels, SafeSource
from .cross_checks import check_tables
from .grd import DetectedPixels
from .product import Product, open_product
from .product_files import choose_image
from .slc import SingleLookPixels

# How the pixels of each kind of product are read. Another kind needs a class of `Pixels`, and a line here.
_PIXELS: dict[str, Callable[[Product], Pixels]] = {
    "GRD": DetectedPixels.from_product,
    "SLC": SingleLookPixels.from_product,
}


def safe_scene(path: str, folder: str, options: SceneOptions) -> Scene:
    """Return an image of the product in ``folder``, to which ``path`` belongs.

    Parameters
    ----------
    path : str
        What the user chose; if it is an image, that one is taken.
    folder : str
        From `metocean.core.scenes.sentinel1.product_names.find_safe`.
    options : SceneOptions
        Band and item; units and incidence are the product's own.

    Raises
    ------
    InputError
        The product is incomplete, damaged, of another kind, or has no image in VV or HH.
    OptionError
        It has no such band or item.
    """
    product = open_product(folder, choose_image(folder, path, options.band, options.item))
    check_tables(product)
    pixels = _PIXELS[product.kind](product)
    warnings = product.warnings + pixels.warnings
    # Said rather than refused: in a batch of rasters and products the options are the same for all.
    if options.units.lower() not in ("auto", "dn") or options.incidence.lower() != "auto":
        warnings += (
            "Units and incidence angle, as given, are left aside: the product's own annotation is exact.",
        )
    return Scene(
        name=product.name,
        path=path,
        shape=pixels.shape,
        spacing_m=pixels.spacing_m,
        georeference=pixels.georeference(),
        quantity=Quantity.SIGMA0,
        source=SafeSource(product, pixels),
        units="sigma0 from DN with the product's calibration",
        incidence="the product's annotation",
        acquired=product.acquired,
        polarisation=product.polarisation,
        borders=pixels.borders,
        notes=product.notes + pixels.notes,
        warnings=warnings,
    )
