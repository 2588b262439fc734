# SPDX-License-Identifier: GPL-2.0-or-later
"""Seams between tiles, and the swath that the paper's mosaic and ours are compared on."""

import numpy as np
import pytest
from metocean.models.registry import load_method
from metocean.training.benchmark.mosaic import Scene, seam

pytestmark = pytest.mark.usefixtures("one_thread")


def test_steps_at_borders_are_compared_with_those_elsewhere():
    """Tiles of 8 cells keep 4: values rise by 3 from cell 3 to 4 and from 7 to 8, by 1 elsewhere."""
    along = np.arange(12) + 2 * (np.arange(12) // 4)
    maps = np.broadcast_to((along[:, None] + along[None, :])[None], (10, 12, 12)).astype(np.float32)
    assert seam(maps, 8) == pytest.approx(3)
    assert seam(maps[:, :4], 8) == pytest.approx((3 * 2) / (2 * (9 + 3) / 12))


def test_power_is_averaged_and_labels_are_of_the_same_ground():
    scene = Scene.simulated(1, (64, 96))
    method = load_method("unet", "cpu")
    image = scene.image(method)
    assert image.shape == (32, 48) and scene.labels.shape == (8, 12) == image.known_pixels.shape
    fine = Scene(scene.swath, np.full((4, 4), 0.1), np.full(4, 35.0))
    fine.sigma0[0, 0] = 0.5
    values = fine.image(method).read(slice(0, 2), slice(0, 2))
    assert (values[0, 0] / values[1, 1]) ** 2 == pytest.approx(2.0, rel=1e-5)
