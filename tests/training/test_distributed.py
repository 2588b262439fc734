"""Two processes on CPU, started as anyone would start them."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
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
    """One process with the batches of both: plain torch, no Fabric."""
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
    for step in range(steps):
        pairs = [batches.read(step, recipe.stages[0]) for batches in ranks]
        images, labels = (torch.cat(parts) for parts in zip(*pairs))
        optimiser.zero_grad()
        loss(network(images), labels).backward()
        optimiser.step()
    return network


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
    expected = reference(parse(line.split(), None), 3)
    assert expected.config == UNetConfig(width=2, norm=False)
    begun = first_network(parse(line.split(), None).recipe, None).state_dict()
    for name, value in expected.state_dict().items():
        torch.testing.assert_close(state["network"][name], value, rtol=1e-3, atol=1e-5)
        assert not torch.equal(value, begun[name])
    # One process writes, the other is silent.
    assert run.stdout.count("training on 2 x cpu") == run.stdout.count("unet.safetensors") == 1
