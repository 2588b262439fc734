# SPDX-License-Identifier: GPL-2.0-or-later
"""The quantity that every network sees: the square root of sea-surface roughness, 0 to 2.

Roughness is sigma0 over what CMOD5.N gives for 10 m/s at 45°. Its square root is 1 for such a sea, and, like
an amplitude, it fits into 8 bits. Rasters carry it as Float32, training images as uint8, networks as 0 to 1.

It is what the images of TenGeoP-SARwv show (Wang et al. 2019).
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from .arrays import Array

# What the metadata of a raster of it say that it holds.
QUANTITY = "sqrt_roughness"
# Networks were trained on values up to this: larger ones are ships and land. Integers carry it over the whole
# range of their type. The scale is the same for all images: stretched between an image's own percentiles, a
# calm sea would be as bright as any other, and nothing would tell a Low Wind Area.
LARGEST = 2.0
LARGEST_UINT8 = 255

# A numpy array or a torch tensor: this module must not know torch, and both have the same operators.
Values = TypeVar("Values")


def to_unit(roughness: Values) -> Values:
    """Return sqrt roughness, an array or a tensor, as networks see it: clipped, and 0 to 1.

    ``roughness`` may have any shape; what is below 0 (nodata) becomes 0, what is above 2 becomes 1.
    """
    # The method `clip`, as `np.clip` knows no tensors and `torch.clamp` no arrays.
    return roughness.clip(0, LARGEST) / LARGEST  # type: ignore[attr-defined,no-any-return]


def to_uint8(roughness: Array) -> Array:
    """Return sqrt roughness, 0 to 2, as uint8: the form of training images.

    Examples
    --------
    >>> to_uint8(np.array([0.0, 1.0, 2.0])).tolist()
    [0, 128, 255]
    """
    # Rounded: cut off, all images would be darker by half a level on average.
    levels: Array = np.round(roughness * (LARGEST_UINT8 / LARGEST))
    return levels.astype(np.uint8)


def from_uint8(grey: Array) -> Array:
    """Return uint8 values as float32 sqrt roughness, 0 to 2."""
    # A plain Python float would make float64 of them, in twice the memory.
    return grey * np.float32(LARGEST / LARGEST_UINT8)
