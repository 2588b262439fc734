# SPDX-License-Identifier: GPL-2.0-or-later
"""From a method's probabilities to the rasters and tables that a user sees, all on the method's own cells.

`inference` (what a method says of each cell), `ice_limits` (where ice cannot be), `classification` (one
class, or undecided), `areas`, `uncertainty`, `rasters` (the files), `familiarity` (whether the scene looks
like training images), `agreement` (two methods compared). They are steps side by side; `metocean.core.runs`
puts them in order.

Imports: files, geometry, methods, roughness. Doors: for runs all of them; for the ui `areas`,
`ice_limits.IceLimits`, `rasters.OutputPaths` and `uncertainty.UNCERTAINTY`; for training
`classification.classify` and `familiarity.blocks`.
"""
