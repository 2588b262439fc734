"""Parameters that QGIS has not, and their widgets: a scene in any form, and outputs nobody has to name.

Lives here: `scene_parameter` with its widget in `scene_widget`, `destination`, and `numbers`.

May come in: QGIS, and of `metocean.core` the errors and `metocean.core.scenes`.

Doors: `scene_parameter`, `destination` and `numbers.read_numbers`, for `metocean.ui.algorithms`.
QGIS itself imports `scene_widget`, by the name that `SceneParameter` gives it, and only where there is a
window.
"""
