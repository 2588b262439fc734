# SPDX-License-Identifier: GPL-2.0-or-later
"""Method A of Colin et al. 2022 (Section 3.1): a fully supervised U-Net.

The decoder never returns to full resolution, so that nothing of the levels at 100 and 200 m is needed once
the map at 400 m is made: they run in blocks with a halo of few pixels, and only what comes after sees far.
The paper cuts wide scenes into tiles that overlap by half (Section 5), which takes each pixel four times,
and its margin is narrower than what the network sees. Blocks with the halo used here give what the whole
scene would give.
"""

from __future__ import annotations

from ...core.arrays import Array
from ...core.feedback import Feedback
from ...core.methods.image import Image
from ..networks.blocks import CONVS
from ..networks.unet import FINE_LEVELS, UNet, reach
from .base import Predictor
from .blockwise import Stage

FINE_BLOCK = 512  # pixels of 100 m: the largest map of the bundled network is then 17 MB
COARSE_BLOCK = 320  # cells of 400 m: with more, memory grows with a scene's length for longer


class Supervised(Predictor[UNet]):
    """The U-Net's classes, 400 m a cell, of an image at 100 m: the same however it is cut into blocks."""

    NETWORK = UNet

    def predict(self, image: Image, feedback: Feedback) -> Array:
        """Return the class probabilities of a whole image; see `metocean.core.methods.protocol.Method`."""
        # The network's sides are multiples of 16 px, the image's cells of 4: up to three are beyond its
        # border.
        lines, samples = image.known_pixels.shape
        return self.maps(stages(self.network), image, feedback)[:, :lines, :samples]


def stages(network: UNet) -> tuple[Stage, Stage]:
    """Return the network in two: levels at 100 and 200 m, whose maps are large, and those from 400 m on."""
    step, multiple = UNet.STEP, UNet.MULTIPLE // UNet.STEP
    # Three convolutions in each level, of cells twice as large as in the one before.
    fine_reach = sum(CONVS * 2**level for level in range(FINE_LEVELS))
    return (
        Stage((network.fine,), step, step, fine_reach, lambda pixels: pixels // step, FINE_BLOCK),
        Stage((network.coarse,), 1, multiple, reach(FINE_LEVELS), lambda cells: cells, COARSE_BLOCK),
    )
