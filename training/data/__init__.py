# SPDX-License-Identifier: GPL-2.0-or-later
"""Images to train on: from files of any kind to batches on a device.

`readers` turns published data sets into `shards`, the one form that all else reads; a `pool` draws from them,
`batches` reads ahead, `crops` and `augment` show each image anew; `quicklooks` reads real ones to judge by.
May come in: core, models, `metocean.training.recipes`, `metocean.training.metrics`. Nothing here knows a run.
Doors: `shards`, `pool`, `batches`, `augment`, `crops`, `duplicates`, `label_cells`, `quicklooks`, and
`readers.importing`.
"""
