# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated imagettes as networks get them: uint8 images, label cells and tags, a shard at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing.pool import Pool
from typing import NamedTuple

import numpy as np

from ....core.arrays import Array
from ....core.quantity import to_uint8
from ...data.label_cells import network_labels
from ...data.shards import Content
from . import wide_imagettes
from .imagette import Imagette, simulate_imagette

# Raised whenever the same seed gives another image, or other labels: cards say which version weights saw.
GENERATOR_VERSION = 7
# Pixels of about 50 m in a label cell of about 400 m: the networks' output is that coarse.
LABEL_STEP = 8


class LabelledImage(NamedTuple):
    """A training image: (512, 512) uint8 sqrt roughness, (64, 64) uint8 labels of its cells, and its tag."""

    image: Array
    labels: Array
    tag: np.uint8


@dataclass(frozen=True)
class SimulatedShard:
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

    def content(self, pool: Pool) -> Content:
        """Simulate the images on a pool of processes."""
        seeds = range(self.first_seed, self.first_seed + self.count)
        if self.wide:
            # As many scenes as are needed; what the last one has too many is left out.
            scenes = seeds[: -(-self.count // wide_imagettes.IMAGETTES)]
            several = pool.imap(partial(wide_images, held_out=self.held_out), scenes)
            images = list(islice(chain.from_iterable(several), self.count))
        else:
            images = pool.map(partial(training_image, held_out=self.held_out), seeds, chunksize=4)
        return Content(*(np.stack(part) for part in zip(*images)))


def training_image(seed: int, primary: str | None = None, held_out: bool = False) -> LabelledImage:
    """Return the image of a seed.

    Parameters
    ----------
    seed : int
    primary : str, optional
        Code of the class it is made for; drawn if not given.
    held_out : bool
        Whether parameters come from the slices of their ranges that training never sees.
    """
    return _as_networks_see_it(simulate_imagette(seed, primary, held_out))


def wide_images(seed: int, held_out: bool = False) -> list[LabelledImage]:
    """Return all images of the wide scene of a seed."""
    return [_as_networks_see_it(sample) for sample in wide_imagettes.simulate_wide_imagettes(seed, held_out)]


def _as_networks_see_it(sample: Imagette) -> LabelledImage:
    labels = network_labels(sample.labels, LABEL_STEP)
    return LabelledImage(to_uint8(sample.roughness), labels, np.uint8(sample.tag))
