"""The categorizer on images that are like one another but for a small part: only what can differ is computed.

Every layer's map of one whole image is kept. Of an image like it a *patch* goes from layer to layer: what of
the map the difference can have reached. What a layer sees beside the patch comes from the map kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, conv2d, pad

from ..networks.blocks import NormedConv, Parallel
from ..networks.inception import Inception


@dataclass(frozen=True)
class Windows:
    """Parts of a map along one axis, in cells.

    Attributes
    ----------
    starts : tuple of int
        One for each.
    size : int
        The same for all, so that they can be computed together.
    length : int
        Of the map; all lie within.
    """

    starts: tuple[int, ...]
    size: int
    length: int

    @classmethod
    def covering(cls, first: Sequence[int], stop: Sequence[int], length: int) -> Windows:
        """Return the smallest windows that hold, each, what the map has of ``first`` to ``stop``."""
        spans = [(max(a, 0), min(b, length)) for a, b in zip(first, stop)]
        size = max(1, *(b - a for a, b in spans))
        return cls(tuple(min(a, length - size) for a, _ in spans), size, length)

    @classmethod
    def union(cls, windows: Sequence[Windows]) -> Windows:
        """Return the smallest windows that hold, each, its counterparts in all of these, of one map."""
        first = [min(starts) for starts in zip(*(w.starts for w in windows))]
        stop = [max(stops) for stops in zip(*([a + w.size for a in w.starts] for w in windows))]
        return cls.covering(first, stop, windows[0].length)

    def everything(self) -> Windows:
        """Return as many of the whole map."""
        return Windows((0,) * len(self.starts), self.length, self.length)

    def padded(self, padding: int) -> Windows:
        """Return the same cells as counted in the padded map."""
        return Windows(tuple(a + padding for a in self.starts), self.size, self.length + 2 * padding)

    def through(self, kernel: int, stride: int) -> Windows:
        """Return the outputs of a layer that pads nothing which see any of these cells."""
        first = [-((kernel - 1 - a) // stride) for a in self.starts]
        stop = [(a + self.size - 1) // stride + 1 for a in self.starts]
        return Windows.covering(first, stop, (self.length - kernel) // stride + 1)

    def seen(self, kernel: int, stride: int, length: int) -> Windows:
        """Return what these outputs of such a layer see of its input, ``length`` cells long."""
        return Windows(tuple(a * stride for a in self.starts), (self.size - 1) * stride + kernel, length)

    def slices(self) -> list[slice]:
        """Return the cells of each."""
        return [slice(a, a + self.size) for a in self.starts]

    def overlaps(self, other: Windows) -> list[tuple[slice, slice]]:
        """Return what each shares with its counterpart, as cells of the one and cells of the other."""
        pairs = []
        for a, b in zip(self.starts, other.starts):
            first = max(a, b)
            stop = max(min(a + self.size, b + other.size), first)
            pairs.append((slice(first - a, stop - a), slice(first - b, stop - b)))
        return pairs


class Patch(NamedTuple):
    """Values (N, C, h, w) of N parts of a map: each of ``rows`` with each of ``columns``, line by line."""

    values: torch.Tensor
    rows: Windows
    columns: Windows

    @property
    def whole(self) -> bool:
        """Whether each part is all of the map."""
        return self.rows.size == self.rows.length and self.columns.size == self.columns.length

    def within(self, rows: Windows, columns: Windows, known: torch.Tensor) -> Patch:
        """Return these windows of the map ``known`` (1, C, H, W), with what they share with the patch."""
        if (self.rows, self.columns) == (rows, columns):
            return self
        values = torch.cat([known[:, :, y, x] for y, x in product(rows.slices(), columns.slices())])
        shared = product(rows.overlaps(self.rows), columns.overlaps(self.columns))
        for to, source, ((to_y, y), (to_x, x)) in zip(values, self.values, shared):
            to[:, to_y, to_x] = source[:, y, x]
        return Patch(values, rows, columns)


class PartialInception:
    """A categorizer that remembers one image; for inference only."""

    def __init__(self, network: Inception) -> None:
        self._network = network
        # What each layer saw, padded; what branches gave together; for all layers, the last map.
        self._maps: dict[nn.Module, torch.Tensor] = {}

    def whole(self, image: torch.Tensor) -> torch.Tensor:
        """Return the logits (1, classes) of the (1, 1, H, W) image, and remember it."""
        layers = self._network.layers
        self._maps[layers] = self._remember(layers, self._network.channels(image))
        return self._network.pooled(self._maps[layers])

    def changed(self, images: torch.Tensor, rows: Windows, columns: Windows) -> torch.Tensor:
        """Return the logits (N, classes) of (N, 1, H, W) images.

        They are like the one remembered but for each of ``rows`` with each of ``columns``, line by line.
        """
        layers = self._network.layers
        places = product(rows.slices(), columns.slices())
        parts = [image[None, :, y, x] for image, (y, x) in zip(self._network.channels(images), places)]
        last = self._through(layers, Patch(torch.cat(parts), rows, columns))
        last = last.within(last.rows.everything(), last.columns.everything(), self._maps[layers])
        return self._network.pooled(last.values)

    def _remember(self, module: nn.Module, x: torch.Tensor) -> torch.Tensor:
        """Return what ``module`` makes of the remembered image's map."""
        if isinstance(module, nn.Sequential):
            for layer in module:
                x = self._remember(layer, x)
            return x
        if isinstance(module, Parallel):
            self._maps[module] = torch.cat([self._remember(branch, x) for branch in module.branches], dim=1)
            return self._maps[module]
        _, _, (lines, samples) = _geometry(module)
        self._maps[module] = pad(x, (samples, samples, lines, lines))
        return _without_padding(module, self._maps[module])

    def _through(self, module: nn.Module, patch: Patch) -> Patch:
        """Return what ``module`` makes of a patch."""
        if isinstance(module, nn.Sequential):
            for layer in module:
                patch = self._through(layer, patch)
            return patch
        if isinstance(module, Parallel):
            return self._join(module, [self._through(branch, patch) for branch in module.branches])
        return self._through_layer(module, patch)

    def _join(self, module: Parallel, patches: list[Patch]) -> Patch:
        """Put what the branches made side by side."""
        rows, columns = Windows.union([p.rows for p in patches]), Windows.union([p.columns for p in patches])
        maps = self._maps[module].split([p.values.shape[1] for p in patches], dim=1)
        values = [patch.within(rows, columns, known).values for patch, known in zip(patches, maps)]
        return Patch(torch.cat(values, dim=1), rows, columns)

    def _through_layer(self, layer: nn.Module, patch: Patch) -> Patch:
        kernel, stride, padding = _geometry(layer)
        padded = [w.padded(p) for w, p in zip(patch[1:], padding)]
        made = [w.through(k, s) for w, k, s in zip(padded, kernel, stride)]
        if patch.whole:
            return Patch(layer(patch.values), *made)
        rows, columns = (w.seen(k, s, p.length) for w, k, s, p in zip(made, kernel, stride, padded))
        seen = Patch(patch.values, *padded).within(rows, columns, self._maps[layer])
        return Patch(_without_padding(layer, seen.values), *made)


def _geometry(layer: nn.Module) -> tuple[tuple[int, int], ...]:
    """Return kernel, stride and padding, each along lines and along samples."""
    inner: Any = layer.conv if isinstance(layer, NormedConv) else layer
    parameters = inner.kernel_size, inner.stride, inner.padding
    return tuple(p if isinstance(p, tuple) else (p, p) for p in parameters)


def _without_padding(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return what a layer of the categorizer makes of ``x``, which has its padding already."""
    if isinstance(layer, NormedConv):
        conv = layer.conv
        return torch.relu_(layer.norm(conv2d(x, conv.weight, conv.bias, conv.stride)))
    if isinstance(layer, nn.AvgPool2d):
        return avg_pool2d(x, layer.kernel_size, layer.stride)
    return layer(x)  # max-pooling, which pads nothing
