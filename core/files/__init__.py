# SPDX-License-Identifier: GPL-2.0-or-later
"""Opening files that nobody vouches for, and writing results all or nothing.

Lives here: `raster` opens what the user named and reads it, `member` opens what belongs to a product, both
by the rules in `formats` and `virtual_raster`; `archive` looks into zips, `xml_file` and `tiff_tag` read what
describes a product, `prefetch` reads on while the last rows are computed with; `raster_writer`, `staging` and
`cog` write. Below them all lies `gdal_calls`.

May come in: the modules at core's top, numpy and GDAL; no other folder of core.

Doors: all of these modules. `raster` is used everywhere, `xml_file` and `tiff_tag` by ``core/scenes``,
`prefetch` and `raster_writer` by ``core/roughness``, `staging` and `cog` by ``core/runs`` and the ui.
"""
