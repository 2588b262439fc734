# SPDX-License-Identifier: GPL-2.0-or-later
"""How alike simulated and real imagettes are: statistics of what quick-looks show.

``python -m metocean.training.realism --real DIR --out DIR`` compares quick-looks (8-bit PNG or TIFF) with
simulated imagettes stretched as they are: a table of statistics, and a contact sheet to look at.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..core.arrays import Array
from .data.quicklooks import QuickLook, read_quicklooks
from .metrics import markdown
from .metrics.texture import BAND_EDGES_M, WAVES_M, statistics
from .simulator.scenes.imagette import simulate_imagette


def simulated_quicklook(seed: int, code: str) -> QuickLook:
    """Return the simulated imagette of a seed and class as a quick-look of it would be."""
    sample = simulate_imagette(seed, code)
    name, codes = f"simulated {seed}", frozenset((code,))
    return QuickLook.from_roughness(name, sample.roughness, sample.spacing_m, codes)


def table(looks: list[QuickLook]) -> str:
    """Return the statistics as Markdown, a row per imagette."""
    bands = [f"{low:.0f}–{high:.0f}" for low, high in zip(BAND_EDGES_M[:-1], BAND_EDGES_M[1:])]
    names = ("imagette", "tags", "mean", "variation", "skew", f"< {WAVES_M:.0f} m", "round")
    return markdown.table((*names, *bands[:-1], f"{bands[-1]} m"), [_row(look) for look in looks])


def _row(look: QuickLook) -> markdown.Row:
    found = statistics(look.grey, look.spacing_m)
    brightness = f"{found.mean:.0f}", f"{found.variation:.2f}", f"{found.skew:.2f}"
    texture = f"{found.wave_share:.2f}", f"{found.roundness:.2f}"
    shares = (f"{100 * share:.1f}" for share in found.bands)
    return (look.path.stem, " ".join(sorted(look.codes)), *brightness, *texture, *shares)


def sheet(looks: list[QuickLook], columns: int) -> Array:
    """Return a sheet (H, W) uint8 of imagettes side by side, cut to the smallest, a line between them."""
    # Cut, not resized: that would blur one and not the other.
    side = min(min(look.grey.shape) for look in looks)
    tiles = [np.pad(look.grey[:side, :side], 4) for look in looks]
    rows = [tiles[first : first + columns] for first in range(0, len(tiles) - columns + 1, columns)]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def main(arguments: list[str] | None = None) -> None:
    """Write ``realism.md`` and ``realism.png``: each real imagette with simulated ones beside it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=Path, required=True, help="folder of 8-bit quick-looks")
    parser.add_argument("--out", type=Path, required=True, help="folder for the table and the sheet")
    parser.add_argument("--beside", type=int, default=3, help="simulated imagettes beside each")
    parser.add_argument("--seed", type=int, default=900)
    options = parser.parse_args(arguments)
    import matplotlib.image

    looks = []
    for number, real in enumerate(read_quicklooks(options.real)):
        # What nobody tagged is compared with plain waves, which are what most of the sea looks like.
        codes = sorted(real.codes) or ["POW"]
        seeds = range(options.seed + number * options.beside, options.seed + (number + 1) * options.beside)
        looks += [real, *(simulated_quicklook(seed, codes[seed % len(codes)]) for seed in seeds)]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "realism.md").write_text(table(looks), encoding="utf-8")
    matplotlib.image.imsave(options.out / "realism.png", sheet(looks, 1 + options.beside), cmap="gray")


if __name__ == "__main__":
    main()
