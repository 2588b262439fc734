# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinel-1 level-1 products (GRD, SLC) as scenes, calibrated with their own annotation.

The way of a product: `product_names` (which product a path belongs to), `product_files` (its images and
tables), `product` (what its annotation says), `tables` and `noise` (calibration, positions, noise), `grd`
with `border_noise`, or `slc` with `bursts` (the pixels), `calibrated` (sigma0 and incidence by rows). `scene`
calls them. ESA's documents are named at the top of the modules.

Imports: files, geometry, ``scenes.types``. Doors: `scene.safe_scene`, `product_names.find_safe`,
`product_files` (`choose_image`, `image_named`, `processor_version`) and `product.open_product`.
"""
