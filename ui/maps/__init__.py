# SPDX-License-Identifier: GPL-2.0-or-later
"""How results look: renderers and .qml files, the layers of a scene in the project, the panel of methods.

Lives here: `style` says how each kind of result is drawn; `layers` puts loaded results where they belong;
`panel` and `panel_map` draw the picture of methods side by side.

May come in: QGIS, GDAL and numpy, and of `metocean.core` the classes, files, geometry and results.

Doors: `result_kind.ResultKind`, `style.save_styles`, `layers.SceneGroup`, `layers.style_when_loaded` and
`panel.draw_panel`, for `metocean.ui.algorithms`.
"""
