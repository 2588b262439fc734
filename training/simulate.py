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
from pathlib import Path

from ..core.errors import InputError
from .data.shards import write_shard
from .simulator.scenes.contact_sheet import by_class, by_scene, write_sheet
from .simulator.scenes.training_images import SimulatedShard


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
            batch = SimulatedShard(options.seed * 10_000_000 + first, count, options.held_out, options.wide)
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


def _is_complete(folder: Path, batch: SimulatedShard) -> bool:
    path = folder / "meta.json"
    if not path.exists():
        return False
    if json.loads(path.read_text()) != batch.meta:
        raise InputError(f"{folder} holds other images than these ({batch.meta}); use another folder.")
    return True


if __name__ == "__main__":
    main()
