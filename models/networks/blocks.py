"""What the networks are made of, and how far a cell of their output sees."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, Union

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ...core.errors import OptionError
from ...core.methods.tiling import round_up

CONVS = 3  # in each `Block`

AnyNetwork = TypeVar("AnyNetwork", bound="Network")


def check(config: Any, **limits: tuple[float, float]) -> None:
    """Raise an `OptionError` unless each field named has the type of its limits and lies within them.

    Where limits are floats, an int will do.
    """
    for name, (low, high) in limits.items():
        value, kind = getattr(config, name), type(low)
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

    @classmethod
    def side(cls, length_px: int) -> int:
        """Return the shortest side the network takes that is not shorter than ``length_px``."""
        return round_up(max(length_px, cls.LEAST), cls.MULTIPLE)

    def folded(self: AnyNetwork) -> AnyNetwork:
        """Make the network faster for inference, in place: no batch normalisation is left. Returns itself."""
        self.eval()
        for module in list(self.modules()):
            if isinstance(module, (Block, NormedConv)):
                module.fold()
        return self


class Block(nn.Module):
    """Three times 3 x 3 convolution, optional batch normalisation, ReLU."""

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
            x = torch.relu_(norm(conv(x)))
        return x

    def fold(self) -> None:
        """Merge each batch normalisation into its convolution; for inference only."""
        for i, norm in enumerate(self.norms):
            if isinstance(norm, nn.BatchNorm2d):
                self.convs[i] = fuse_conv_bn_eval(self.convs[i], norm)  # type: ignore[type-var]
                self.norms[i] = nn.Identity()


class NormedConv(nn.Module):
    """A convolution without bias, batch normalisation and ReLU, as Inception's."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        self.norm: nn.Module = nn.BatchNorm2d(conv.out_channels, eps=1e-3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) to (N, filters, h, w)."""
        return torch.relu_(self.norm(self.conv(x)))

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
        return torch.cat([branch(x) for branch in self.branches], dim=1)


@dataclass(frozen=True)
class ReceptiveField:
    """What the cells of a map see of the input, along one side and in pixels.

    Attributes
    ----------
    size_px : int
        Width of what one cell sees.
    stride_px : int
        From one cell to the next.
    centre_px : float
        Middle of what cell 0 sees; 0 is the middle of the first pixel.
    """

    size_px: int = 1
    stride_px: int = 1
    centre_px: float = 0.0

    @property
    def reach_px(self) -> int:
        """How far a cell sees beyond the ``stride_px`` pixels it stands for, to the side it sees furthest."""
        half = (self.size_px - 1) / 2
        return math.ceil(max(half - self.centre_px, self.centre_px + half - self.stride_px + 1, 0))

    def through(self, layer: Union[nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d]) -> ReceptiveField:
        """Return the field of what ``layer`` makes of the map."""
        kernel, stride, padding = (_along(p) for p in (layer.kernel_size, layer.stride, layer.padding))
        return ReceptiveField(
            self.size_px + (kernel - 1) * self.stride_px,
            self.stride_px * stride,
            self.centre_px + ((kernel - 1) / 2 - padding) * self.stride_px,
        )


PIXEL = ReceptiveField()  # of the input itself


def output_length(module: nn.Module, length: int) -> int:
    """Return the length of what ``module`` makes of a map so long, along one side; see `receptive_field`."""
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)):
        kernel, stride, padding = (_along(p) for p in (module.kernel_size, module.stride, module.padding))
        return (length + 2 * padding - kernel) // stride + 1
    children = list(module.children())
    for child in module.branches[:1] if isinstance(module, Parallel) else children:
        length = output_length(child, length)
    return length


def receptive_field(module: nn.Module, before: ReceptiveField = PIXEL) -> ReceptiveField:
    """Return the field of the cells that come out of ``module``, for whose input it is ``before``.

    Layers act in the order of their definition; of branches side by side the one that sees furthest counts.
    """
    if isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)):
        return before.through(module)
    if isinstance(module, Parallel):
        fields = [receptive_field(branch, before) for branch in module.branches]
        return max(fields, key=lambda field: field.size_px)
    for child in module.children():
        before = receptive_field(child, before)
    return before


def _along(parameter: Any) -> int:
    """Return a layer's parameter along the last axis; what is not square comes in pairs."""
    return parameter[-1] if isinstance(parameter, tuple) else parameter


def exact(device: torch.device) -> contextlib.AbstractContextManager:
    """Return the context in which nothing is rounded further than its tensors are, also inside `autocast`."""
    if device.type not in ("cpu", "cuda"):  # `choose_dtype` lowers nothing elsewhere
        return contextlib.nullcontext()
    return torch.autocast(device.type, enabled=False)
