# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin adds what it says and takes it away again."""

from __future__ import annotations


def test_load_and_unload_mirror_each_other(qgis_app):
    from metocean import classFactory
    from qgis.core import QgsApplication

    registry = QgsApplication.processingRegistry()
    for start in ("initGui", "initProcessing"):
        plugin = classFactory(None)
        getattr(plugin, start)()
        names = {a.name() for a in registry.providerById("metocean").algorithms()}
        assert names == {"segment", "comparemethods", "preprocess", "preprocessall"}
        plugin.unload()
        assert registry.providerById("metocean") is None
