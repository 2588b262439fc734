# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole simulated images: which processes meet, what annotators would say of them, and the files of a shard.

May import: the modules one folder up, processes, metocean.core, and of metocean.training.data the forms that
training images have (shards, label_cells, quicklooks). Doors: training_images, contact_sheet, imagette,
wide_imagettes, wide_scene; mixture says what is drawn how often.
"""
