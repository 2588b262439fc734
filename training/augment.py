"""Augmentation on whole batches: what must not matter to the network.

The eight symmetries of the square are the paper's; the rest stands between simulated and real scenes: other
scales (imagettes are resized to 256 px whatever their true spacing), calibration, the stretch and 8 bits of
published quick-looks, blur, noise and missing areas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from ..core.classes import class_index

ICEBERG = class_index("IB") + 1


@dataclass(frozen=True)
class Augmentation:
    """Chances and ranges; `PAPER` keeps the symmetries alone."""

    size_px: int = 256
    zoom: float = 0.2  # scale between 1 - zoom and 1 + zoom
    gain_db: float = 1.0
    gamma: float = 0.25  # exponents between 1 / (1 + gamma) and 1 + gamma
    stretch_chance: float = 0.4
    blur_chance: float = 0.3
    noise_chance: float = 0.4
    nodata_chance: float = 0.15


PAPER = Augmentation(
    zoom=0.0, gain_db=0.0, gamma=0.0, stretch_chance=0.0, blur_chance=0.0, noise_chance=0.0, nodata_chance=0.0
)

# Eight real quick-looks, stretched 1-99 % at 40 m as published and then averaged to 100 m, have their 1st
# percentile at .08-.15 and their 99th at .64-.80; drawn a little wider.
QUICKLOOK_LOW = (0.04, 0.18)
QUICKLOOK_HIGH = (0.58, 0.88)


def augment(
    images: torch.Tensor, labels: torch.Tensor, options: Augmentation, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a new version of a batch.

    Parameters
    ----------
    images : (N, S, S) uint8
        sqrt roughness / 2 · 255, S at least ``options.size_px``.
    labels : (N, S/4, S/4) uint8
        0 unlabelled, 1..10 the class.

    Returns
    -------
    (N, 1, size_px, size_px) float32 in 0..1 and (N, size_px/4, size_px/4) uint8
    """
    scaled = images.unsqueeze(1).float() / 255
    scaled, labels = _move(scaled, labels, options, rng)
    scaled = _radiometry(scaled, options, rng)
    if options.nodata_chance > 0:
        _hide_areas(scaled, labels, options.nodata_chance, rng)
    return scaled, labels


def symmetries(count: int, rng: np.random.Generator) -> torch.Tensor:
    """Draw (N, 2, 2) matrices of the square's eight symmetries."""
    quarter = rng.integers(0, 4, count) * (math.pi / 2)
    mirror = rng.choice([-1.0, 1.0], count)
    cos, sin = np.round(np.cos(quarter)), np.round(np.sin(quarter))
    matrices = np.stack([np.stack([cos * mirror, -sin], -1), np.stack([sin * mirror, cos], -1)], -2)
    return torch.from_numpy(matrices).float()


def _move(
    images: torch.Tensor, labels: torch.Tensor, options: Augmentation, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn, mirror, zoom and shift in one resampling, image and labels alike."""
    count, source = len(images), images.shape[-1]
    share = options.size_px / source / rng.uniform(1 - options.zoom, 1 + options.zoom, count)
    # Shifts by whole label cells keep labels exact when nothing is zoomed. A window larger than the source is
    # filled by reflection, and unlabelled there.
    cell = 2 / labels.shape[-1]
    room = np.maximum(1 - share, 0)[:, None]
    shift = np.clip(np.round(rng.uniform(-room, room, (count, 2)) / cell) * cell, -room, room)
    theta = torch.zeros(count, 2, 3)
    theta[:, :, :2] = symmetries(count, rng) * torch.from_numpy(share).float().view(-1, 1, 1)
    theta[:, :, 2] = torch.from_numpy(shift).float()
    size = options.size_px
    grid = functional.affine_grid(theta, [count, 1, size, size], align_corners=False)
    moved = functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    return moved, _move_labels(labels, theta, size // 4)


def _move_labels(labels: torch.Tensor, theta: torch.Tensor, size: int) -> torch.Tensor:
    grid = functional.affine_grid(theta, [len(labels), 1, size, size], align_corners=False)
    planes = labels.unsqueeze(1).float()
    nearest = functional.grid_sample(planes, grid, mode="nearest", align_corners=False)
    nearest = nearest[:, 0].round().to(torch.uint8)
    # Nearest may step over an iceberg of one cell; a share of its area is enough to keep it.
    icebergs = functional.grid_sample((planes == ICEBERG).float(), grid, align_corners=False)[:, 0]
    return torch.where(icebergs > 0.3, torch.full_like(nearest, ICEBERG), nearest)


def _radiometry(images: torch.Tensor, options: Augmentation, rng: np.random.Generator) -> torch.Tensor:
    count = len(images)
    gain = 10 ** (rng.uniform(-options.gain_db, options.gain_db, count) / 20)  # of an amplitude
    images = images * _column(gain)
    if options.blur_chance > 0:
        images = _blur(images, _chosen(rng, count, options.blur_chance) * rng.uniform(0.4, 1.1, count))
    if options.noise_chance > 0:
        images = _noise(images, _chosen(rng, count, options.noise_chance), rng)
    if options.gamma > 0:
        exponent = (1 + options.gamma) ** rng.uniform(-1, 1, count)
        images = images.clamp(min=0).pow(_column(exponent))
    if options.stretch_chance > 0:
        images = _stretch(images, rng.random(count) < options.stretch_chance, rng)
    # Quick-looks have 8 bits, and so has the training set; it costs real scenes nothing.
    return (images.clamp(0, 1) * 255).round() / 255


def _blur(images: torch.Tensor, sigma_px: np.ndarray) -> torch.Tensor:
    """Gaussian of five taps, its own width for each image; sigma 0 leaves the image as it is."""
    taps = np.arange(-2, 3)
    kernel = np.exp(-0.5 * (taps / np.maximum(sigma_px, 1e-3)[:, None]) ** 2)
    weights = torch.from_numpy(kernel / kernel.sum(1, keepdims=True)).float()
    stack = images.transpose(0, 1)  # one image per group
    rows = functional.pad(stack, (2, 2, 2, 2), mode="reflect")
    rows = functional.conv2d(rows, weights.view(-1, 1, 1, 5), groups=len(images))
    return functional.conv2d(rows, weights.view(-1, 1, 5, 1), groups=len(images)).transpose(0, 1)


def _noise(images: torch.Tensor, chosen: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
    """Speckle (multiplicative) and receiver noise (additive)."""
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    speckle = _column(chosen * rng.uniform(0, 0.15, len(images)))
    floor = _column(chosen * rng.uniform(0, 0.03, len(images)))
    normal = torch.randn(images.shape, generator=generator)
    # One draw for both: independent noises add in quadrature.
    return images + normal * ((speckle * images) ** 2 + floor**2).sqrt()


def _stretch(images: torch.Tensor, chosen: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
    """Stretch as published quick-looks are: the tails of each image go to drawn grey levels."""
    sample = images[:, 0, ::4, ::4].flatten(1).sort(dim=1).values
    low, high = sample[:, sample.shape[1] // 100], sample[:, -(sample.shape[1] // 100) - 1]
    target_low = torch.from_numpy(rng.uniform(*QUICKLOOK_LOW, len(images))).float()
    target_high = torch.from_numpy(rng.uniform(*QUICKLOOK_HIGH, len(images))).float()
    slope = (target_high - target_low) / (high - low).clamp(min=1e-3)
    stretched = (images - low.view(-1, 1, 1, 1)) * slope.view(-1, 1, 1, 1) + target_low.view(-1, 1, 1, 1)
    return torch.where(torch.from_numpy(chosen).view(-1, 1, 1, 1), stretched, images)


def _hide_areas(images: torch.Tensor, labels: torch.Tensor, chance: float, rng: np.random.Generator) -> None:
    """Cut some images along a line, as coasts and swath edges do: median beyond it, unlabelled there."""
    cells = labels.shape[-1]
    side = np.linspace(-1, 1, cells)
    for i in np.flatnonzero(rng.random(len(images)) < chance):
        angle, offset = rng.uniform(0, 2 * math.pi), rng.uniform(0.0, 0.9)
        wobble = rng.uniform(0, 0.15) * np.sin(side * rng.uniform(2, 12) + rng.uniform(0, 6))
        along = side[None, :] * math.cos(angle) + side[:, None] * math.sin(angle)
        hidden = torch.from_numpy(along + wobble[:, None] > offset)
        labels[i][hidden] = 0
        large = hidden.repeat_interleave(4, 0).repeat_interleave(4, 1)
        images[i, 0][large] = images[i, 0].median()


def _chosen(rng: np.random.Generator, count: int, chance: float) -> np.ndarray:
    return (rng.random(count) < chance).astype(float)


def _column(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(values)).float().view(-1, 1, 1, 1)
