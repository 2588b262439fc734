# SPDX-License-Identifier: GPL-2.0-or-later
"""Published data sets, recognised and read as they are distributed, and turned into shards."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Optional

import numpy as np

from ....core.errors import InputError
from ..pool import find_shards
from ..shards import Content, write_shard
from . import pixel_masks, tengeop, voc
from .images import Percentiles, find_percentiles, grey, read_image, resized
from .layout import WHOLE, DataSet, Example
from .masks import CELLS, find_encoding, on_cells

# Asked in this order, until one of them finds what it knows.
LAYOUTS = (tengeop.LAYOUT, pixel_masks.LAYOUT, voc.LAYOUT)
# So many fit into memory at 512 px (64 MB), and not much is lost when an import is interrupted.
SHARD_IMAGES = 256
# Raised whenever the same files give other shards.
READER_VERSION = 1


def recognise(folder: Path) -> Optional[DataSet]:
    """Say which data set a folder holds.

    Returns
    -------
    DataSet, or None for a folder of shards

    Raises
    ------
    InputError
        It is none of the data sets that are known, or one that is incomplete.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; choose the folder of a data set.")
    if find_shards([folder]):
        return None
    for layout in LAYOUTS:
        found = layout.find(folder)
        if found is not None:
            return found
    names = sorted(path.name for path in folder.iterdir())[:5]
    raise InputError(
        f"{folder} is no data set that is known. Expected: shards (shard-000/meta.json); "
        + "; ".join(layout.expected for layout in LAYOUTS)
        + f". Found: {', '.join(names) or 'nothing'}."
    )


def import_folder(
    folder: Path, cache: Path, part: str = "train", percentiles: Percentiles = None
) -> list[Path]:
    """Turn a data set into shards, unless it is shards or this was done before.

    Parameters
    ----------
    folder : Path
        A data set that `recognise` knows.
    cache : Path
        Folder for the shards. Those that an interrupted call has completed are kept.
    part : "train", "val" or "test"
        Which images; all of them where the data set is not divided.
    percentiles : (float, float), optional
        Those of each image that become black and white. By default images are taken to fill the range of
        their type of number; where they do not, see `find_percentiles`.

    Returns
    -------
    list of Path
        Folders of shards; ``folder`` itself where it holds shards.
    """
    data_set = recognise(folder)
    if data_set is None:
        return [folder]
    part = WHOLE if WHOLE in data_set.parts else part
    examples = data_set.parts.get(part)
    if not examples:
        there = ", ".join(f"{len(examples)} for {name}" for name, examples in data_set.parts.items())
        raise InputError(f"{folder} has no images for {part}; it has {there}.")
    data_set = _settled(data_set, percentiles)
    # Its name changes with the files and with how they are read, so that shards made before serve again only
    # where they would be the same.
    target = cache / f"{folder.resolve().name}-{part}-{_digest(data_set, examples)}"
    _write_shards(target, data_set, examples)
    return [target]


def _settled(data_set: DataSet, percentiles: Percentiles) -> DataSet:
    """Find out what only the files can tell, from all parts so that all are read alike."""
    examples = [example for part in (*data_set.parts.values(), data_set.beside) for example in part]
    masks = [example.mask for example in examples if example.mask]
    encoding = data_set.encoding or (find_encoding(masks) if masks else None)
    percentiles = percentiles or find_percentiles([example.image for example in examples])
    return replace(data_set, encoding=encoding, percentiles=percentiles)


def _digest(data_set: DataSet, examples: list[Example]) -> str:
    """Return a short name that is another one for other files or another way of reading them."""
    files = [path for example in examples for path in (example.image, example.mask) if path]
    # Sizes and times instead of contents: tens of thousands of files would take minutes to read.
    states = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    content = json.dumps([READER_VERSION, SHARD_IMAGES, data_set.meta, states])
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _write_shards(target: Path, data_set: DataSet, examples: list[Example]) -> None:
    how = data_set.encoding.name if data_set.encoding else "tags"
    print(f"{data_set.source}: {len(examples)} images, {how}, to {target}", flush=True)
    started, read = time.monotonic(), 0
    for first in range(0, len(examples), SHARD_IMAGES):
        chosen = examples[first : first + SHARD_IMAGES]
        path = target / f"shard-{first // SHARD_IMAGES:03d}"
        # meta.json is written last: the shard is complete.
        if (path / "meta.json").exists():
            continue
        write_shard(path, _content(data_set, chosen), data_set.meta)
        read += len(chosen)
        rate = read / (time.monotonic() - started)
        print(f"{first + len(chosen)} of {len(examples)} images, {rate:.0f} images/s", flush=True)


def _content(data_set: DataSet, examples: list[Example]) -> Content:
    images = np.empty((len(examples), data_set.side_px, data_set.side_px), np.uint8)
    labels = np.zeros((len(examples), CELLS, CELLS), np.uint8)
    for i, example in enumerate(examples):
        values = read_image(example.image)
        images[i] = resized(grey(values, data_set.percentiles), data_set.side_px)
        if example.mask and data_set.encoding:
            mask = data_set.encoding.read(example.mask)
            _check_pair(example.mask, mask.shape, values.shape, data_set.same_size)
            labels[i] = on_cells(mask)
    tags = np.array([example.tag for example in examples], np.uint8)
    return Content(images, labels, None) if data_set.encoding else Content(images, None, tags)


def _check_pair(path: Path, mask: tuple[int, ...], image: tuple[int, ...], same_size: bool) -> None:
    """Hold a mask's shape against its image's; it may be a square, as the image will be, if not the same.

    Parameters
    ----------
    path : Path
        The mask's, for the message.
    mask, image : (int, int)
        Lines and samples.
    same_size : bool
        Whether the data set promises masks of the size of their images.
    """
    # Two per cent, as sides that are rounded to a coarser grid keep their ratio only nearly.
    proportional = abs(mask[0] * image[1] - mask[1] * image[0]) <= 0.02 * mask[1] * image[0]
    if mask != image and (same_size or not (proportional or mask[0] == mask[1])):
        raise InputError(f"{path} has {mask} lines and samples, its image {image}; they do not fit.")
