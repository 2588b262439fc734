# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulator and everything that makes weights. At the top stands what a person types.

``python -m metocean.training.`` … `simulate` (images), `train`, `evaluate`, `judge` and `realism` (real
quick-looks), `statistics` and `cards` (what goes with bundled weights), `throughput`, `mosaic_comparison`;
and `benchmark` and `speed`, which are folders. Each parses its command line and calls the rooms.

Rooms, each importing only those to its left: `metrics`, `recipes` ← `data` ← `simulator` and `fit` ←
`benchmark`, `speed` ← the top.
May come in: core and models.
"""
