# SPDX-License-Identifier: GPL-2.0-or-later
"""Two processes on CPU, started as anyone would start them."""

import csv
import subprocess
import sys
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from metocean.models.networks.unet import UNetConfig
from metocean.training.data.batches import Batches
from metocean.training.data.pool import Pool, open_folders
from metocean.training.data.shards import Content, write_shard
from metocean.training.fit.command_line import parse
from metocean.training.recipes.initial_weights import first_network
from metocean.training.recipes.optimiser import OPTIMISERS, build_loss, build_optimiser
from metocean.training.recipes.recipe import Optimiser


def write_labelled(path, seed):
    """All cells are labelled, so that a mean over two batches is the mean of their means."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(1, 11, (6, 64, 64), dtype=np.uint8)
    images = (labels * 20 + rng.integers(0, 20, labels.shape, dtype=np.uint8)).repeat(4, 1).repeat(4, 2)
    write_shard(path, Content(images, labels, None), {"simulated": True})


def reference(job, steps):
    """One process with the batches of both, plain torch, no Fabric: its weights, optimiser and losses."""
    recipe = job.recipe
    pool = Pool(list(job.data), open_folders(list(job.validation)))
    to_device = lambda tensors: tensors  # noqa: E731
    device = SimpleNamespace(type="cpu")
    ranks = [
        Batches(pool, recipe, SimpleNamespace(global_rank=rank, device=device, to_device=to_device))
        for rank in (0, 1)
    ]
    network = first_network(recipe, None)
    optimiser, loss = build_optimiser(recipe, network), build_loss(recipe, torch.from_numpy(pool.prior(0.0)))
    losses = []
    for step in range(steps):
        pairs = [batches.read(step, recipe.stages[0]) for batches in ranks]
        images, labels = (torch.cat(parts) for parts in zip(*pairs))
        optimiser.zero_grad()
        value = loss(network(images), labels)
        value.backward()
        optimiser.step()
        losses.append(float(value.detach()))
    return network, optimiser, losses


# Adam divides a gradient by its size: where one is next to nothing, rounding decides about a whole step, and
# the weights of two ways are the same only on some processors. Descent is as exact as its gradients on all.
DESCENT = partial(torch.optim.SGD, momentum=0.9)
SCRIPT = """
from functools import partial
import torch
from metocean.training import train
from metocean.training.recipes.optimiser import OPTIMISERS
from metocean.training.recipes.recipe import Optimiser

OPTIMISERS[Optimiser.ADAM] = partial(torch.optim.SGD, momentum=0.9)
train.main()
"""


def gradients(optimiser_state):
    """The sums of the gradients of all steps that descent with momentum keeps, of all weights."""
    states = optimiser_state["state"]
    return [states[number]["momentum_buffer"] for number in sorted(states)]


def test_two_processes_do_what_one_does_with_twice_the_batch(tmp_path, one_thread, monkeypatch):
    monkeypatch.setitem(OPTIMISERS, Optimiser.ADAM, DESCENT)
    write_labelled(tmp_path / "data" / "shard-000", 0)
    write_labelled(tmp_path / "validation" / "shard-000", 1)
    line = f"--preset paper --width 2 --batch 2 --steps 3 --data {tmp_path / 'data'} --out {tmp_path / 'run'}"
    line += f" --validation {tmp_path / 'validation'} --device cpu --devices 2 --precision 32-true"
    script = tmp_path / "descend.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), *line.split()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    state = torch.load(tmp_path / "run" / "state.pt", weights_only=True)
    assert state["progress"]["images"] == 3 * 2 * 2
    assert "2 x cpu" in (tmp_path / "run" / "unet.json").read_text()
    job = parse(line.split(), None)
    network, optimiser, losses = reference(job, 3)
    assert network.config == UNetConfig(width=2, norm=False)
    found, expected = (gradients(each) for each in (state["optimiser"], optimiser.state_dict()))
    assert len(found) == len(expected) == len(list(network.parameters()))
    for one, other in zip(found, expected):
        torch.testing.assert_close(one, other, rtol=0, atol=2e-3 * float(other.abs().max()))
    with (tmp_path / "run" / "log.csv").open() as log:
        assert float(list(csv.DictReader(log))[-1]["loss"]) == pytest.approx(np.mean(losses), rel=1e-3)
    begun = first_network(job.recipe, None).state_dict()
    assert not any(torch.equal(state["network"][name], value) for name, value in begun.items())
    # One process writes, the other is silent.
    assert run.stdout.count("training on 2 x cpu") == run.stdout.count("unet.safetensors") == 1
