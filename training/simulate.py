"""Write simulated imagettes as shards for training, and a contact sheet to look at.

``python -m metocean.training.simulate --out DIR --count 4000 --seed 1`` makes DIR/shard-000, …, each
with images.npy (N, 256, 256) uint8 (sqrt roughness / 2 · 255 at 76–102 m), labels.npy (N, 64, 64) uint8 (0
unlabelled, 1–10 the class) and meta.json; and DIR/sheet.png.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from functools import partial
from pathlib import Path

import numpy as np

from ..core.classes import CLASSES, CODES
from ..core.errors import InputError
from .simulator import scene

# Raised whenever the same seed gives another image.
GENERATOR_VERSION = 2
LABEL_STEP = 8


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
            if _is_complete(folder, _meta(first_seed := options.seed * 10_000_000 + first, count)):
                continue
            write_shard(pool, folder, first_seed, count)
            rate = (first + count) / (time.monotonic() - started)
            print(f"{first + count} of {options.count} images, {rate:.1f} images/s", flush=True)
    write_sheet(out / "sheet.png", options.seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, help="folder for the shards; those already complete are kept")
    parser.add_argument("--count", type=int, default=4000, help="images in all (default %(default)s)")
    parser.add_argument("--shard", type=int, default=250, help="images per shard (default %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed gives other images (default %(default)s)"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes (default: all cores)")
    return parser


def write_shard(pool: multiprocessing.pool.Pool, folder: Path, first_seed: int, count: int) -> None:
    """Simulate ``count`` images into ``folder``; meta.json is written last and says that it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = pool.map(training_pair, range(first_seed, first_seed + count), chunksize=4)
    np.save(folder / "images.npy", np.stack([image for image, _ in pairs]))
    np.save(folder / "labels.npy", np.stack([labels for _, labels in pairs]))
    (folder / "meta.json").write_text(json.dumps(_meta(first_seed, count)))


def _meta(first_seed: int, count: int) -> dict[str, object]:
    return {"seed": first_seed, "count": count, "generator": GENERATOR_VERSION, "simulated": True}


def _is_complete(folder: Path, wanted: dict[str, object]) -> bool:
    path = folder / "meta.json"
    if not path.exists():
        return False
    if json.loads(path.read_text()) != wanted:
        raise InputError(f"{folder} holds other images than these ({wanted}); use another folder.")
    return True


def training_pair(seed: int, primary: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the (256, 256) uint8 network input of a seed and its (64, 64) uint8 labels."""
    sample = scene.simulate(seed, primary)
    image = np.round(scene.network_input(sample.roughness) * (255 / 2)).astype(np.uint8)
    return image, scene.network_labels(sample.labels, LABEL_STEP)


def write_sheet(path: Path, seed: int, columns: int = 8) -> None:
    """Draw a row of images per class, each beside its labels."""
    import matplotlib.image

    sheet = partial(_tile, seed)
    rows = [np.concatenate([sheet(code, column) for column in range(columns)], 1) for code in CODES]
    matplotlib.image.imsave(path, np.concatenate(rows, 0))


def _tile(seed: int, code: str, column: int) -> np.ndarray:
    image, labels = training_pair(seed * 10_000_000 - 1 - column - 100 * CODES.index(code), code)
    low, high = np.percentile(image, (1, 99))
    grey = np.clip((image.astype(float) - low) / max(high - low, 1) * 255, 0, 255).astype(np.uint8)
    colours = np.array([(0, 0, 0)] + [c.rgb for c in CLASSES], np.uint8)
    aside = np.pad(colours[labels], ((0, len(grey) - len(labels)), (0, 0), (0, 0)))
    return np.concatenate([grey[:, :, None].repeat(3, 2), aside], 1)


if __name__ == "__main__":
    main()
