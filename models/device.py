# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a network runs and in which precision.

Lower precision is worth it only where a device computes it in hardware: emulated, it is slower than float32.
So what "auto" means differs from device to device, and what a device lacks is refused, not emulated.
"""

from __future__ import annotations

import contextlib
from typing import Any, Callable, TypeVar

import torch

from ..core.errors import ModelError, OptionError
from .registry import DEVICES, PRECISIONS

# What torch says on the accelerators and on the CPU. Only CUDA has an exception of its own for it, and not
# in all versions of torch: the message has to tell.
OUT_OF_MEMORY = (
    "out of memory",
    "allocate memory",
    "not enough memory",
    "Unable to allocate",
    "ALLOC_FAILED",
)

Result = TypeVar("Result")


def present_devices() -> list[str]:
    """Return the devices of this machine, best first."""
    found = ["cuda"] if torch.cuda.is_available() else []
    found += ["mps"] if torch.backends.mps.is_available() else []
    return [*found, "cpu"]


def choose_device(wanted: str = "auto") -> torch.device:
    """Return the device for ``wanted``, one of `DEVICES`.

    A `ModelError` names the devices that are present, an `OptionError` the words that can be asked for.
    """
    if wanted not in DEVICES:
        raise OptionError(
            f"There is no device {wanted!r}; choose from {', '.join(DEVICES)}.", option="device"
        )
    present = present_devices()
    if wanted == "auto":
        return torch.device(present[0])
    if wanted not in present:
        raise ModelError(
            f"Device {wanted} is not present or not supported by this torch; use {' or '.join(present)}.",
            option="device",
        )
    return torch.device(wanted)


def choose_dtype(device: torch.device, wanted: str = "auto") -> torch.dtype:
    """Return the dtype of convolutions for ``wanted``, one of `PRECISIONS`.

    ``"auto"`` is exact (float32) except on CUDA, where float16 is much faster. Apple's GPUs stay at float32.
    """
    if wanted not in PRECISIONS:
        raise OptionError(
            f"There is no precision {wanted!r}; choose from {', '.join(PRECISIONS)}.", option="precision"
        )
    if wanted == "auto":
        return torch.float16 if device.type == "cuda" else torch.float32
    if wanted == "bf16" and not has_fast_bf16(device):
        raise ModelError(
            f"This {device.type} does not compute in bf16; use precision auto or fp32.", option="precision"
        )
    return torch.bfloat16 if wanted == "bf16" else torch.float32


def has_fast_bf16(device: torch.device) -> bool:
    """Whether ``device`` computes bfloat16 in hardware."""
    if device.type == "cuda":
        # Since Ampere; torch.cuda.is_bf16_supported says yes to emulation, too.
        return torch.cuda.get_device_capability(device) >= (8, 0)
    # Not in every torch version, and emulated bf16 is slower than float32: no answer means no.
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return device.type == "cpu" and any(getattr(torch.cpu, name, bool)() for name in names)


def release() -> None:
    """Give the memory that torch keeps for later back to the other users of the accelerator.

    Torch keeps what is freed, to hand it out again faster. QGIS stays open for hours after a run, and other
    programs want the memory, too.
    """
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def with_back_off(run: Callable[[int], Result], size: int, least: int, device: str) -> Result:
    """Return ``run(size)``; where memory does not suffice, with half the size, and so on down to ``least``.

    How much a scene takes cannot be known beforehand: other programs use the same memory.

    Parameters
    ----------
    run : callable
        size -> result; does all of the work, and gives the same whatever the size.
    size, least : int
        Of blocks, in cells a side, or of batches, in images: what is tried first, and last.
    device : str
        For the message.

    Raises
    ------
    ModelError
        ``least`` is still too much for ``device``.
    """
    while True:
        try:
            return run(size)
        # numpy and Python have an exception of their own for it.
        except (RuntimeError, MemoryError) as error:
            if isinstance(error, RuntimeError) and not any(text in str(error) for text in OUT_OF_MEMORY):
                raise
            if size <= least:
                remedy = "close other programs, or cut the scene" if device == "cpu" else "use another device"
                raise ModelError(
                    f"Device {device} has too little memory for this scene; {remedy}.",
                    option="device",
                ) from error
        # Out here, as the error holds the frames that failed, and with them the memory that they took.
        release()
        size = max(size // 2, least)


def autocast(device: torch.device, dtype: torch.dtype) -> contextlib.AbstractContextManager[Any]:
    """Return the context in which convolutions run in ``dtype``.

    Not the network itself in ``dtype``: autocast leaves in float32 what would lose too much, such as softmax.
    """
    if dtype == torch.float32:
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=dtype)
