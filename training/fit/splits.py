# SPDX-License-Identifier: GPL-2.0-or-later
"""The images of a run: to train on, to watch it by, and for scores alone.

It belongs to a run, not to the data: what is left out depends on the recipe, which classes it excludes and
whether it learns from masks or from names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Union

import numpy as np

from ...core.arrays import Array
from ...core.classes import class_index, position_of, value_of
from ..data.duplicates import DuplicateFinder
from ..data.pool import Pool, open_folders
from ..data.readers.importing import import_folder, recognise
from ..data.shards import PRESENCE, Shard
from ..recipes.recipe import Recipe
from ..recipes.tasks import Annotation

# One image of so many is held out where nothing else is.
HELD_OUT_EVERY = 10


@dataclass(frozen=True)
class Data:
    """Images to train on, to watch the run and fit the temperature by, and for scores alone."""

    pool: Pool
    validation: list[Shard]
    test: list[Shard]


@dataclass(frozen=True)
class Folders:
    """Where the images of a run come from.

    Attributes
    ----------
    train, validation, test : tuple of Path
        Folders of shards, or data sets as they are published.
    cache : Path
        Where the shards of published data sets are made.
    """

    train: tuple[Path, ...]
    validation: tuple[Path, ...]
    test: tuple[Path, ...]
    cache: Path


def open_data(given: Folders, recipe: Recipe) -> Data:
    """Open a run's images; published data sets become shards in its folder first.

    Without folders for validation or test, those parts are taken that the data sets to train on bring along.
    Where they bring none for validation, every tenth image of each shard is held out. Real images that are
    also in the other parts, of whichever data set, are not trained on.
    """
    validation, test = _part("val", given.validation, given), _part("test", given.test, given)
    # Validation and test first: what they hold is looked for in the images to train on.
    folders = [path for folder in given.train for path in import_folder(folder, given.cache)]
    duplicates = DuplicateFinder([shard for shard in validation + test if not shard.simulated])
    unused = _unused(recipe, HELD_OUT_EVERY if not validation else 0, duplicates)
    pool = Pool(folders, validation + test, by=recipe.task.by, per_class=recipe.per_class, unused=unused)
    tenth = slice(None, None, HELD_OUT_EVERY)
    return Data(pool, validation or [part_of(shard, tenth) for shard in pool.shards], test)


def _part(name: str, folders: tuple[Path, ...], given: Folders) -> list[Shard]:
    """Open ``folders``, or else the part ``name`` of the data to train on; nothing where it has none."""
    chosen = folders or [folder for folder in given.train if _brings(folder, name)]
    paths = [path for folder in chosen for path in import_folder(folder, given.cache, name)]
    return open_folders(paths) if paths else []


def _brings(folder: Path, part: str) -> bool:
    data_set = recognise(folder)
    return data_set is not None and bool(data_set.parts.get(part))


def _unused(recipe: Recipe, every: int, duplicates: DuplicateFinder) -> Callable[[Shard], Array]:
    """Return what tells the images of a shard that are not trained on."""
    # Where masks are learnt, an image of an excluded class still shows others.
    by_tags = recipe.task.by == Annotation.TAGS
    excluded = [value_of(code) for code in recipe.exclude if by_tags]

    def unused(shard: Shard) -> Array:
        images = np.isin(shard.tags, excluded) | (not by_tags and shard.labels is None)
        # The first of every ten in each shard, whatever else is left out: the same ones when a run resumes.
        if every:
            images[::every] = True
        # Simulated images have seeds of their own; comparing tens of thousands would only take time.
        return images if shard.simulated else images | duplicates(shard)

    return unused


def thinned(shards: list[Shard], count: int) -> list[Shard]:
    """Return about ``count`` images, evenly from all ``shards``."""
    every = max(1, sum(len(shard.images) for shard in shards) // count)
    return [part_of(shard, slice(None, None, every)) for shard in shards]


def held(shard: Shard) -> Array:
    """Return the (N, 10) bool of what images hold: what they are named for, plain waves if nothing else."""
    waves = class_index("POW")
    present, named = shard.shares >= PRESENCE, np.flatnonzero(shard.tags)
    # What it is named for counts however small it is, plain waves only where nothing else does.
    found = present.copy()
    found[:, waves] = False
    found[named, position_of(shard.tags[named])] = True
    found[:, waves] |= present[:, waves] & ~found.any(axis=1)
    return found


def with_one_process(shards: list[Shard]) -> list[Shard]:
    """Return the images that hold nothing but what they are named for, plain waves aside.

    Which of several processes an image is named for is chance to whoever sees it; of these there is no doubt.
    """
    alone = [(shard.tags > 0) & (held(shard).sum(axis=1) == 1) for shard in shards]
    return [part_of(shard, np.flatnonzero(chosen)) for shard, chosen in zip(shards, alone)]


def part_of(shard: Shard, chosen: Union[slice, Array]) -> Shard:
    """Return the images ``chosen`` of a shard."""
    labels = None if shard.labels is None else shard.labels[chosen]
    arrays = {name: getattr(shard, name)[chosen] for name in ("images", "tags", "shares")}
    return replace(shard, labels=labels, **arrays)
