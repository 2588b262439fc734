# SPDX-License-Identifier: GPL-2.0-or-later
"""What the networks are made of."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar, Union

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ...core.errors import OptionError
from ...core.methods.tiling import round_up

CONVS = 3  # in each `ConvBlock`

AnyNetwork = TypeVar("AnyNetwork", bound="Network")


def check_limits(config: Any, **limits: tuple[float, float]) -> None:
    """Raise an `OptionError` unless each field named has the type of its limits and lies within them.

    Where limits are floats, an int will do. Configurations come out of cards, which may ask for anything: a
    network that is too large would take all memory before its weights are found not to fit.
    """
    for name, (low, high) in limits.items():
        value, kind = getattr(config, name), type(low)
        # Not isinstance: to Python True is an int, too. NaN fails the comparison.
        if type(value) not in {kind, int if kind is float else kind} or not low <= value <= high:
            raise OptionError(
                f"{name} of {type(config).__name__} must be {kind.__name__}, {low:g} to {high:g}."
            )


class Network(nn.Module):
    """Base of the networks.

    Attributes
    ----------
    config : dataclass
        What the network was made from.
    STEP : int
        Input pixels per label cell along each side.
    MULTIPLE, LEAST : int
        The input's sides are multiples of the one, at least the other, in pixels.
    """

    STEP: ClassVar[int]
    MULTIPLE: ClassVar[int]
    LEAST: ClassVar[int] = 1
    config: Any

    @property
    def logit_layer(self) -> Union[nn.Conv2d, nn.Linear]:
        """The layer whose outputs are the logits: a channel of weights, and a bias, for each class."""
        raise NotImplementedError

    @classmethod
    def side(cls, length_px: int) -> int:
        """Return the shortest side the network takes that is not shorter than ``length_px``."""
        return round_up(max(length_px, cls.LEAST), cls.MULTIPLE)

    def folded(self: AnyNetwork) -> AnyNetwork:
        """Make the network faster for inference, in place: no batch normalisation is left. Returns itself.

        Once trained, batch normalisation multiplies each channel by a number and adds another, and so does
        the convolution before it: one set of weights does both, and the map is gone through once less.
        """
        self.eval()
        for module in list(self.modules()):
            if isinstance(module, (ConvBlock, NormedConv)):
                module.fold()
        return self


class ConvBlock(nn.Module):
    """Three times 3 x 3 convolution, optional batch normalisation, ReLU: a level of the paper's U-Net.

    Sides are kept. The paper's own has no batch normalisation.
    """

    def __init__(self, inputs: int, filters: int, norm: bool) -> None:
        super().__init__()
        channels = (inputs,) + (filters,) * CONVS
        pairs = zip(channels[:-1], channels[1:])
        # Batch normalisation has its own shift, so a bias before it would be dead weight.
        self.convs = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1, bias=not norm) for i, o in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(filters) if norm else nn.Identity() for _ in range(CONVS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) to (N, filters, H, W)."""
        for conv, norm in zip(self.convs, self.norms):
            # In place: what normalisation or convolution gave is used nowhere else, and half the memory is
            # enough.
            x = torch.relu_(norm(conv(x)))  # (N, filters, H, W)
        return x

    def fold(self) -> None:
        """Merge each batch normalisation into its convolution; for inference only.

        Identities stay in their place, so that `forward` is the same before and after.
        """
        for i, norm in enumerate(self.norms):
            if isinstance(norm, nn.BatchNorm2d):
                self.convs[i] = fuse_conv_bn_eval(self.convs[i], norm)  # type: ignore[type-var]
                self.norms[i] = nn.Identity()


class NormedConv(nn.Module):
    """A convolution without bias, batch normalisation and ReLU, as Inception's.

    Parameters
    ----------
    conv : torch.nn.Conv2d
        Without a bias.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        # As in the published network, where torch has 1e-5.
        self.norm: nn.Module = nn.BatchNorm2d(conv.out_channels, eps=1e-3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) to (N, filters, h, w)."""
        return torch.relu_(self.norm(self.conv(x)))  # (N, filters, h, w)

    def fold(self) -> None:
        """Merge the batch normalisation into the convolution; for inference only."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()


class Parallel(nn.Module):
    """Branches side by side, their channels one after the other."""

    def __init__(self, branches: Iterable[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) to (N, filters of all, h, w)."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)  # (N, filters of all, h, w)


def without_autocast(device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """Return the context in which nothing is rounded further than its tensors are, also inside `autocast`."""
    # On other devices `choose_dtype` lowers nothing, and not every torch has autocast for them.
    if device.type not in ("cpu", "cuda"):
        return contextlib.nullcontext()
    return torch.autocast(device.type, enabled=False)
