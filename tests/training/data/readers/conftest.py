# SPDX-License-Identifier: GPL-2.0-or-later
"""Small data sets in the layouts in which the published ones are distributed."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import value_of

# The folders of TenGeoP-SARwv, one for each class.
LETTERS = {"F": "POW", "G": "WS", "H": "MCC", "I": "RC", "J": "BS"}
LETTERS |= {"K": "SI", "L": "IB", "M": "LWA", "N": "AF", "O": "OF"}


@pytest.fixture
def tengeop(tmp_path, write_raster):
    """Two imagettes of each class, grey 10 · class and 1 more."""
    for letter, name in LETTERS.items():
        for i in range(2):
            values = np.full((9, 8), 10 * value_of(name) + i, np.uint8)
            write_raster(tmp_path / "TenGeoP-SARwv" / "GeoTIFF" / letter / f"s1a-wv1-{i}.tiff", values)
    return tmp_path / "TenGeoP-SARwv"


@pytest.fixture
def pixel_masks(tmp_path, write_raster):
    """Three and two imagettes of 40 px, grey 50, 51, ...; the left half of the masks is RC, the rest 0."""
    for part, count in (("train", 3), ("val", 2)):
        for i in range(count):
            folder = tmp_path / "masks" / part
            write_raster(folder / "input" / f"image_{i}.png", np.full((40, 40), 50 + i, np.uint8))
            mask = np.zeros((64, 64), np.uint8)
            mask[:, :32] = value_of("RC")
            write_raster(folder / "output" / f"mask_{i}.png", mask)
    return tmp_path / "masks"


@pytest.fixture
def voc(tmp_path, write_raster):
    """Three images of 256 px; masks with a column of cells for each number from 0 to 13, and VOC's 255."""
    folder = tmp_path / "VOC"
    numbers = np.zeros((256, 256), np.uint8)
    for number in [*range(14), 255]:
        first = 4 * min(number, 14)
        numbers[:, first : first + 4] = number
    for i, name in enumerate("abc"):
        write_raster(folder / "JPEGImages" / f"{name}.png", np.full((256, 256), 40 + i, np.uint8))
        write_raster(
            folder / "SegmentationClass" / f"{name}.png", numbers, palette=[(i, 0, 0) for i in range(256)]
        )
    (folder / "ImageSets" / "Segmentation").mkdir(parents=True)
    (folder / "ImageSets" / "Segmentation" / "train.txt").write_text("c\na\n")
    (folder / "ImageSets" / "Segmentation" / "val.txt").write_text("b\n")
    return folder
