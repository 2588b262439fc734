# SPDX-License-Identifier: GPL-2.0-or-later
"""Where pixels lie on the ground, how they become cells, and how cells come to a map.

Lives here: `georeference` (with `control_points`) knows where a raster lies, `lattice` where all of it does,
`projections` coordinate systems; `working_grid` averages pixels to cells; `map_grid` and `warp` lead to a
map; `ground_area` measures pixels, `land` (with `land_polygons`) masks land.

May come in: the modules at core's top, ``core/files``, numpy, scipy and GDAL.

Doors: all of these modules but `control_points` and `land_polygons`, which are their neighbours' own.
"""
