# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of images, turned, mirrored and zoomed, and their labels with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional

import numpy as np
import torch
from torch.nn import functional

from ...core.arrays import Array
from ...core.classes import value_of

ICEBERG = value_of("IB")


@dataclass(frozen=True)
class Crops:
    """Of which size the new images are, and where they lie in the source.

    ``centres`` (N, 2) are the (x, y) that each should show, -1 to 1 from edge to edge of the source; where
    they are NaN, or None, an image may lie anywhere.
    """

    size_px: int
    centres: Optional[Array] = None


def symmetries(count: int, rng: np.random.Generator) -> torch.Tensor:
    """Draw (N, 2, 2) matrices of the square's eight symmetries."""
    # Four quarter turns, with and without a mirror: the augmentation of the paper (Section 2).
    quarter = rng.integers(0, 4, count) * (math.pi / 2)
    mirror = rng.choice([-1.0, 1.0], count)
    # Rounded, as pixels come to lie on pixels only where sines and cosines are exactly 0 and 1.
    cos, sin = np.round(np.cos(quarter)), np.round(np.sin(quarter))
    matrices = np.stack([np.stack([cos * mirror, -sin], -1), np.stack([sin * mirror, cos], -1)], -2)
    return torch.from_numpy(matrices).float()


def moved(
    images: torch.Tensor, labels: torch.Tensor, crops: Crops, zoom: float, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn, mirror, zoom and shift in one resampling, image and labels alike.

    Parameters
    ----------
    images : (N, 1, S, S) float
    labels : (N, L, L) uint8
        0 unlabelled, 1..10 the class, in cells of S / L pixels.
    crops : Crops
    zoom : float
        Scales lie between 1 - zoom and 1 + zoom.
    rng : numpy.random.Generator

    Returns
    -------
    (N, 1, size_px, size_px) float and (N, size_px · L / S, size_px · L / S) uint8
    """
    # One resampling: each further one would blur the image again.
    count, source, cells = len(images), images.shape[-1], labels.shape[-1]
    share = crops.size_px / source / rng.uniform(1 - zoom, 1 + zoom, count)
    # Shifts by whole label cells keep labels exact when nothing is zoomed. A window larger than the source is
    # filled by reflection, and unlabelled there.
    room = np.maximum(1 - share, 0)[:, None]
    jitter = rng.uniform(-1, 1, (count, 2))
    wanted = room * jitter
    # What an image is named for need not lie in the middle of its crop, but has to lie in it.
    if crops.centres is not None:
        wanted = np.where(np.isnan(crops.centres), wanted, crops.centres + share[:, None] * jitter / 2)
    shift = np.clip(np.round(wanted * cells / 2) * 2 / cells, -room, room)
    theta = torch.zeros(count, 2, 3)
    theta[:, :, :2] = symmetries(count, rng) * torch.from_numpy(share).float().view(-1, 1, 1)
    theta[:, :, 2] = torch.from_numpy(shift).float()
    theta = theta.to(images.device)
    grid = _grid(theta, crops.size_px)
    seen = functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    return seen, _move_labels(labels, _grid(theta, crops.size_px * cells // source))


def _grid(theta: torch.Tensor, size: int) -> torch.Tensor:
    return functional.affine_grid(theta, [len(theta), 1, size, size], align_corners=False)


def _move_labels(labels: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
    planes = labels.unsqueeze(1).float()
    # Beyond the source, grid_sample gives zeros: unlabelled, while images are reflected there.
    nearest = functional.grid_sample(planes, grid, mode="nearest", align_corners=False)
    nearest = nearest[:, 0].round().to(torch.uint8)
    # Nearest may step over an iceberg of one cell; a share of its area is enough to keep it.
    icebergs = functional.grid_sample((planes == ICEBERG).float(), grid, align_corners=False)[:, 0]
    return torch.where(icebergs > 0.3, torch.full_like(nearest, ICEBERG), nearest)
