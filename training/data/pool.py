# SPDX-License-Identifier: GPL-2.0-or-later
"""Images to train on: shards of any size and step as one pool, in which rare classes have their share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

import numpy as np

from ...core.arrays import Array
from ...core.classes import CLASS_VALUES, CLASSES
from ...core.errors import InputError
from ..recipes.tasks import Annotation
from .shards import PRESENCE, Shard, class_shares, open_shard


def find_shards(folders: list[Path]) -> list[Path]:
    """Return the complete shards in ``folders``, in order; a folder may be a shard itself."""
    found: list[Path] = []
    for folder in (folder.resolve() for folder in folders):
        inside = [folder] if (folder / "meta.json").exists() else sorted(folder.glob("shard-*"))
        found += [path for path in inside if (path / "meta.json").exists()]
    return found


def open_folders(folders: list[Path]) -> list[Shard]:
    """Open all complete shards of ``folders``; an `InputError` when there is none."""
    shards = [open_shard(path) for path in find_shards(folders)]
    if not shards:
        raise InputError(f"No complete shards in {', '.join(map(str, folders))}; generate some first.")
    return shards


def origin(shards: list[Shard]) -> str:
    """Return ``simulated``, ``real``, or ``simulated and real``, as the shards' meta.json say."""
    kinds = {"simulated" if shard.simulated else "real" for shard in shards}
    return " and ".join(sorted(kinds, reverse=True))


def made_by(shards: list[Shard]) -> str:
    """Return which versions of the simulator made the shards, in brackets; nothing where none did."""
    versions = sorted({str(shard.meta["generator"]) for shard in shards if "generator" in shard.meta})
    wide = sum(len(shard.images) for shard in shards if shard.meta.get("wide"))
    cut = f", {wide:,} of them cut out of wide scenes" if wide else ""
    return f" (simulator's version {', '.join(versions)}{cut})" if versions else ""


@dataclass(frozen=True)
class Batch:
    """Images (N, S, S), labels (N, L, L) and tags (N,), all uint8; 0 where nothing is labelled."""

    images: Array
    labels: Array
    tags: Array


class Pool:
    """The images in use: grows while a generator writes more shards.

    Parameters
    ----------
    folders : list of Path
        Folders of shards.
    held_out : list of Shard
        Those kept for validation, wherever they are.
    by : Annotation
        What makes an image one of a class: the pixels labelled so, or its tag.
    per_class : int, optional
        Keep the first so many images tagged for each class, and no others (Fig. 3 of the paper).
    unused : callable, optional
        Shard -> (N,) bool: which of its images are kept out.
    """

    def __init__(
        self,
        folders: list[Path],
        held_out: list[Shard],
        by: Annotation = Annotation.LABELS,
        per_class: Optional[int] = None,
        unused: Callable[[Shard], Array] = lambda shard: np.zeros(len(shard.images), bool),
    ) -> None:
        self.folders = folders
        self.held_out = {shard.path for shard in held_out}
        self.by = by
        self.per_class = per_class
        self.unused = unused
        self.shards: list[Shard] = []
        # At the beginning, not at the first draw: a folder without images should end a run before it starts.
        self.refresh()
        if not any(len(members) for members in self._members):
            where = ", ".join(map(str, folders))
            raise InputError(f"No labelled images to train on in {where}; generate more.")

    @property
    def count(self) -> int:
        """Images in use."""
        return len(self._positions)

    def refresh(self) -> None:
        """Open shards that have appeared."""
        # A training may begin before the simulator has ended. Shards keep their order: new ones come last, so
        # that earlier numbers stay those of the same images.
        known = {shard.path for shard in self.shards} | self.held_out
        self.shards += [open_shard(path) for path in find_shards(self.folders) if path not in known]
        tags = np.concatenate([np.zeros(0, np.uint8), *(shard.tags for shard in self.shards)])
        unused = np.concatenate([np.zeros(0, bool), *(self.unused(shard) for shard in self.shards)])
        # Numbers of images count what is in use alone, so that draws need not look for gaps.
        used = np.flatnonzero(~unused)
        if self.per_class is not None:
            used = used[first_of_each(tags[used], self.per_class)]
        # (shard, image in it) of each image in use
        positions = [(s, i) for s, shard in enumerate(self.shards) for i in range(len(shard.images))]
        self._positions = np.array(positions, int).reshape(-1, 2)[used]
        self._tags = tags[used]
        self._shares = self._class_shares()[used]
        self._members = [np.flatnonzero(column >= PRESENCE) for column in self._shares.T]

    def _class_shares(self) -> Array:
        """(images, 10) shares of the classes as ``by`` counts them."""
        by_tag = self.by == Annotation.TAGS
        shares = [class_shares(shard.tags[:, None]) if by_tag else shard.shares for shard in self.shards]
        return np.concatenate([np.zeros((0, len(CLASSES))), *shares])

    def draw(self, count: int, balance: float, rng: np.random.Generator) -> Array:
        """Draw image numbers: a share ``balance`` by class (uniform over classes), the rest uniformly."""
        # First a class, then an image of it: rare classes come as often as common ones. The paper draws the
        # categorizer's images so; those of its U-Net as they come, since its loss makes up for rarity.
        chosen = rng.integers(0, self.count, count)
        filled = [members for members in self._members if len(members)]
        for i in np.flatnonzero(rng.random(count) < balance):
            members = filled[rng.integers(len(filled))]
            chosen[i] = members[rng.integers(len(members))]
        return chosen

    def prior(self, balance: float) -> Array:
        """(10,) share of each class in the labelled cells (or tags) of what `draw` gives."""
        # As `draw` does it: by class over the classes that occur, and otherwise as images come.
        filled = [members for members in self._members if len(members)]
        by_class = np.mean([self._shares[members].mean(axis=0) for members in filled], axis=0)
        shares: Array = balance * by_class + (1 - balance) * self._shares.mean(axis=0)
        shares /= shares.sum()
        return shares

    def read(self, numbers: Array, step: int) -> Batch:
        """Return images at ``step`` (4 or 8) pixels a label cell; of the larger ones their middle."""
        # The smallest of all shards, whichever are drawn: batches must not change their size.
        cells = min(shard.cells for shard in self.shards)
        read = [self.shards[s].read(i, step, cells) for s, i in self._positions[numbers]]
        images, labels = zip(*read)
        return Batch(np.stack(images), np.stack(labels), self._tags[numbers])


def first_of_each(tags: Array, count: int) -> Array:
    """Return the positions of the first ``count`` of each class in (N,) tags, in order."""
    found = [np.flatnonzero(tags == value)[:count] for value in CLASS_VALUES]
    positions: Array = np.sort(np.concatenate(found))
    return positions
