"""Simulated imagettes as networks get them: uint8 images, label cells and tags, a shard at a time."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

import numpy as np

from ...data.label_cells import network_labels
from ...data.shards import Content
from . import imagette, wide

# Raised whenever the same seed gives another image, or other labels.
GENERATOR_VERSION = 7


LABEL_STEP = 8


Triple = tuple[np.ndarray, np.ndarray, np.uint8]


@dataclass(frozen=True)
class Batch:
    """The images of one shard: seeds ``first_seed`` onwards, each of an image, or of the scene of several."""

    first_seed: int
    count: int
    held_out: bool
    wide: bool = False

    @property
    def meta(self) -> dict[str, object]:
        """What meta.json says."""
        return {
            "count": self.count,
            "seed": self.first_seed,
            "held_out": self.held_out,
            "generator": GENERATOR_VERSION,
            "simulated": True,
            "step": LABEL_STEP,
            **({"wide": True} if self.wide else {}),
        }

    def content(self, pool: multiprocessing.pool.Pool) -> Content:
        """Simulate the images on a pool of processes."""
        seeds = range(self.first_seed, self.first_seed + self.count)
        if self.wide:
            scenes = seeds[: -(-self.count // wide.IMAGETTES)]
            several = pool.imap(partial(wide_images, held_out=self.held_out), scenes)
            triples = list(islice(chain.from_iterable(several), self.count))
        else:
            triples = pool.map(partial(training_image, held_out=self.held_out), seeds, chunksize=4)
        return Content(*(np.stack(part) for part in zip(*triples)))


def training_image(seed: int, primary: str | None = None, held_out: bool = False) -> Triple:
    """Return the (512, 512) uint8 image of a seed, its (64, 64) uint8 labels and its tag."""
    return _as_triple(imagette.simulate(seed, primary, held_out))


def wide_images(seed: int, held_out: bool = False) -> list[Triple]:
    """Return the same of all images of the wide scene of a seed."""
    return [_as_triple(sample) for sample in wide.simulate_wide(seed, held_out)]


def _as_triple(sample: imagette.Sample) -> Triple:
    image = np.round(sample.roughness * (255 / 2)).astype(np.uint8)
    return image, network_labels(sample.labels, LABEL_STEP), np.uint8(sample.tag)
