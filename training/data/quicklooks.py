# SPDX-License-Identifier: GPL-2.0-or-later
"""Real imagettes as published, 8-bit pictures with tags: the one real test that anyone can repeat.

Quick-looks are stretched: their darkest and brightest per cent become black and white, so that nothing is
left of the calibration. What simulated images are compared with them has to be stretched, too.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...core.arrays import Array
from ...core.errors import InputError
from ...core.files.raster import open_raster
from ...core.geometry.georeference import NOMINAL_SIDE_M
from ...core.quantity import LARGEST_UINT8

# Percentiles of an image that become black and white.
STRETCH_PERCENT = (1.0, 99.0)
# Tags of the WV-Net imagettes (Glaser et al. 2024) that are classes of ours.
TAGS = {"WS": "WS", "MC": "MCC", "RC": "RC", "BS": "BS", "OF": "OF", "SI": "SI", "IB": "IB"}


@dataclass(frozen=True)
class QuickLook:
    """An imagette as published: grey levels (H, W) uint8, pixel spacing (line, sample), what is in it."""

    path: Path
    grey: Array
    spacing_m: tuple[float, float]
    codes: frozenset[str] = field(default=frozenset())

    @classmethod
    def from_roughness(
        cls, name: str, roughness: Array, spacing_m: float, codes: frozenset[str] = frozenset()
    ) -> QuickLook:
        """Return what a quick-look of a scene would be.

        Parameters
        ----------
        name : str
            In the place of a path.
        roughness : (H, W) float
            sqrt roughness.
        spacing_m : float
            Of its square pixels.
        codes : frozenset of str
            Classes that are in it.
        """
        # They show power, not amplitude.
        return cls(Path(name), stretch(np.square(roughness)), (spacing_m, spacing_m), codes)


def read_quicklooks(folder: Path) -> list[QuickLook]:
    """Return the 8-bit imagettes of a folder, taken for 20 km x 20 km as wave-mode imagettes are.

    A ``labels.csv`` beside them, with a column per tag of `TAGS`, says what is in them.
    """
    tags = _read_tags(folder / "labels.csv")
    looks = []
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in (".png", ".tif", ".tiff")):
        grey = open_raster(str(path)).ReadAsArray()
        if grey.ndim != 2 or grey.dtype != np.uint8:
            raise InputError(f"{path} is no image of one band of 8 bits; give a folder of such quick-looks.")
        spacing_m = NOMINAL_SIDE_M / grey.shape[0], NOMINAL_SIDE_M / grey.shape[1]
        looks.append(QuickLook(path, grey, spacing_m, tags.get(path.name, frozenset())))
    if not looks:
        raise InputError(f"{folder} holds no PNG or TIFF; give a folder of quick-looks.")
    return looks


def _read_tags(path: Path) -> dict[str, frozenset[str]]:
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {r["filename"]: frozenset(code for tag, code in TAGS.items() if r.get(tag) == "1") for r in rows}


def stretch(image: Array) -> Array:
    """Return an image (H, W) as uint8, its 1st percentile black and its 99th white."""
    low, high = np.percentile(image, STRETCH_PERCENT)
    # An image of one value has no range; it becomes black.
    grey: Array = np.clip((image - low) / max(high - low, 1e-6) * LARGEST_UINT8, 0, LARGEST_UINT8)
    return grey.astype(np.uint8)
