# SPDX-License-Identifier: GPL-2.0-or-later
"""Physical simulator of C-band co-polarised ocean scenes with exact masks of the ten processes.

Processes change a sea (wind, films, ice, targets) and its labels; waves, speckle and noise make an image of
it. Edges go one way: this folder's own modules (draws, fields, shapes, cells, sea, wave_systems, waves,
sensor) <- processes <- scenes <- product. From outside come metocean.core and, into scenes,
metocean.training.data; no torch.

Doors: scenes.training_images (shards for training), scenes.imagette and scenes.wide_imagettes (images with
full-size masks), scenes.contact_sheet (a picture of them), product.simulate and product.safe (whole
products).
"""
