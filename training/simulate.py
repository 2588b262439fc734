# SPDX-License-Identifier: GPL-2.0-or-later
"""Write simulated imagettes as shards for training, and a contact sheet to look at.

``python -m metocean.training.simulate --out DIR --count 4000 --seed 1`` makes DIR/shard-000, …, each with
images.npy (N, 512, 512) uint8 (sqrt roughness / 2 · 255 at 38–51 m), labels.npy (N, 64, 64) uint8 (0
unlabelled, 1–10 the class), tags.npy (N,) uint8 (the class an image was made for) and meta.json; and
DIR/sheet.png. With ``--held-out`` parameters come from slices of their ranges that training never sees; with
``--wide`` images are cut out of scenes several times as wide.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from .simulator.scenes.contact_sheet import by_class, by_scene, write_sheet
from .simulator.scenes.shard_writer import Order, write_shards


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    order = Order(options.count, options.seed, options.shard, options.held_out, options.wide)
    write_shards(options.out, order, options.workers)
    rows = by_scene(options.seed) if options.wide else by_class(options.seed)
    write_sheet(options.out / "sheet.png", rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder for the shards; those already complete are kept")
    add("--count", type=int, default=4000, help="images in all (default %(default)s)")
    add("--shard", type=int, default=Order.shard_images, help="images per shard (default %(default)s)")
    add("--seed", type=int, default=Order.seed, help="another seed gives other images (default %(default)s)")
    add("--held-out", action="store_true", help="draw from what training never sees")
    add("--wide", action="store_true", help="cut images out of wide scenes of IW")
    add("--workers", type=int, default=os.cpu_count(), help="processes (default: all cores)")
    return parser


if __name__ == "__main__":
    main()
