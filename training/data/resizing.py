# SPDX-License-Identifier: GPL-2.0-or-later
"""Training images between 50 and 100 m: half and twice the size."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Array


def halved(image: Array) -> Array:
    """Average 2 x 2 pixels of a uint8 amplitude in power."""
    # As `core.roughness` makes pixels of 100 m: power is what adds up, amplitudes are its root.
    power = image.astype(np.float32)
    power *= power
    power = power[0::2] + power[1::2]
    power = power[:, 0::2] + power[:, 1::2]
    halves: Array = np.rint(np.sqrt(power, out=power) / 2).astype(np.uint8)
    return halves


def doubled(image: Array) -> Array:
    """Interpolate a uint8 image bilinearly to twice its size."""
    sixteenfold = _doubled_lines(_doubled_lines(image.astype(np.uint16)).T).T
    # Integers up to 16 x 255 fit into 16 bits; adding 8 rounds.
    doubles: Array = ((sixteenfold + 8) >> 4).astype(np.uint8)
    return doubles


def _doubled_lines(image: Array) -> Array:
    """Return twice the lines, times four: three of the pixel a line lies in and one of its neighbour."""
    before, after = np.vstack([image[:1], image[:-1]]), np.vstack([image[1:], image[-1:]])
    lines: Array = np.stack([3 * image + before, 3 * image + after], axis=1)
    return lines.reshape(-1, image.shape[1])
