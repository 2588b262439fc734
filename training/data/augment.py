# SPDX-License-Identifier: GPL-2.0-or-later
"""Augmentation of whole batches, on the device they are on: what must not matter to the network.

The eight symmetries of the square are the paper's; the rest stands between simulated and real scenes: other
scales (imagettes are resized to one size whatever their true spacing), calibration, the stretch and 8 bits of
published quick-looks, blur, noise and missing areas.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional

from ...core.arrays import Array
from ...core.quantity import LARGEST_UINT8
from ..recipes.augmentation import Augmentation
from .crops import Crops, moved

# Where the 1st and the 99th percentile of quick-looks lie once they are resized, by pixels of a label cell.
# Of eight real ones .10-.19 and .69-.82 at 100 m, .05-.11 and .82-.89 at 50 m; of large dark areas 0.
QUICKLOOK = {4: ((0.0, 0.2), (0.65, 1.0)), 8: ((0.0, 0.12), (0.8, 1.0))}
# Of the amplitude: quick-looks show its square, pictures of detected products itself.
SHOWN_POWERS, SHOWN_SHARES = (2.0, 1.0), (0.75, 0.25)
Tails = tuple[tuple[float, float], tuple[float, float]]
# Largest standard deviations of speckle, a part of the amplitude, and of the receiver's noise, a part of the
# range of the images.
LARGEST_SPECKLE, LARGEST_FLOOR = 0.15, 0.03
# Enough of an image, along each side, to estimate percentiles from.
SAMPLE_PX = 64


def augment(
    images: torch.Tensor,
    labels: torch.Tensor,
    crops: Crops,
    options: Augmentation,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a new version of a batch.

    Parameters
    ----------
    images : (N, S, S) uint8
        sqrt roughness / 2 · 255.
    labels : (N, L, L) uint8
        0 unlabelled, 1..10 the class, in cells of S / L pixels.
    crops : Crops
        Which parts of the images are shown.
    options : Augmentation
        What may happen to them.
    rng : numpy.random.Generator
        On the CPU, whatever the device: the same draws everywhere.

    Returns
    -------
    (N, 1, size_px, size_px) float32 in 0..1 and (N, size_px · L / S, size_px · L / S) uint8
    """
    tails = QUICKLOOK[images.shape[-1] // labels.shape[-1]]
    # Divided, as weights were trained: `from_uint8` multiplies, which rounds otherwise in the last bit.
    scaled = images.unsqueeze(1).float() / LARGEST_UINT8
    # First where a crop lies, so that what follows is computed on no more than is seen of an image.
    scaled, labels = moved(scaled, labels, crops, options.zoom, rng)
    scaled = _radiometry(scaled, options, rng)
    _stretch_some(scaled, tails, options.stretch_chance, rng)
    if options.nodata_chance > 0:
        _hide_areas(scaled, labels, options.nodata_chance, rng)
    return scaled, labels


def coarsened(images: torch.Tensor, factor: float) -> torch.Tensor:
    """Return (N, 1, S, S) amplitudes in pixels ``factor`` times larger, by the mean power of their area."""
    # As a coarser sensor would see it: power is averaged, amplitude is its root.
    if factor == 1:
        return images
    size_px = round(images.shape[-1] / factor)
    return functional.interpolate(images.square(), (size_px, size_px), mode="area").sqrt()


def _radiometry(images: torch.Tensor, options: Augmentation, rng: np.random.Generator) -> torch.Tensor:
    count = len(images)
    gain_db = _column(rng.uniform(-options.gain_db, options.gain_db, count), images)
    if options.trend_db > 0:
        gain_db = gain_db + _planes(images, options.trend_db, rng)
    images = images * 10 ** (gain_db / 20)  # of an amplitude
    # Only what is chosen is computed.
    blurred = np.flatnonzero(rng.random(count) < options.blur_chance)
    if len(blurred):
        images[blurred] = _blur(images[blurred], options.blur_px, rng)
    noisy = np.flatnonzero(rng.random(count) < options.noise_chance)
    if len(noisy):
        images[noisy] = _noise(images[noisy], rng)
    if options.gamma > 0:
        # Even in its logarithm: contrast is raised as often as it is lowered.
        exponent = (1 + options.gamma) ** rng.uniform(-1, 1, count)
        images = images.clamp_(min=0).pow(_column(exponent, images))
    return images


def _planes(images: torch.Tensor, most: float, rng: np.random.Generator) -> torch.Tensor:
    """Return planes in dB, 0 in the middle, up to ``most`` in a corner: what is left of the incidence."""
    across, down = (_column(rng.uniform(-most / 2, most / 2, len(images)), images) for _ in range(2))
    side = torch.linspace(-1, 1, images.shape[-1], device=images.device)
    return across * side + down * side[:, None]


def _blur(images: torch.Tensor, most_px: float, rng: np.random.Generator) -> torch.Tensor:
    """Gaussian up to two standard deviations of the widest, its own width for each image."""
    reach = round(2 * most_px)
    taps, sigma_px = np.arange(-reach, reach + 1), rng.uniform(0.4, most_px, (len(images), 1))
    kernel = np.exp(-0.5 * (taps / sigma_px) ** 2)
    weights = torch.from_numpy(kernel / kernel.sum(1, keepdims=True)).float().to(images.device)
    # A Gaussian is separable, rows and then columns; with one image per group each has its own width.
    stack = images.transpose(0, 1)
    rows = functional.pad(stack, (reach, reach, reach, reach), mode="reflect")
    rows = functional.conv2d(rows, weights.view(-1, 1, 1, len(taps)), groups=len(images))
    return functional.conv2d(rows, weights.view(-1, 1, len(taps), 1), groups=len(images)).transpose(0, 1)


def _noise(images: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Speckle (multiplicative) and receiver noise (additive)."""
    # Millions of numbers, which the device draws itself; from a seed of ours, so that a step can be repeated.
    generator = torch.Generator(images.device).manual_seed(int(rng.integers(2**62)))
    speckle = _column(rng.uniform(0, LARGEST_SPECKLE, len(images)), images)
    floor = _column(rng.uniform(0, LARGEST_FLOOR, len(images)), images)
    normal = torch.randn(images.shape, generator=generator, device=images.device)
    # One draw for both: independent noises add in quadrature.
    return images + normal * ((speckle * images) ** 2 + floor**2).sqrt()


def _stretch_some(images: torch.Tensor, tails: Tails, chance: float, rng: np.random.Generator) -> None:
    """Stretch some images in place as published quick-looks are, and store all with their 8 bits.

    Parameters
    ----------
    images : (N, 1, S, S) float32
        0 to 1.
    tails : pair of (float, float)
        Between which grey levels, 0 to 1, the 1st percentile comes to lie, and between which the 99th.
    chance : float
        Share of the images.
    rng : numpy.random.Generator
    """
    chosen = np.flatnonzero(rng.random(len(images)) < chance)
    if len(chosen):
        images[chosen] = _stretch(images[chosen], tails, rng)
    # The training set has 8 bits, too; it costs real scenes nothing.
    images.clamp_(0, 1).mul_(LARGEST_UINT8).round_().div_(LARGEST_UINT8)


def _stretch(images: torch.Tensor, tails: Tails, rng: np.random.Generator) -> torch.Tensor:
    """Show power, in some amplitude, the tails of each image at drawn grey levels."""
    shown = images.pow(_column(rng.choice(SHOWN_POWERS, len(images), p=SHOWN_SHARES), images))
    ordered = _sample(shown).sort(dim=1).values
    tail = ordered.shape[1] // 100
    # Counted from either end of what is sorted, once for both.
    low, high = ordered[:, tail].view(-1, 1, 1, 1), ordered[:, -tail - 1].view(-1, 1, 1, 1)
    target_low, target_high = (_column(rng.uniform(*limits, len(images)), images) for limits in tails)
    return (shown - low) * ((target_high - target_low) / (high - low).clamp(min=1e-4)) + target_low


def _hide_areas(images: torch.Tensor, labels: torch.Tensor, chance: float, rng: np.random.Generator) -> None:
    """Cut some images along a line, as coasts and swath edges do: median beyond it, unlabelled there.

    Parameters
    ----------
    images : (N, 1, S, S) float32
    labels : (N, L, L) uint8
    chance : float
        Share of the images.
    rng : numpy.random.Generator
    """
    cells = labels.shape[-1]
    step = images.shape[-1] // cells
    side = np.linspace(-1, 1, cells)
    for i in np.flatnonzero(rng.random(len(images)) < chance):
        angle, offset = rng.uniform(0, 2 * math.pi), rng.uniform(0.0, 0.9)
        # A coast is no straight line.
        wobble = rng.uniform(0, 0.15) * np.sin(side * rng.uniform(2, 12) + rng.uniform(0, 6))
        along = side[None, :] * math.cos(angle) + side[:, None] * math.sin(angle)
        hidden = torch.from_numpy(along + wobble[:, None] > offset).to(images.device)
        labels[i].masked_fill_(hidden, 0)
        # The median, not zero: that would be the darkest calm, which is a class.
        large = hidden.repeat_interleave(step, 0).repeat_interleave(step, 1)
        images[i, 0].masked_fill_(large, _sample(images[i : i + 1]).median())


def _sample(images: torch.Tensor) -> torch.Tensor:
    """(N, 1, S, S) to (N, pixels): some of each image, evenly spread."""
    step = max(images.shape[-1] // SAMPLE_PX, 1)
    return images[:, 0, ::step, ::step].flatten(1)


def _column(values: Array, images: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(values).float().view(-1, 1, 1, 1).to(images.device)
