# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated Sentinel-1 products: SAFE folders whose every pixel has a known place and a known sigma0.

Geometry is exact (orbit, imaging) and shares no code with metocean.core, so that the two can be held against
each other: do not import core's readers here. May import: the modules one folder up, scenes.wide_scene,
numpy, scipy and GDAL. Doors: simulate (a product of a wide scene, and the command), safe.write_safe (a
product of a sea of one's own), options (what kind of product), measurement.SeaSigma0, imaging and orbit (the
truth for tests).
"""
