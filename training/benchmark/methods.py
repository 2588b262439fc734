"""The methods of Table 2, as the paper has them: what they make of an imagette, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable

import numpy as np

from ...core.dice import PooledDice
from ...models.cam import cam_maps
from ...models.image_to_pixel import im2px_maps
from ...models.mask import Masks, mask_maps
from ...models.part import PART_75, PART_129, part_maps
from ...models.predictor import INPUT_SCALE, Predictor
from ..shards import Shard


def unet_maps(predictor: Predictor, roughness: np.ndarray) -> np.ndarray:
    """Return (10, H/4, W/4) float32 probabilities of (H, W) sqrt roughness at 100 m."""
    return predictor.probabilities(predictor.image(roughness))[0].cpu().numpy()


@dataclass(frozen=True)
class Method:
    """A row of Table 2.

    Attributes
    ----------
    training : str
        The field of `Settings` that its network comes from.
    maps : callable
        (predictor, (H, W) sqrt roughness) -> (10, L, L) maps of the classes on the label cells.
    image_s : float
        Seconds it takes for an imagette in the full setting on two cores, to tell beforehand how long.
    masking : bool
        Scored on `Settings.masking_images` only.
    """

    training: str
    maps: Callable[[Predictor, np.ndarray], np.ndarray]
    image_s: float
    masking: bool = False


# By the names they have in `metocean.models.registry.METHODS`, in the order of the paper.
METHODS = {
    "unet": Method("supervised", unet_maps, 0.1),
    "mask_mean": Method("categorizer", partial(mask_maps, masks=Masks(mean=True)), 9.0, masking=True),
    "mask_zero": Method("categorizer", partial(mask_maps, masks=Masks(mean=False)), 9.0, masking=True),
    "part_75": Method("categorizer", partial(part_maps, tiles=PART_75), 0.5),
    "part_129": Method("categorizer", partial(part_maps, tiles=PART_129), 0.5),
    "cam": Method("categorizer", cam_maps, 0.1),
    "im2px": Method("im2px", im2px_maps, 0.1),
}


def mapped(method: str, predictor: Predictor, shards: list[Shard]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the (10, L, L) maps and the (L, L) labels of each image."""
    for shard in shards:
        for number in range(len(shard.images)):
            image, labels = shard.read(number, predictor.network.STEP, shard.cells)
            yield METHODS[method].maps(predictor, image * np.float32(INPUT_SCALE / 255)), labels


def dice(method: str, predictor: Predictor, shards: list[Shard]) -> dict[str, Any]:
    """Return Dice by variant, then class; MASK's drops, no probabilities, count as they are."""
    sums = PooledDice()
    for maps, labels in mapped(method, predictor, shards):
        sums.add(maps, labels)
    return sums.scores()
