# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS sees: the provider with its algorithms, and how results look.

Lives here: `provider`, which lists the algorithms; `algorithms`, one module each and what they share;
`parameters`, what QGIS's own parameters cannot do; `maps`, styles, layers and the panel of methods.

May come in: QGIS (`qgis.core`, `qgis.gui`, `qgis.PyQt`, ``processing``), `metocean.core`, and of
`metocean.models` what works without torch, ``registry`` and ``packages``. Widgets become dataclasses here,
which `metocean.core.runs` works from: no pixel is computed in this folder but those of pictures.

Doors: `provider.MetoceanProvider`, for ``plugin.py``.
"""
