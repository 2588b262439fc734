# SPDX-License-Identifier: GPL-2.0-or-later
"""The images of a benchmark: simulated, or those of published data sets."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..data.pool import find_shards, first_of_each, made_by, open_folders, origin
from ..data.readers.importing import import_folder
from ..data.shards import Shard, open_shard
from ..fit.splits import part_of
from ..recipes.recipe import Recipe
from ..recipes.tasks import Annotation
from ..simulator.scenes.shard_writer import Order, write_shards
from .settings import Counts

# Of the simulator, for each part. That of the test draws from parameters that training never saw.
SEEDS = {"train": 1, "validation": 2, "test": 3}
Folders = tuple[Path, ...]


@dataclass(frozen=True)
class Source:
    """Folders of shards to train on, and to watch that by; without these a tenth is held out for it."""

    train: Folders
    validation: Folders = ()


@dataclass(frozen=True)
class Images:
    """Images with tags and with masks to train on, which may be the same, and with masks for scores."""

    tagged: Source
    masks: Source
    test: Folders

    def source(self, recipe: Recipe) -> Source:
        """Return what ``recipe`` learns from."""
        return self.tagged if recipe.task.by == Annotation.TAGS else self.masks


def simulated(folder: Path) -> Images:
    """Return the images in ``folder``: shards in train, validation and test."""
    train, validation, test = (folder / part for part in SEEDS)
    source = Source((train,), (validation,))
    return Images(source, source, (test,))


def simulate_images(folder: Path, counts: Counts) -> Images:
    """Return `simulated` images, made first unless they are there."""
    for part, count in asdict(counts).items():
        out = folder / part
        # What a kill left is completed: shards that are there are kept.
        if sum(len(open_shard(path).images) for path in find_shards([out])) < count:
            write_shards(out, Order(count, SEEDS[part], held_out=part == "test"))
    return simulated(folder)


def imported(folders: list[Path], cache: Path, part: str) -> Folders:
    """Return folders of shards, those of data sets as they are distributed made in ``cache`` first.

    ``part``, "train" or "test", is what is taken of a data set that is divided. A part by itself, such as the
    folder "val" of one, is a whole.
    """
    return tuple(path for folder in folders for path in import_folder(folder, cache, part))


def first_of_each_class(shards: list[Shard], count: int) -> list[Shard]:
    """Return the first ``count`` images tagged for each class, in the order of ``shards``."""
    # Numbered through all shards, and then taken apart again.
    chosen = first_of_each(np.concatenate([shard.tags for shard in shards]), count)
    starts = np.cumsum([0, *(len(shard.tags) for shard in shards)])
    inside = [chosen[(chosen >= a) & (chosen < b)] - a for a, b in zip(starts, starts[1:])]
    return [part_of(shard, numbers) for shard, numbers in zip(shards, inside) if len(numbers)]


def count(shards: list[Shard]) -> int:
    """Return the number of images."""
    return sum(len(shard.images) for shard in shards)


def identity(shards: list[Shard]) -> str:
    """Return a digest that tells images apart: of their labels, their tags, and the first of every shard."""
    # Labels and tags of all images, pixels of a few: those are a hundred times as much to read.
    digest = hashlib.sha256()
    for shard in shards:
        for array in (shard.images[:1], shard.tags, shard.labels):
            if array is not None:
                digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def describe(folders: Folders) -> str:
    """Say how many images ``folders`` hold, what made them, and whether training ever saw their like."""
    shards = open_folders(list(folders))
    held_out = all(shard.meta.get("held_out") for shard in shards)
    unseen = ", their parameters from parts of each range that training never saw" if held_out else ""
    return f"{count(shards)} {origin(shards)} images{made_by(shards)}{unseen}"
