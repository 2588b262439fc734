# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of weights to save, alter and damage."""

import hashlib
import json

import torch
from metocean.core.classes import CODES
from metocean.models.card import Card
from metocean.models.networks.registry import initialise
from safetensors.torch import load_file, save_file

CARD = Card(
    classes=CODES,
    resolution_m=100.0,
    temperature=1.25,
    model_id="test-1",
    training={"steps": 3},
    scores={"mean": 0.5},
    independent=False,
)


def ready(made):
    initialise(made, 0)
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.uniform_(1e-6, 1e5)  # beyond what 16 bits hold
    return made.eval()


def change_card(path, **changes):
    card = path.with_suffix(".json")
    card.write_text(json.dumps({**json.loads(card.read_text()), **changes}))


def change_tensors(path, change):
    """Alter the tensors and give the card the new checksum, as someone who means it would."""
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)
    change_card(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
