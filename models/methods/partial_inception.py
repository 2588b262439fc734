# SPDX-License-Identifier: GPL-2.0-or-later
"""The categorizer on images that are like one another but for a small part: only what can differ is computed.

MASK asks the categorizer about 256 images that differ from one another by a masked square. Every layer's map
of the whole image is kept. Of an image like it a *patch* goes from layer to layer: what of the map the
difference can have reached. What a layer sees beside the patch comes from the map kept. The answers are
those of the network itself, but for the order of sums: nothing is approximated.

The patch grows with each convolution, until in the last blocks it is the whole map: for the paper's masks
about half of all products are saved.
"""

from __future__ import annotations

from itertools import product
from typing import Any, Callable

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, conv2d, pad

from ..networks.blocks import NormedConv, Parallel
from ..networks.inception import Inception
from .patches import Intervals, Patch


class PartialInception:
    """A categorizer that remembers one image; for inference only.

    Call `whole` with the image first, then `changed` with images that are like it.
    """

    def __init__(self, network: Inception, look: Callable[[], None] = lambda: None) -> None:
        """Of a ``network``; ``look`` is called before each of its layers, and may raise to stop."""
        self._network, self._look = network, look
        # What each layer saw, padded; what branches gave together; for all layers, the last map.
        self._maps: dict[nn.Module, torch.Tensor] = {}

    def whole(self, image: torch.Tensor) -> torch.Tensor:
        """Return the logits (1, classes) of the (1, 1, H, W) image, and remember it."""
        layers = self._network.layers
        self._maps[layers] = self._remember(layers, self._network.channels(image))
        return self._network.pooled(self._maps[layers])

    def changed(self, images: torch.Tensor, rows: Intervals, columns: Intervals) -> torch.Tensor:
        """Return the logits (N, classes) of (N, 1, H, W) images.

        They are like the one remembered but for each of ``rows`` with each of ``columns``, line by line.
        """
        layers = self._network.layers
        windows = product(rows.slices(), columns.slices())
        parts = [image[None, :, y, x] for image, (y, x) in zip(self._network.channels(images), windows)]
        last = self._through(layers, Patch(torch.cat(parts), rows, columns))
        # The mean over the last map needs all of its cells, also those that no mask reaches.
        last = last.within(last.rows.whole_map(), last.columns.whole_map(), self._maps[layers])
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
        self._look()
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
        # A branch of 5 x 5 convolutions carries a difference further than one of 1 x 1.
        rows = Intervals.from_union([patch.rows for patch in patches])
        columns = Intervals.from_union([patch.columns for patch in patches])
        maps = torch.split(self._maps[module], [patch.values.shape[1] for patch in patches], dim=1)
        values = [patch.within(rows, columns, known).values for patch, known in zip(patches, maps)]
        return Patch(torch.cat(values, dim=1), rows, columns)

    def _through_layer(self, layer: nn.Module, patch: Patch) -> Patch:
        """Return what one convolution or pooling makes of a patch: all cells that it can have changed."""
        self._look()
        kernel, stride, padding = _geometry(layer)
        axes = patch.rows, patch.columns
        padded = [part.padded(p) for part, p in zip(axes, padding)]
        made = [part.through(k, s) for part, k, s in zip(padded, kernel, stride)]
        if patch.is_whole_map:  # the layer's own way is faster where nothing is left to be saved
            return Patch(layer(patch.values), *made)
        # The zeros of the padding are part of what is kept, as they must not surround the patch itself.
        rows, columns = (part.seen(k, s, p.length) for part, k, s, p in zip(made, kernel, stride, padded))
        seen = Patch(patch.values, *padded).within(rows, columns, self._maps[layer])
        return Patch(_without_padding(layer, seen.values), *made)


def _geometry(layer: nn.Module) -> tuple[tuple[int, int], ...]:
    """Return kernel, stride and padding, each along lines and along samples."""
    inner: Any = layer.conv if isinstance(layer, NormedConv) else layer
    parameters = inner.kernel_size, inner.stride, inner.padding
    # A convolution has pairs of them, a pooling may have single numbers.
    return tuple(p if isinstance(p, tuple) else (p, p) for p in parameters)


def _without_padding(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return what a layer of the categorizer makes of ``x``, which has its padding already."""
    if isinstance(layer, NormedConv):
        conv = layer.conv
        return torch.relu_(layer.norm(conv2d(x, conv.weight, conv.bias, conv.stride)))
    if isinstance(layer, nn.AvgPool2d):
        # With the zeros of its padding counted, as torch's own mean has them.
        return avg_pool2d(x, layer.kernel_size, layer.stride)
    pooled: torch.Tensor = layer(x)  # the maximum, which pads nothing
    return pooled
