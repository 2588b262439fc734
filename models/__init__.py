# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks, the paper's five methods made of them, and their weights.

Lives here: `registry` knows the methods by name and loads them, `checkpoint` reads and writes weights,
`card` says what they are, `device` chooses where and how precisely a network computes, `packages` finds
torch; `networks` and `methods` are folders of their own, ``weights/`` holds what comes with the plugin.

May come in: `metocean.core`, torch, safetensors and numpy; never QGIS, `metocean.ui` or `metocean.training`.

Doors: ``ui`` imports `registry` and `packages` alone, which work without torch; ``training`` imports any
module.
"""
