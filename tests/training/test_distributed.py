"""Two processes on CPU, started as anyone would start them."""

import csv
import subprocess
import sys
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
from metocean.training.recipes.optimiser import build_loss, build_optimiser


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


def mean_gradients(state):
    """The moving averages of the gradients that Adam keeps, of all weights."""
    return [state["state"][number]["exp_avg"] for number in sorted(state["state"])]


def test_two_processes_do_what_one_does_with_twice_the_batch(tmp_path, one_thread):
    write_labelled(tmp_path / "data" / "shard-000", 0)
    write_labelled(tmp_path / "validation" / "shard-000", 1)
    line = f"--preset paper --width 2 --batch 2 --steps 3 --data {tmp_path / 'data'} --out {tmp_path / 'run'}"
    line += f" --validation {tmp_path / 'validation'} --device cpu --devices 2 --precision 32-true"
    command = [sys.executable, "-m", "metocean.training.train", *line.split()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    state = torch.load(tmp_path / "run" / "state.pt", weights_only=True)
    assert state["progress"]["images"] == 3 * 2 * 2
    assert "2 x cpu" in (tmp_path / "run" / "unet.json").read_text()
    job = parse(line.split(), None)
    network, optimiser, losses = reference(job, 3)
    assert network.config == UNetConfig(width=2, norm=False)
    # Gradients, not weights: where one is next to nothing, Adam divides rounding by rounding and takes a whole
    # step of it. That reaches the gradients of later steps, too: they differ by 1e-6 to 2e-3 of the largest, by
    # processor, where those of one process alone differ by half of it.
    found, expected = (mean_gradients(each) for each in (state["optimiser"], optimiser.state_dict()))
    assert len(found) == len(expected) == len(list(network.parameters()))
    for one, other in zip(found, expected):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-2 * float(other.abs().max()))
    with (tmp_path / "run" / "log.csv").open() as log:
        assert float(list(csv.DictReader(log))[-1]["loss"]) == pytest.approx(np.mean(losses), rel=1e-3)
    begun = first_network(job.recipe, None).state_dict()
    assert not any(torch.equal(state["network"][name], value) for name, value in begun.items())
    # One process writes, the other is silent.
    assert run.stdout.count("training on 2 x cpu") == run.stdout.count("unet.safetensors") == 1
