# SPDX-License-Identifier: GPL-2.0-or-later
"""Scores, whether probabilities mean what they say, and how both are written down.

May come in: core. No networks, no files of images: arrays of probabilities and labels go in, numbers,
Markdown and a diagram come out.
Doors: `dice` (PooledDice), `tag_scores` (TagScores), `calibration`, `texture`, `markdown`.
"""
