# SPDX-License-Identifier: GPL-2.0-or-later
"""From a scene to the sea-surface roughness that networks see, on a working grid of 100 m or 50 m.

`prepare` writes the raster: rows of the scene become roughness in `rows`, with a smooth trend where incidence
or calibration is unknown (`detrend`), without steps between sub-swaths where that is wanted (`seams`);
`provenance` says in the raster where it came from. `roughness` holds what later rooms know of it.

Imports: files, geometry and ``scenes.types``, no reader of scenes. Doors: `prepare.prepare`,
`roughness.Roughness` and `roughness.RoughnessOptions`.
"""
