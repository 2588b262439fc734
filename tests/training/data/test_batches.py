# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from metocean.training.data.augment import coarsened
from metocean.training.data.batches import Batches, phenomenon_centres
from metocean.training.data.pool import Batch, Pool
from metocean.training.recipes.augmentation import PAPER
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import TrainingStage

WHOLE = TrainingStage(1.0, 32)


def fabric(rank=0, device="cpu"):
    """What batches ask of Fabric, for one of several processes."""
    return SimpleNamespace(
        global_rank=rank, device=SimpleNamespace(type=device), to_device=lambda tensors: tensors
    )


def batches(folder, rank=0, device="cpu", model="unet", **changes):
    stage = WHOLE if model == "unet" else TrainingStage(1.0, 64)
    recipe = replace(RECIPES[model, "ours"], batch=4, stages=(stage,), **changes)
    return Batches(Pool([folder], [], by=recipe.task.by), recipe, fabric(rank, device))


@pytest.fixture
def folder(tmp_path, write_textures):
    return write_textures(tmp_path / "shard-000")


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other))


def test_a_batch_depends_on_seed_step_and_process_alone(folder):
    expected = batches(folder).read(3, WHOLE)
    late = batches(folder)
    late.read(7, WHOLE)
    assert same(late.read(3, WHOLE), expected)
    assert not same(late.read(4, WHOLE), expected)
    assert not same(batches(folder, rank=1).read(3, WHOLE), expected)
    assert not same(batches(folder, seed=1).read(3, WHOLE), expected)


def test_reading_ahead_changes_nothing(folder):
    direct, ahead = batches(folder), batches(folder, device="cuda")
    assert ahead.prefetch and not direct.prefetch
    smaller = TrainingStage(1.0, 16)
    for step, stage in ((0, WHOLE), (1, WHOLE), (2, smaller), (9, smaller), (10, WHOLE)):
        assert same(ahead.read(step, stage), direct.read(step, stage))
    ahead.refresh()
    assert same(ahead.read(11, WHOLE), direct.read(11, WHOLE))


def test_coarser_images_are_made_of_augmented_ones(folder):
    stage = TrainingStage(1.0, 64)
    images, target = batches(folder, model="categorizer").read(0, stage)
    coarse, same = batches(folder, model="categorizer", coarser=4.0).read(0, stage)
    assert coarse.shape == (4, 1, 16, 16) and all(map(torch.equal, target, same))
    torch.testing.assert_close(coarse, coarsened(images, 4.0))


def test_smaller_images_make_larger_batches_of_the_same_memory(folder):
    recipe = replace(RECIPES["unet", "ours"], batch=2, stages=(WHOLE, TrainingStage(1.0, 16)))
    images, labels = Batches(Pool([folder], []), recipe, fabric()).read(0, TrainingStage(1.0, 16))
    assert images.shape == (8, 1, 16, 16) and labels.shape == (8, 4, 4)
    assert images.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("model", "side_px"), [("unet", 32), ("categorizer", 64), ("im2px", 64)])
def test_each_model_gets_its_resolution_and_its_target(folder, model, side_px):
    images, target = batches(folder, model=model, augmentation=PAPER).read(0, TrainingStage(1.0, side_px))
    assert images.shape == (4, 1, side_px, side_px)
    if model == "unet":
        assert target.shape == (4, 8, 8) and set(target.unique().tolist()) == {0, 1, 7}
    elif model == "categorizer":
        cells, tags = target
        assert cells.shape == (4, 8, 8) and set(cells.unique().tolist()) <= {0, 1, 7}
        assert tags.shape == (4,) and set(tags.tolist()) <= {1, 7}
    else:  # the tag of the image at every cell
        assert target.shape == (4, 8, 8) and (target == target[:, :1, :1]).all() and (target > 0).all()


def test_excluded_classes_are_unlabelled(folder):
    _, labels = batches(folder, exclude=("POW",)).read(0, WHOLE)
    assert set(labels.unique().tolist()) == {0, 1}
    named = batches(folder, model="categorizer", loss="cross-entropy", exclude=("AF",))
    _, tags = named.read(0, TrainingStage(1.0, 64))
    assert set(tags.tolist()) <= {0, 7}


def test_centres_lie_on_the_phenomenon():
    labels = np.full((3, 8, 8), 7, np.uint8)
    labels[0, 2, 5] = labels[0, 6, 1] = 4
    tags = np.array([4, 3, 0], np.uint8)
    batch = Batch(np.zeros((3, 64, 64), np.uint8), labels, tags)
    centres = np.stack([phenomenon_centres(batch, np.random.default_rng(i)) for i in range(20)])
    cells = {(2 * 5.5 / 8 - 1, 2 * 2.5 / 8 - 1), (2 * 1.5 / 8 - 1, 2 * 6.5 / 8 - 1)}
    assert {tuple(xy) for xy in centres[:, 0]} == cells
    assert np.isnan(centres[:, 1:]).all()  # not in the image, and no tag
