# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast and how lean the plugin is, in ratios within one run: ``python -m metocean.training.speed``.

`networks` and `scenes` measure against what one writes first, `training_loop` the loop of a training
against plain torch; `measure` takes turns and counts memory, `sizes` says how large everything is.
May come in: core, models, and all of training but `benchmark` and what is at its top.
Doors: that command, and `training_loop`.
"""
