# SPDX-License-Identifier: GPL-2.0-or-later
"""The paper's mosaic beside ours: ``python -m metocean.training.mosaic_comparison --out docs/mosaic.md``.

Simulated swaths with known truth are segmented as a whole and in the paper's tiles, with the weights that
come with the plugin. The two ways take turns: it is the ratio of their times that counts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..models.registry import weights_state
from .benchmark.mosaic import COMPARED, Scene, compare, page


def main(arguments: list[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="page to write, Markdown")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="a swath for each")
    parser.add_argument("--lines", type=int, default=1536, help="of 50 m, a multiple of 8")
    parser.add_argument("--samples", type=int, default=2048, help="of 50 m, a multiple of 8")
    options = parser.parse_args(arguments)
    scenes = [Scene.simulated(seed, (options.lines, options.samples)) for seed in options.seeds]
    compared = {name: compare(name, scenes) for name in COMPARED if weights_state(name)}
    options.out.write_text(page(scenes, compared), encoding="utf-8")
    print(options.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
