"""Weights as safetensors with a card beside them: ``unet.safetensors`` and ``unet.json``.

Both may come from anywhere, so nothing in them is believed: the card is checked field by field, and the
tensors' names, shapes and sizes are compared with the network it describes before any is read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, TypeVar, overload

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from ..core.classes import CODES
from ..core.errors import ModelError
from ..core.quantity import QUANTITY
from .networks.blocks import Network
from .networks.registry import build, describe, resolution_m

LARGEST_CARD_BYTES = 1_000_000
DTYPES = {"F16", "BF16", "F32"}

Loaded = TypeVar("Loaded", bound=Network)


@dataclass(frozen=True)
class Card:
    """What is known about a set of weights.

    Attributes
    ----------
    architecture : dict
        As `metocean.models.networks.registry.describe` has it:
        ``{"name": "unet", "width": 16, "norm": True, "classes": 10}``.
    classes : tuple of str
        Codes in the order of the output channels.
    resolution_m : float
        Ground spacing of the input: as `metocean.models.networks.registry.resolution_m` has it.
    temperature : float
        Logits are divided by it, so that probabilities mean what they say.
    model_id : str
        For logs and metadata: method, date or version.
    sha256 : str
        Of the safetensors file.
    training, scores : dict
        For the reader: data, recipe, steps, minutes, seed, commit; scores per class.
    independent : bool
        The network scores each class by itself: its probability is the sigmoid of its logit. Otherwise the
        classes share one probability, the softmax of all logits. Which of the two depends on the loss it was
        trained with, and cannot be seen in the weights.
    input_quantity : str
        What the pixels of its input are: `metocean.core.quantity.QUANTITY`.
    weaknesses : str
        For the reader: what the weights are known to get wrong.
    """

    classes: tuple[str, ...]
    resolution_m: float
    temperature: float
    model_id: str
    training: dict[str, Any]
    scores: dict[str, Any]
    independent: bool
    input_quantity: str = QUANTITY
    architecture: dict[str, Any] = field(default_factory=dict)
    sha256: str = ""
    weaknesses: str = ""


def save_weights(path: Path, network: Network, card: Card) -> Card:
    """Write weights to ``path``, matrices in 16 bits, and the card beside them; return it with its sha256."""
    tensors = {}
    for name, value in network.state_dict().items():
        if value.is_floating_point():  # normalisation's step counters are of no use later
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
    # Not on torch's meta device: that needs a newer sympy than QGIS may have. Sizes are limited instead.
    network = _network(card, path)
    if not isinstance(network, kind):
        raise ModelError(
            f"{path.name} holds a network of another kind ({card.architecture['name']}); use other weights."
        )
    wanted = {name: value for name, value in network.state_dict().items() if value.is_floating_point()}
    tensors = _read_tensors(path, wanted)
    if _sha256(path) != card.sha256:
        raise ModelError(f"{path.name} is not the file its card describes; install both files again.")
    if not all(torch.isfinite(value).all() for value in tensors.values()):
        raise ModelError(f"{path.name} holds weights that are not finite; use other weights.")
    network.load_state_dict(tensors, strict=False)  # names were compared; only step counters are missing
    return network.eval(), card


def read_card(path: Path) -> Card:
    """Return the card in ``path``, every field checked."""
    try:
        if path.stat().st_size > LARGEST_CARD_BYTES:
            raise ValueError("too large")
        content = json.loads(path.read_text(encoding="utf-8"))
        card = Card(**{**content, "classes": tuple(content["classes"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"The card {path} of the weights is missing or damaged ({error}); install them again."
        ) from error
    _refuse_foreign(card, path)
    return card


def _refuse_foreign(card: Card, path: Path) -> None:
    checks: list[tuple[Callable[[], bool], str]] = [
        (lambda: card.classes == CODES, f"its classes are not {', '.join(CODES)}"),
        (lambda: card.input_quantity == QUANTITY, f"its input is not {QUANTITY}"),
        (lambda: 0.05 <= float(card.temperature) <= 20, "its temperature is not between 0.05 and 20"),
        (
            lambda: isinstance(card.model_id, str) and len(card.model_id) < 200,
            "its model_id is not a short text",
        ),
        (lambda: isinstance(card.training, dict), "its training is no table"),
        (lambda: isinstance(card.scores, dict), "its scores are no table"),
        (lambda: isinstance(card.independent, bool), "its independent is neither true nor false"),
        (lambda: isinstance(card.sha256, str), "its sha256 is no text"),
        (lambda: isinstance(card.weaknesses, str), "its weaknesses are no text"),
    ]
    for holds, reason in checks:
        try:
            fits = holds()
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise ModelError(
                f"The weights of {path} do not fit this plugin: {reason}; use weights made for it."
            )


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
