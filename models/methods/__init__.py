# SPDX-License-Identifier: GPL-2.0-or-later
"""The five methods of Colin et al. 2022: how a network's answers become maps of classes (Section 3).

Lives here: `supervised` (A), `mask` (B), `part` (C), `cam` (D) and `image_to_pixel` (E), all of them a
`base.Predictor`; `mosaic`, the paper's way over wide scenes; and what they share: `blockwise`,
`partial_inception`, `sliding_window`, `to_cells`.

May come in: `metocean.core`, the networks, `metocean.models.checkpoint`, ``device`` and ``registry``, torch.

Doors: `metocean.models.registry.load_method` for all who want a method by its name. Training, which measures
them, imports the classes themselves.
"""
