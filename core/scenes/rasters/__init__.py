# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain rasters as scenes: their band, units and incidence have to be found out, and the reasons are told.

The way of a file: `snap` or `hyp3` (from what people choose to what GDAL opens), `prepared` (roughness of our
own, taken as it is), `location` with `geolocation` (places told in another way than by an affine), `imagette`
(what may lie nowhere), `band_choice` with `band_names` and `band_view` (which band, and a look at it),
`units` with `recognise_units` (what it is in), `incidence_choice` (where angles come from), `band_source`
with `fill_values` and `incidence` (its pixels as power). `scene` calls them.

What cannot be told for sure is asked for by an `InputError`, never guessed. Imports: files, geometry,
``scenes.types``. Doors: `scene.raster_scene`, and `units.CHOICES` for the ui.
"""
