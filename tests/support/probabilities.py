# SPDX-License-Identifier: GPL-2.0-or-later
"""Made-up class probabilities and the raster of them."""

from __future__ import annotations

import numpy as np
from metocean.core.classes import NODATA
from metocean.core.geometry.warp import OutputMap
from metocean.core.results.rasters import (
    create_probabilities,
)


def random_probabilities(shape):
    values = np.random.default_rng(4).dirichlet(np.full(10, 0.2), shape).transpose(2, 0, 1)
    values[:, 0, :3] = NODATA
    return values.astype(np.float32)


def write_probabilities(path, values, georeference):
    dataset = create_probabilities(str(path), values.shape[1:], georeference)
    dataset.WriteArray(values)
    dataset.FlushCache()
    return str(path)


def output_map_of(georeference, shape, wanted=""):
    return OutputMap.from_grid(georeference, shape, shape, wanted)
