"""The methods by name. Importable without torch, which is looked for when a method is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..core.errors import ModelError
from ..core.method import Method
from .packages import import_with_torch

# What can be asked for; `metocean.models.device` says what it means.
DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "fp32", "bf16")

WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True)
class MethodEntry:
    """What is known of a method before it is loaded.

    Attributes
    ----------
    title : str
        For people.
    target : str or None
        ``"module:Class"`` here, with ``Class.load(weights, device, precision)``; None: not built yet.
    weights : str or None
        File in `WEIGHTS`.
    """

    title: str
    target: Optional[str] = None
    weights: Optional[str] = None


# Letters are those of Colin et al. 2022.
METHODS = {
    "unet": MethodEntry("A, fully supervised U-Net", "supervised:Supervised", "unet.safetensors"),
    "mask_mean": MethodEntry("B, MASK filled with the mean"),
    "mask_zero": MethodEntry("B, MASK filled with zero"),
    "part_75": MethodEntry("C, PART with tiles of 75 px"),
    "part_129": MethodEntry("C, PART with tiles of 129 px"),
    "cam": MethodEntry("D, class activation map"),
    "im2px": MethodEntry("E, image to pixel"),
}


def weights_state(method_id: str) -> tuple[tuple[int, int], ...]:
    """Return times and sizes of a method's files, which change when the weights are replaced."""
    path = WEIGHTS / (METHODS[method_id].weights or "")
    found = [file.stat() for file in (path, path.with_suffix(".json")) if file.is_file()]
    return tuple((status.st_mtime_ns, status.st_size) for status in found)


def load_method(method_id: str, device: str = "auto", precision: str = "auto") -> Method:
    """Return a method ready to predict.

    Parameters
    ----------
    method_id : str
        A key of `METHODS`.
    device, precision : str
        One of `DEVICES`, one of `PRECISIONS`.

    Raises
    ------
    ModelError
        No such method; not built yet; torch, the weights or the device missing; weights damaged or foreign.
    """
    if method_id not in METHODS:
        raise ModelError(f"There is no method {method_id!r}; choose from {', '.join(METHODS)}.")
    entry = METHODS[method_id]
    if entry.target is None or entry.weights is None:
        built = ", ".join(name for name, other in METHODS.items() if other.target)
        raise ModelError(f"Method {method_id} ({entry.title}) is not available yet; use {built}.")
    module, name = entry.target.split(":")
    return getattr(import_with_torch(f".{module}"), name).load(WEIGHTS / entry.weights, device, precision)
