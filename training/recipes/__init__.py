# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings that belong to a result, and what they make: losses, optimiser, first weights.

May come in: core, models, `metocean.training.metrics`. Nothing here reads an image or knows a folder.
Doors: `presets` (RECIPES), `recipe` (Recipe, TrainingStage), `tasks` (TASKS), `losses`, `optimiser`,
`initial_weights`, `localisation_head`, `augmentation`.
"""
