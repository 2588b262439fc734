# SPDX-License-Identifier: GPL-2.0-or-later
"""The three networks of the paper: the U-Net of A, InceptionV3 of B, C and D, the encoder of E.

Lives here: a module for each network with the dataclass that configures it; `blocks`, what they are made of;
`receptive_field`, how far they see; `registry`, the networks by name.

May come in: torch, and of `metocean.core` the errors and `metocean.core.methods.tiling`; nothing else of
models.

Doors: the networks and their configurations, `blocks.Network`, `receptive_field` and `registry`.

Shapes stand at the ends of lines as (N, C, H, W): images, channels, lines, samples.
"""
