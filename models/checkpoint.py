# SPDX-License-Identifier: GPL-2.0-or-later
"""Weights as safetensors with a card beside them: ``unet.safetensors`` and ``unet.json``.

They may come from anywhere, so nothing in them is believed: the tensors' names, shapes and sizes are compared
with the network that the card describes before any is read. Safetensors holds numbers alone, where a pickle,
torch's own format, can run code when it is opened.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar, overload

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from ..core.classes import CODES
from ..core.errors import ModelError
from .card import Card, read_card
from .networks.blocks import Network
from .networks.registry import build, describe, resolution_m

# As safetensors names them: float16, bfloat16, float32.
DTYPES = {"F16", "BF16", "F32"}

Loaded = TypeVar("Loaded", bound=Network)


def save_weights(path: Path, network: Network, card: Card) -> Card:
    """Write weights to ``path``, matrices in 16 bits, and the card beside them; return it with its sha256."""
    tensors = {}
    for name, value in network.state_dict().items():
        # All that is no float are the counters of batch normalisation, which only training looks at.
        if value.is_floating_point():
            # Vectors, such as the variances of batch normalisation, can lie beyond what float16 holds, and
            # are a small share of the file. For matrices 16 bits are enough, and halve what people download.
            stored = value.half() if value.ndim > 1 else value.float()
            tensors[name] = stored.contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(tensors))
    card = replace(card, architecture=describe(network), sha256=_sha256(path))
    path.with_suffix(".json").write_text(json.dumps(asdict(card), indent=1) + "\n")
    return card


@overload
def load_weights(path: Path) -> tuple[Network, Card]: ...


@overload
def load_weights(path: Path, kind: type[Loaded]) -> tuple[Loaded, Card]: ...


def load_weights(path: Path, kind: type[Network] = Network) -> tuple[Network, Card]:
    """Return a ``kind`` of network in float32, ready for inference, and its card.

    Raises
    ------
    ModelError
        What is missing, damaged or foreign, or another kind of network.
    """
    card = read_card(path.with_suffix(".json"))
    # Building the network takes memory before anything of the file is compared. Torch's meta device, where
    # nothing does, needs a newer sympy than QGIS may have: the sizes in a card are limited instead.
    network = _network(card, path)
    if not isinstance(network, kind):
        raise ModelError(
            f"{path.name} holds a network of another kind ({card.architecture['name']}); use other weights."
        )
    wanted = {name: value for name, value in network.state_dict().items() if value.is_floating_point()}
    tensors = _read_tensors(path, wanted)
    # The format does not notice a flipped bit, and a network computes with it as if nothing were wrong.
    if _sha256(path) != card.sha256:
        raise ModelError(f"{path.name} is not the file its card describes; install both files again.")
    # One NaN spreads over all that sees it, and would come out as a map without any class.
    if not all(torch.isfinite(value).all() for value in tensors.values()):
        raise ModelError(f"{path.name} holds weights that are not finite; use other weights.")
    # The names were compared above: what ``strict`` would miss are the counters that were not stored.
    network.load_state_dict(tensors, strict=False)
    return network.eval(), card


def _network(card: Card, path: Path) -> Network:
    try:
        network = build(card.architecture)
    except ModelError as error:
        raise ModelError(
            f"{path.name} holds a network this plugin does not know: {error} Use weights made for it."
        ) from error
    wanted_m = resolution_m(network)
    if network.config.classes != len(CODES) or card.resolution_m != wanted_m:
        raise ModelError(
            f"The network of {path.name} must have {len(CODES)} classes and a resolution_m of {wanted_m:g}; "
            "use weights made for this plugin."
        )
    return network


def _read_tensors(path: Path, wanted: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    try:
        # A pipe would be waited for without end.
        if path.exists() and not path.is_file():
            raise ValueError("no file")
        with safe_open(str(path), framework="pt", device="cpu") as file:
            names = set(file.keys())
            if names != set(wanted):
                raise ModelError(
                    f"{path.name} holds other tensors than its card describes; install both files again."
                )
            for name, value in wanted.items():
                piece = file.get_slice(name)
                if list(piece.get_shape()) != list(value.shape) or piece.get_dtype() not in DTYPES:
                    raise ModelError(
                        f"Tensor {name} of {path.name} has the wrong shape or type; install both files again."
                    )
            return {name: file.get_tensor(name).float() for name in wanted}
    except (OSError, SafetensorError, ValueError) as error:
        raise ModelError(
            f"The weights {path} are missing or damaged ({error}); install them again."
        ) from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()
