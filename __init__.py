# SPDX-License-Identifier: GPL-2.0-or-later
"""Semantic segmentation of SAR ocean scenes inside QGIS."""


def classFactory(iface):
    """Return the plugin; QGIS calls this when it loads the package."""
    from .plugin import MetoceanPlugin

    return MetoceanPlugin(iface)
