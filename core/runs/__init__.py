# SPDX-License-Identifier: GPL-2.0-or-later
"""The use cases, a file each: what the algorithms in QGIS call, and where the other rooms are put in order.

`segment` (a scene with one method), `compare` (with several), `preprocess` (its roughness alone),
`product_items` (of all images of a product). `options` is what a user decides, `run` one method on one scene,
`maps` and `comparison` what is written, `checks` what is refused and said before work begins.

Imports: everything in core; nothing in core imports runs. Doors: the use case of each file, with its options
and results.
"""
