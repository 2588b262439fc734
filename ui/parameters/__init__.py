# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters that QGIS has not, and their widgets: a scene in any form, and outputs nobody has to name.

Lives here: `scene_parameter` with its widget in `scene_widget`, `land`, `numbers`, and `destination`.

May come in: QGIS, and of `metocean.core` the errors and `metocean.core.scenes`.

Doors: `scene_parameter`, `land.land_path`, `numbers.read_numbers` and `destination`, for
`metocean.ui.algorithms`.

QGIS itself imports `scene_widget`, by the name that `SceneParameter` gives it, and only where there is a
window.
"""
