# SPDX-License-Identifier: GPL-2.0-or-later
"""From a file to probabilities, classes and areas on a map, without QGIS and without torch.

Lives here, at the top, what every folder uses: `classes`, `quantity`, `metadata`, `cmod5n`, `feedback` and
`errors`; the folders are the steps of the way, each of which imports only those before it: ``files`` and
``methods``, then ``geometry``, ``scenes``, ``roughness``, ``results`` and ``runs``.

May come in: numpy, scipy and GDAL; never QGIS, torch, `metocean.models`, `metocean.training`, `metocean.ui`.

Doors: all modules at the top. What each folder offers stands in its own ``__init__``.
"""
