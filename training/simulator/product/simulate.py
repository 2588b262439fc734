# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulate a whole wide swath of the sea and write it as a Sentinel-1 product.

``python -m metocean.training.simulator.product.simulate --help``
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..draws import Draws
from ..fields import Grid
from ..scenes.wide_scene import simulate_wide_scene
from .imaging import Acquisition, Imaging
from .measurement import SeaSigma0
from .options import Product
from .safe import write_safe


@dataclass(frozen=True)
class Extent:
    """Size of a simulated swath in cells of ``spacing_m``; the defaults are those of an IW product."""

    lines: int = 1680
    samples: int = 2600
    spacing_m: float = 100.0


def simulate_product(folder: Path, product: Product, extent: Extent) -> Path:
    """Simulate a wide swath of several regimes; return the path of its SAFE folder below ``folder``."""
    shape = extent.lines, extent.samples
    imaging = Imaging.from_acquisition(Acquisition(), shape, extent.spacing_m)
    middle = np.array([(extent.lines - 1) / 2])
    incidence_deg = imaging.locate(middle, np.arange(extent.samples)).incidence_deg[0]
    swath = simulate_wide_scene(Draws(product.seed), Grid(shape, extent.spacing_m), incidence_deg)
    return write_safe(folder, SeaSigma0(swath.sigma0, extent.spacing_m), product=product)


def main() -> None:
    """Write a simulated product and print its path."""
    parser = argparse.ArgumentParser(description="Simulate a Sentinel-1 IW scene as a SAFE folder.")
    parser.add_argument("--out", type=Path, required=True, help="folder that will hold the scene")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=Extent.lines, help="cells of 100 m along track")
    parser.add_argument("--samples", type=int, default=Extent.samples, help="cells of 100 m across track")
    parser.add_argument("--pixel", type=float, default=Product.pixel_m, help="pixel spacing, metres")
    options = parser.parse_args()
    product = Product(pixel_m=options.pixel, seed=options.seed)
    print(simulate_product(options.out, product, Extent(options.lines, options.samples)))


if __name__ == "__main__":
    main()
