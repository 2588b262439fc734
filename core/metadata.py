# SPDX-License-Identifier: GPL-2.0-or-later
"""The metadata items of the rasters that are written, by name: the one place where their names stand.

Items of results begin with ``METOCEAN_``, which tells them from those of others in a file that went through
several programs. Those of roughness rasters are older than that rule and stay as files in use have them.
"""

from __future__ import annotations

# A later run reads these: a file says by itself what it is, whatever it has been renamed to. With another
# name here, all files in use would be unknown.
# What a raster holds: `metocean.core.quantity.QUANTITY`, or one of those below.
QUANTITY_KEY = "METOCEAN_QUANTITY"
CLASS, CLASS_PROBABILITY, UNCERTAINTY = "class", "class_probability", "uncertainty"

# Of roughness. A raster that was prepared is recognised by its quantity and read by these.
RESOLUTION_M, SOURCE, UNITS, INCIDENCE = "RESOLUTION_M", "SOURCE", "UNITS", "INCIDENCE"
POLARISATION, ACQUIRED, LAND, IMAGETTE = "POLARISATION", "ACQUIRED", "LAND", "IMAGETTE"
NOTES, WARNINGS = "NOTES", "WARNINGS"
# Quantiles of its valid pixels, by which it is shown: QGIS's own would leave a file beside the raster.
ROUGHNESS_P02, ROUGHNESS_P98 = "ROUGHNESS_P02", "ROUGHNESS_P98"


def result_items(**values: object) -> dict[str, str]:
    """Return metadata items of a result: each name in capitals, after ``METOCEAN_``; values as text.

    Examples
    --------
    >>> result_items(model="unet-16", threshold=0.5)
    {'METOCEAN_MODEL': 'unet-16', 'METOCEAN_THRESHOLD': '0.5'}
    """
    return {f"METOCEAN_{name.upper()}": str(value) for name, value in values.items()}
