# SPDX-License-Identifier: GPL-2.0-or-later
"""A shard: the one form in which images reach training, on disk and open.

It is a folder with

- images.npy (N, S, S) uint8: sqrt roughness / 2 · 255; of quick-looks their grey values;
- labels.npy (N, L, L) uint8: 0 unlabelled, 1..10 the class; absent where nothing is labelled by pixel;
- tags.npy (N,) uint8: the one class an image is named for, 0 none; absent where only pixels are labelled;
- meta.json with "count" and whether it is "simulated", written last: a shard without it is still being made.

Label cells are 400 m. The step, S / L, is the pixels of a cell along a side: 4 (of 100 m) or 8 (of 50 m);
without labels.npy meta.json states it as "step".
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np

from ...core.arrays import Array
from ...core.classes import CLASS_VALUES, CLASSES, UNDECIDED, class_index, pixel_value, value_of
from ...core.errors import InputError
from .resizing import doubled, halved

# An image counts as one of a class when this share of its cells is labelled so: nine of 64 x 64 cells.
PRESENCE = 0.002
# Pixels of a label cell along a side: the U-Net's, at 100 m, and those of the categorizer and IM2PX, at 50 m.
STEPS = (4, 8)


@dataclass(frozen=True)
class Shard:
    """One folder of images, open but not read.

    ``shares`` (N, 10) is the part of an image's cells that each class has; the tag's is 1 where nothing is
    labelled by pixel. ``tags`` (N,) are as stored, or else what `main_class` makes of the shares. ``meta`` is
    meta.json.
    """

    path: Path
    images: Array
    labels: Optional[Array]
    tags: Array
    step: int
    shares: Array
    meta: dict[str, Any]

    @property
    def simulated(self) -> bool:
        """False: the images are real, or nothing is said of them."""
        return bool(self.meta.get("simulated"))

    @property
    def cells(self) -> int:
        """Label cells along a side."""
        return self.images.shape[-1] // self.step

    def read(self, number: int, step: int, cells: int) -> tuple[Array, Array]:
        """Return the middle ``cells`` x ``cells`` of an image at ``step`` pixels a cell, and its labels."""
        # Shards of one pool may have images of several sizes: the middle of the larger ones fits all.
        margin = (self.cells - cells) // 2
        window = slice(margin * self.step, (margin + cells) * self.step)
        image = np.asarray(self.images[number, window, window])
        if step < self.step:
            image = halved(image)
        elif step > self.step:
            image = doubled(image)
        if self.labels is None:
            return image, np.zeros((cells, cells), np.uint8)
        return image, self.labels[number, margin : margin + cells, margin : margin + cells]


def class_shares(labels: Array) -> Array:
    """(N, H, W) labels to the (N, 10) share of each class in an image."""
    flat = labels.reshape(len(labels), -1)
    return np.stack([(flat == value).mean(axis=1) for value in CLASS_VALUES], axis=1)


def main_class(shares: Array) -> Array:
    """(N, 10) shares to the (N,) uint8 class that each image would be named for.

    It is the largest of those present, leaving out plain waves, which surround everything else; these where
    they are alone; 0 where nothing is labelled.
    """
    waves = class_index("POW")
    others = np.where(shares >= PRESENCE, shares, 0)
    others[:, waves] = 0
    rest = np.where(shares[:, waves] > 0, value_of("POW"), UNDECIDED)
    return np.where(others.any(axis=1), pixel_value(others.argmax(axis=1)), rest).astype(np.uint8)


def open_shard(path: Path) -> Shard:
    """Open one shard; an `InputError` says what is wrong with it."""
    try:
        meta = json.loads((path / "meta.json").read_text())
        images, labels, tags = (_mapped(path / f"{name}.npy") for name in ("images", "labels", "tags"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not a complete shard ({error}); generate it again.") from error
    wrong = _images_misfit(meta, images) or _labels_misfit(meta, images, labels, tags)
    if wrong:
        raise InputError(f"{path}: {wrong}; generate it again.")
    if labels is not None:
        step, shares = images.shape[1] // labels.shape[1], class_shares(labels)
    else:
        step, shares = meta["step"], class_shares(tags[:, None])
    named = main_class(shares) if tags is None else np.array(tags)
    return Shard(path, images, labels, named, step, shares, meta)


def _mapped(path: Path) -> Any:
    if path.name != "images.npy" and not path.exists():
        return None
    # Mapped, not read: images may be more than memory holds. Pickles would run code.
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _images_misfit(meta: Any, images: Array) -> Optional[str]:
    """Say what is wrong with the images; None where nothing is."""
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1] != images.shape[2]:
        return f"images are {images.dtype} {images.shape}, not squares of uint8"
    if not isinstance(meta, dict) or meta.get("count", len(images)) != len(images):
        return f"meta.json does not fit the {len(images)} images"
    return None


def _labels_misfit(
    meta: dict[str, Any], images: Array, labels: Optional[Array], tags: Optional[Array]
) -> Optional[str]:
    """Say what is wrong with labels and tags; None where nothing is.

    Parameters
    ----------
    meta : dict
        meta.json.
    images : (N, S, S) uint8
    labels : (N, L, L) or None
    tags : (N,) or None
    """
    count, side, _ = images.shape
    present = [array for array in (labels, tags) if array is not None]
    if any(array.dtype != np.uint8 or array.max(initial=0) > len(CLASSES) for array in present):
        return f"labels and tags must be uint8 up to {len(CLASSES)}"
    steps = [step for step in STEPS if side % step == 0]
    if labels is not None and labels.shape not in [(count, side // step, side // step) for step in steps]:
        return f"images {images.shape} and labels {labels.shape} do not fit"
    if tags is not None and tags.shape != (count,):
        return f"images {images.shape} and tags {tags.shape} do not fit"
    if labels is None and (tags is None or meta.get("step") not in steps):
        return 'without labels there must be tags, and "step" in meta.json, 4 or 8'
    return None


@dataclass(frozen=True)
class Content:
    """What a shard is written from: arrays as in the module's description, None where there are none."""

    images: Array
    labels: Optional[Array]
    tags: Optional[Array]


def write_shard(path: Path, content: Content, meta: dict[str, Any]) -> None:
    """Write a shard; ``meta`` is given its "count" and appears last and at once, whatever happens."""
    # Without meta.json a shard is passed over: a training that watches the folder never sees half of one.
    path.mkdir(parents=True, exist_ok=True)
    for name, array in vars(content).items():
        if array is not None:
            np.save(path / f"{name}.npy", array)
    partial = path / "meta.json.part"
    partial.write_text(json.dumps({"count": len(content.images), **meta}, indent=1))
    os.replace(partial, path / "meta.json")
