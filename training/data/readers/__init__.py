# SPDX-License-Identifier: GPL-2.0-or-later
"""Published data sets as they are distributed, turned into shards.

`layout` has what they have in common; `tengeop`, `pixel_masks` and `voc` each know one way of laying one
out, and a new one is one more such module in `importing.LAYOUTS`. `rasters`, `images` and `masks` read
their files.
May come in: core, `metocean.training.data`.
Doors: `importing` (recognise, import_folder), `images` (resized), `masks` (CELLS).
"""
