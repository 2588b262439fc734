# SPDX-License-Identifier: GPL-2.0-or-later
"""How large what is measured is."""

from __future__ import annotations

from dataclasses import dataclass

from ...models.methods.mask_geometry import Masks
from ...models.methods.part import Tiles
from ...models.networks.inception import InceptionConfig
from ...models.networks.unet import UNetConfig
from ...models.registry import METHODS


@dataclass(frozen=True)
class Sizes:
    """A measurement.

    Attributes
    ----------
    rounds, slow_rounds : int
        How often all that is compared takes its turn; the latter for MASK and through QGIS.
    unet_shape, cam_shape : (int, int)
        Lines and samples of the scenes that methods A, at 100 m, and D, at 50 m, get.
    imagette_px : int
        Side of the image that methods B and C get.
    masks : Masks
    tiles : dict of Tiles to float
        With how many times faster than one by one they should be.
    unet : UNetConfig
    inception : InceptionConfig
    product_cells : (int, int)
        Lines and samples, of 100 m, of a product with pixels of 10 m.
    """

    name: str
    rounds: int
    slow_rounds: int
    unet: UNetConfig
    inception: InceptionConfig
    unet_shape: tuple[int, int]
    cam_shape: tuple[int, int]
    imagette_px: int
    masks: Masks
    tiles: dict[Tiles, float]
    product_cells: tuple[int, int]


# Those of the goals: a wide swath, the paper's imagette, a full IW GRDH of 25,000 x 17,000 pixels.
FULL = Sizes(
    name="full",
    rounds=5,
    slow_rounds=3,
    unet=UNetConfig(width=16, norm=True),
    inception=InceptionConfig(),
    unet_shape=(2048, 2560),
    cam_shape=(1536, 1536),
    imagette_px=512,
    masks=Masks(**METHODS["mask_mean"].settings),
    tiles={Tiles(**METHODS["part_75"].settings): 12.0, Tiles(**METHODS["part_129"].settings): 8.0},
    product_cells=(1700, 2500),
)

# To see that everything works: ratios at these sizes mean little.
QUICK = Sizes(
    name="quick",
    rounds=1,
    slow_rounds=1,
    unet=UNetConfig(width=2, norm=True),
    inception=InceptionConfig(width=0.02),
    unet_shape=(512, 512),
    cam_shape=(512, 768),
    imagette_px=256,
    masks=Masks(75, 64, "mean"),
    tiles={Tiles(75, 60): 12.0},
    product_cells=(120, 160),
)
