# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever was loaded, as a `Scene`: where it lies, what its pixels are, power and incidence by rows.

- ``types``: what a scene is. All that later rooms (roughness, results, runs) know of scenes.
- ``rasters``: rasters that GDAL reads: GeoTIFF, SNAP, HyP3, Earth Engine, imagettes, roughness of our own.
- ``sentinel1``: products as ESA distributes them, read with their own annotation.
- ``opening``: decides which of the two a path is for.

To add an input format (all places, with tests and pages, are named in ``docs/architecture.md``)
    - GDAL reads it, but its units are not recognised: a function in ``rasters/recognise_units.py``, listed in
      ``_RECOGNISERS``; if its angles come from elsewhere, ``rasters/incidence_choice.choose_incidence``, too.
    - It is a folder, an archive or several files: a module in ``rasters`` with a function from the path that
      people choose to one that GDAL opens, called at the top of ``rasters/scene.raster_scene`` as
      `snap_raster` and `hyp3_image` are.
    - It has a calibration of its own: a folder beside ``sentinel1`` whose function returns a ``Scene``, and a
      line in `opening.open_scene` that recognises its paths.

Imports go one way: geometry <- types <- rasters, sentinel1 <- opening; the two in the middle know nothing of
each other. Doors: `opening` (`open_scene`, `count_items`) and ``types``. Besides, the ui takes the names of
units from ``rasters.units`` and sub-swaths of layers from ``sentinel1.product_files``, and the measurements
of speed open products by ``sentinel1.product``.
"""
