# SPDX-License-Identifier: GPL-2.0-or-later
"""The networks' methods against what one writes first: eager torch in float32, tile by tile, mask by mask."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any, Callable

import numpy as np
import torch
from torch.nn import functional

from ...core.arrays import Array
from ...core.classes import CLASSES, CODES
from ...core.feedback import Silent
from ...core.methods.image import Image
from ...core.quantity import to_unit
from ...models.card import Card
from ...models.device import has_fast_bf16
from ...models.methods.base import CPU, Predictor
from ...models.methods.cam import Cam
from ...models.methods.mask import Mask, score_drops
from ...models.methods.mask_geometry import Masks
from ...models.methods.part import TileByTile, Tiles
from ...models.methods.supervised import Supervised
from ...models.networks.blocks import Network
from ...models.networks.inception import Inception
from ...models.networks.registry import initialise, resolution_m
from ...models.networks.unet import UNet
from .measure import Row, at_least, at_most, take_turns
from .sizes import Sizes

# Of masked images that the naive way gives to the network at once.
BATCH = 16
# Random weights of the categorizer make logits that hardly differ: every probability would be a tenth.
SHARPER = 10.0
Forward = Callable[[torch.Tensor], torch.Tensor]


def unet(sizes: Sizes) -> Iterator[Row]:
    """Measure method A on a swath against tiles of 256 that overlap by half."""
    network, sea = random(UNet(sizes.unet)), noise(sizes.unet_shape)
    image, ours = Image.from_array(sea, UNet.STEP), methods(Supervised, network)
    paper = partial(half_overlapping, lambda tile: network(tile).softmax(1), sea, 256, UNet.STEP)
    runs = {name: partial(method.predict, image, Silent()) for name, method in ours.items()}
    seconds = take_turns({"eager": paper, **runs}, sizes.rounds)
    yield from compared("U-Net swath against the paper's tiles, eager", seconds, (4.0, 7.0))
    with torch.inference_mode():
        whole = network(network_input(sea)).softmax(1)[0].numpy()
    # Faster is worth nothing if it is another map: blocks must give what the whole scene gives.
    difference = np.abs(ours["fp32"].predict(image, Silent()) - whole).max()
    yield Row("U-Net swath, fp32: largest difference from the whole scene", "", [difference], at_most(1e-5))


def cam(sizes: Sizes) -> Iterator[Row]:
    """Measure method D on a swath against tiles of 512 that overlap by half."""
    network, sea = random(Inception(sizes.inception)), noise(sizes.cam_shape)
    image, step = Image.from_array(sea, Inception.STEP), Inception.STEP

    def of_tile(tile: torch.Tensor) -> torch.Tensor:
        cells = tile.shape[-2] // step, tile.shape[-1] // step
        return functional.interpolate(network.maps(tile).softmax(1), cells, mode="bilinear")

    paper = partial(half_overlapping, of_tile, sea, 512, step)
    runs = {name: partial(method.predict, image, Silent()) for name, method in methods(Cam, network).items()}
    seconds = take_turns({"eager": paper, **runs}, sizes.rounds)
    yield from compared("CAM swath against half-overlapping tiles, eager", seconds, (None, 5.0))


def mask(sizes: Sizes) -> Iterator[Row]:
    """Measure method B on an imagette against a whole forward pass for every mask."""
    network, masks = random(Inception(sizes.inception)), sizes.masks
    sea = noise((sizes.imagette_px, sizes.imagette_px))
    ours = methods(Mask, network, fill=masks.fill, side_px=masks.side_px, stride_px=masks.stride_px)
    eager = partial(every_mask, lambda x: network(x).softmax(1), network_input(sea), masks)
    runs: dict[str, Callable[[], object]] = {"eager": eager}
    for name, method in ours.items():
        runs[name] = partial(score_drops, method, sea, masks, Silent(), method.batch)
        runs[f"naive {name}"] = partial(every_mask, method.probabilities, method.tensor(sea), masks)
    seconds = take_turns(runs, sizes.slow_rounds)
    count = masks.cover(sizes.imagette_px).shape[1] ** 2 + 1
    for name in ours:
        what = f"MASK, {count} images, {name}: against naive in the same engine"
        yield Row(what, "x", seconds[f"naive {name}"] / seconds[name], at_least(1.8))
    yield from compared(f"MASK, {count} images, against eager fp32", seconds, (None, 5.0))
    difference = np.abs(runs["fp32"]() - runs["naive fp32"]()).max()  # type: ignore[operator]
    yield Row("MASK, fp32: largest difference from naive", "", [difference], at_most(1e-5))


def part(sizes: Sizes) -> Iterator[Row]:
    """Measure method C on an imagette against its tiles one by one."""
    network, sea = random(Inception(sizes.inception)), noise((sizes.imagette_px, sizes.imagette_px))
    # The paper's two sizes of tiles (Section 3.3), each with a stride of a third.
    for tiles, goal in sizes.tiles.items():
        ours = methods(TileByTile, network, side_px=tiles.side_px, stride_px=tiles.stride_px)
        image = Image.from_array(sea, Inception.STEP)
        runs = {name: partial(method.tile_scores, image, Silent()) for name, method in ours.items()}
        eager = partial(one_by_one, network, image, tiles)
        seconds = take_turns({"eager": eager, **runs}, sizes.rounds)
        what = f"PART {tiles.side_px}/{tiles.stride_px} against eager, one by one"
        yield from compared(what, seconds, (None, goal))


def compared(what: str, seconds: dict[str, Array], goals: tuple[float | None, float]) -> Iterator[Row]:
    """Yield how many times faster than ``"eager"`` each precision is; ``goals`` are of fp32 and bf16."""
    for name, goal in zip(("fp32", "bf16"), goals):
        row = partial(Row, f"{what}: {name}", "x", goal=at_least(goal) if goal else None)
        if name in seconds:
            yield row(seconds["eager"] / seconds[name])
        else:
            yield row([], note="this CPU does not compute in bf16")


def random(network: Any) -> Any:
    """Return a network with random weights, in eval mode and otherwise as torch makes it."""
    initialise(network, 0)
    if isinstance(network, Inception):
        network.dense.weight.data *= SHARPER
    return network.eval()


def methods(kind: type[Predictor[Any]], network: Network, **settings: Any) -> dict[str, Any]:
    """Return the method with the network in each precision that this CPU computes well, float32 first."""
    # A copy for each: a predictor folds its network and rounds its weights in place.
    card = Card(CODES, resolution_m(network), 1.0, "random", {}, {}, independent=False)
    dtypes = {"fp32": torch.float32, **({"bf16": torch.bfloat16} if has_fast_bf16(CPU) else {})}
    return {
        name: kind(copy.deepcopy(network), card, CPU, dtype, **settings) for name, dtype in dtypes.items()
    }


def noise(shape: tuple[int, int]) -> Array:
    """Return sqrt roughness that looks like nothing; networks take as long for it as for a sea."""
    return np.random.default_rng(0).uniform(0.5, 1.5, shape).astype(np.float32)


def network_input(roughness: Array) -> torch.Tensor:
    """Return (1, 1, H, W), 0 to 1, in torch's own layout."""
    return to_unit(torch.from_numpy(np.ascontiguousarray(roughness))[None, None])


@torch.inference_mode()
def half_overlapping(forward: Forward, roughness: Array, side: int, step: int) -> Array:
    """Return (10, h, w) maps from tiles that overlap by half, one by one, the centre of each kept.

    Parameters
    ----------
    forward : callable
        (1, 1, side, side) tensor, 0 to 1 -> (1, 10, side / step, side / step) probabilities.
    roughness : (H, W) float32
        sqrt roughness; sides are multiples of half a tile.
    side : int
        Of tiles, in pixels.
    step : int
        Pixels of a cell of the maps.
    """
    # The paper's mosaic (Section 5), with reflection at the border, of which it says nothing.
    kept, margin = side // 2, side // 4
    padded = np.pad(roughness, margin, mode="reflect")
    lines, samples = roughness.shape
    maps = np.zeros((len(CLASSES), lines // step, samples // step), np.float32)
    inner = slice(margin // step, (margin + kept) // step)
    for top, left in product(range(0, lines, kept), range(0, samples, kept)):
        tile = forward(network_input(padded[top : top + side, left : left + side]))[0]
        rows, columns = (slice(start // step, (start + kept) // step) for start in (top, left))
        maps[:, rows, columns] = tile[:, inner, inner].numpy()
    return maps


@torch.inference_mode()
def every_mask(scores: Forward, image: torch.Tensor, masks: Masks) -> Array:
    """Return (10, n, n) drops of the scores of an image (1, 1, H, W), every masked image computed whole."""
    # Equations 3 and 4 of the paper as they stand, every masked image for itself.
    rows, columns = (torch.from_numpy(masks.cover(side).T) for side in image.shape[-2:])
    fill = image.mean() if masks.fill == "mean" else image.new_zeros(())
    hidden = [torch.where(row[:, None] & column, fill, image[0]) for row, column in product(rows, columns)]
    batches = [torch.stack(hidden[start : start + BATCH]) for start in range(0, len(hidden), BATCH)]
    whole = scores(image)
    drops = torch.cat([whole - scores(batch) for batch in batches]).clamp(min=0)
    return drops.T.reshape(-1, len(rows), len(columns)).numpy()


@torch.inference_mode()
def one_by_one(network: Inception, image: Image, tiles: Tiles) -> Array:
    """Return the (10, n, m) probabilities of tiles, each given to the network by itself."""
    rows, columns = (tiles.centres(side) for side in image.shape)
    scores = [
        network(network_input(image.read(tiles.window(row), tiles.window(column)))).softmax(1)[0]
        for row, column in product(rows, columns)
    ]
    return torch.stack(scores, dim=1).reshape(-1, len(rows), len(columns)).numpy()
