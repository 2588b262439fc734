"""Write simulated imagettes as shards for training, and a contact sheet to look at.

``python -m metocean.training.simulate --out DIR --count 4000 --seed 1`` makes DIR/shard-000, …, each with
images.npy (N, 512, 512) uint8 (sqrt roughness / 2 · 255 at 38–51 m), labels.npy (N, 64, 64) uint8 (0
unlabelled, 1–10 the class), tags.npy (N,) uint8 (the class an image was made for) and meta.json; and
DIR/sheet.png. With ``--held-out`` parameters come from slices of their ranges that training never sees; with
``--wide`` images are cut out of scenes several times as wide.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy as np

from ..core.classes import CLASSES, CODES
from ..core.errors import InputError
from .realism import stretch
from .shards import Content, halved, write_shard
from .simulator import scene, wide
from .simulator.labels import network_labels

# Raised whenever the same seed gives another image, or other labels.
GENERATOR_VERSION = 7
LABEL_STEP = 8
Triple = tuple[np.ndarray, np.ndarray, np.uint8]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    # One thread a worker: the images themselves are what runs side by side.
    os.environ["OMP_NUM_THREADS"] = "1"
    with multiprocessing.get_context("spawn").Pool(options.workers) as pool:
        for first in range(0, options.count, options.shard):
            count = min(options.shard, options.count - first)
            number = first // options.shard
            folder = out / f"shard-{number:03d}"
            batch = Batch(options.seed * 10_000_000 + first, count, options.held_out, options.wide)
            if _is_complete(folder, batch):
                continue
            write_shard(folder, batch.content(pool), batch.meta)
            rate = (first + count) / (time.monotonic() - started)
            print(f"{first + count} of {options.count} images, {rate:.1f} images/s", flush=True)
    rows = by_scene(options.seed) if options.wide else by_class(options.seed)
    write_sheet(out / "sheet.png", rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, help="folder for the shards; those already complete are kept")
    parser.add_argument("--count", type=int, default=4000, help="images in all (default %(default)s)")
    parser.add_argument("--shard", type=int, default=250, help="images per shard (default %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed gives other images (default %(default)s)"
    )
    parser.add_argument("--held-out", action="store_true", help="draw from what training never sees")
    parser.add_argument("--wide", action="store_true", help="cut images out of wide scenes of IW")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (default: all cores)")
    return parser


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


def _is_complete(folder: Path, batch: Batch) -> bool:
    path = folder / "meta.json"
    if not path.exists():
        return False
    if json.loads(path.read_text()) != batch.meta:
        raise InputError(f"{folder} holds other images than these ({batch.meta}); use another folder.")
    return True


def training_image(seed: int, primary: str | None = None, held_out: bool = False) -> Triple:
    """Return the (512, 512) uint8 image of a seed, its (64, 64) uint8 labels and its tag."""
    return _as_triple(scene.simulate(seed, primary, held_out))


def wide_images(seed: int, held_out: bool = False) -> list[Triple]:
    """Return the same of all images of the wide scene of a seed."""
    return [_as_triple(sample) for sample in wide.simulate_wide(seed, held_out)]


def _as_triple(sample: scene.Sample) -> Triple:
    image = np.round(sample.roughness * (255 / 2)).astype(np.uint8)
    return image, network_labels(sample.labels, LABEL_STEP), np.uint8(sample.tag)


def write_sheet(path: Path, rows: Iterable[Sequence[Triple]]) -> None:
    """Draw rows of images at 100 m, each beside its labels."""
    import matplotlib.image

    tiles = [np.concatenate([_tile(image, labels) for image, labels, _ in row], 1) for row in rows]
    matplotlib.image.imsave(path, np.concatenate(tiles, 0))


def by_class(seed: int, columns: int = 6) -> Iterator[list[Triple]]:
    """Yield images of each class in turn."""
    before = seed * 10_000_000 - 1
    for number, code in enumerate(CODES):
        yield [training_image(before - column - 100 * number, code) for column in range(columns)]


def by_scene(seed: int, scenes: int = 3) -> Iterator[list[Triple]]:
    """Yield the rows of images of each of several wide scenes."""
    for number in range(scenes):
        images = wide_images(seed * 10_000_000 - 1 - number)
        yield from (images[start : start + wide.ACROSS] for start in range(0, wide.IMAGETTES, wide.ACROSS))


def _tile(image: np.ndarray, labels: np.ndarray) -> np.ndarray:
    grey = stretch(np.square(halved(image).astype(np.float32)))
    colours = np.array([(0, 0, 0)] + [c.rgb for c in CLASSES], np.uint8)
    aside = np.pad(colours[labels], ((0, len(grey) - len(labels)), (0, 0), (0, 0)))
    return np.concatenate([grey[:, :, None].repeat(3, 2), aside], 1)


if __name__ == "__main__":
    main()
