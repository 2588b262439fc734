# SPDX-License-Identifier: GPL-2.0-or-later
"""Imagettes with pixel masks (Kaggle, rignak/sar-wv-semanticsegmentation): train/input and train/output.

The data set that the paper's fully supervised method learnt from (Section 2). How its masks say the class is
not described, so that `masks.find_encoding` looks at them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from ....core.errors import InputError
from .layout import PARTS, WHOLE, DataSet, Example, Layout, child, rasters
from .rasters import read_raster


def find(folder: Path) -> Optional[DataSet]:
    """Find the data set by its parts; one part by itself, with ``input`` and ``output``, is a whole."""
    parts, beside = _parts(folder), []
    if not parts and child(folder, "input") is None:
        return None
    if not parts:
        parts, siblings = {WHOLE: _examples(folder)}, _parts(folder.resolve().parent)
        # Of "train" by itself the masks in "val" say, too, how classes are numbered.
        if folder.resolve().name.lower() in siblings:
            beside = [example for part in siblings.values() for example in part]
    first = next(iter(parts.values()))[0]
    # At 50 m an imagette of 20 km has 400 px and more, at 100 m half of that.
    largest = max(read_raster(first.image).values.shape[1:])
    return DataSet("pixel masks", parts, side_px=512 if largest > 256 else 256, beside=tuple(beside))


def _parts(folder: Path) -> dict[str, list[Example]]:
    folders = {part: child(folder, part) for part in PARTS}
    return {part: _examples(path) for part, path in folders.items() if path and child(path, "input")}


def _examples(folder: Path) -> list[Example]:
    # Names in the two folders need not be the same: sorted, the first belongs to the first.
    sides = [child(folder, name) for name in ("input", "output")]
    images, masks = (rasters(side) if side else [] for side in sides)
    if len(images) != len(masks) or not images:
        raise InputError(
            f"{folder} has {len(images)} images in input and {len(masks)} masks in output; as many of each "
            "are expected, paired in the order of their names."
        )
    return [Example(image, mask) for image, mask in zip(images, masks)]


LAYOUT = Layout("pixel masks (train/input and train/output, val/input and val/output)", find)
