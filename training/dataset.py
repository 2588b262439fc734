"""Folders of labelled images, memory-mapped, and the draw of batches in which rare classes have their share.

A shard is a folder with images.npy (N, S, S) uint8, sqrt roughness / 2 · 255 at 100 m; labels.npy
(N, S/4, S/4) uint8, 0 unlabelled, 1..10 the class; meta.json with "count" and whether it is "simulated",
written last: a shard without it is still being made and is passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.classes import CLASSES
from ..core.errors import InputError

# An image counts as one of a class when this share of its cells is labelled so.
PRESENCE = 0.002


@dataclass(frozen=True)
class Shard:
    """One folder of images, open but not read."""

    path: Path
    images: np.ndarray
    labels: np.ndarray
    shares: np.ndarray  # (N, 10) share of each class in an image's cells
    simulated: bool


def open_shard(path: Path) -> Shard:
    """Open one shard; an `InputError` says what is wrong with it."""
    try:
        meta = json.loads((path / "meta.json").read_text())
        images = np.load(path / "images.npy", mmap_mode="r", allow_pickle=False)
        labels = np.load(path / "labels.npy", mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not a complete shard ({error}); generate it again.") from error
    side = images.shape[-1] // 4
    if images.dtype != np.uint8 or labels.dtype != np.uint8 or labels.shape != (len(images), side, side):
        raise InputError(
            f"{path}: images {images.shape} and labels {labels.shape} do not fit; generate it again."
        )
    if meta.get("count", len(images)) != len(images) or labels.max(initial=0) > len(CLASSES):
        raise InputError(f"{path}: meta.json or labels.npy do not fit the images; generate it again.")
    return Shard(path, images, labels, class_shares(labels), bool(meta.get("simulated")))


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


def class_shares(labels: np.ndarray) -> np.ndarray:
    """(N, H, W) labels to the (N, 10) share of each class in an image."""
    flat = labels.reshape(len(labels), -1)
    return np.stack([(flat == code).mean(axis=1) for code in range(1, len(CLASSES) + 1)], axis=1)


def find_shards(folders: list[Path]) -> list[Path]:
    """Return the complete shards in ``folders``, in order; a folder may be a shard itself."""
    found: list[Path] = []
    for folder in (folder.resolve() for folder in folders):
        inside = [folder] if (folder / "meta.json").exists() else sorted(folder.glob("shard-*"))
        found += [path for path in inside if (path / "meta.json").exists()]
    return found


class Pool:
    """The shards in use: grows while a generator writes more of them.

    Parameters
    ----------
    folders : list of Path
        Folders of shards.
    held_out : list of Shard
        Those kept for validation, wherever they are.
    """

    def __init__(self, folders: list[Path], held_out: list[Shard]) -> None:
        self.folders = folders
        self.held_out = {shard.path for shard in held_out}
        self.shards: list[Shard] = []
        self.refresh()
        if not self.shards:
            raise InputError(f"No shards to train on in {', '.join(map(str, folders))}; generate more.")

    @property
    def count(self) -> int:
        """Images in use."""
        return len(self._shares)

    def refresh(self) -> None:
        """Open shards that have appeared."""
        known = {shard.path for shard in self.shards}
        for path in find_shards(self.folders):
            if path not in known | self.held_out:
                self.shards.append(open_shard(path))
        self._starts = np.cumsum([0] + [len(shard.images) for shard in self.shards])
        self._shares = np.concatenate([np.zeros((0, len(CLASSES))), *(shard.shares for shard in self.shards)])
        self._members = [np.flatnonzero(column >= PRESENCE) for column in self._shares.T]

    def draw(self, count: int, balance: float, rng: np.random.Generator) -> np.ndarray:
        """Draw image numbers: a share ``balance`` by class (uniform over classes), the rest uniformly."""
        chosen = rng.integers(0, self.count, count)
        filled = [members for members in self._members if len(members)]
        for i in np.flatnonzero(rng.random(count) < balance):
            members = filled[rng.integers(len(filled))]
            chosen[i] = members[rng.integers(len(members))]
        return chosen

    def prior(self, balance: float) -> np.ndarray:
        """(10,) share of each class in the labelled cells of what `draw` gives."""
        filled = [members for members in self._members if len(members)]
        by_class = np.mean([self._shares[members].mean(axis=0) for members in filled], axis=0)
        shares = balance * by_class + (1 - balance) * self._shares.mean(axis=0)
        return shares / shares.sum()

    def read(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (N, S, S) images and (N, S/4, S/4) labels."""
        owners = np.searchsorted(self._starts, numbers, side="right") - 1
        picks = [(self.shards[o], n - self._starts[o]) for o, n in zip(owners, numbers)]
        images = np.stack([shard.images[i] for shard, i in picks])
        return images, np.stack([shard.labels[i] for shard, i in picks])
