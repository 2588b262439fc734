# SPDX-License-Identifier: GPL-2.0-or-later
import json

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.training.data.duplicates import DuplicateFinder
from metocean.training.data.pool import open_folders
from metocean.training.data.shards import Content, write_shard
from metocean.training.fit.job import Job
from metocean.training.fit.splits import open_data
from metocean.training.recipes.presets import RECIPES
from scipy import ndimage


def opened(job):
    return open_data(job.folders, job.recipe)


@pytest.fixture
def images():
    """Eight uint8 images of 256 px with structure at every scale."""
    rng = np.random.default_rng(0)
    noise = ndimage.gaussian_filter(rng.normal(size=(8, 256, 256)), (0, 3, 3))
    return np.clip(100 + 25 * noise / noise.std(), 0, 255).astype(np.uint8)


def job(out, data, **folders):
    return Job(RECIPES["unet", "ours"], data=(data,), out=out, **folders)


def shard(path, images, simulated=False):
    tags = np.arange(len(images), dtype=np.uint8) % 2 * 6 + 1
    labels = np.repeat(np.repeat(tags[:, None, None], 64, 1), 64, 2)
    write_shard(path, Content(images, labels, tags), {"simulated": simulated})
    return path


def test_twins_are_known_by_other_sizes_and_grey_levels(images, tmp_path):
    small = images.reshape(8, 128, 2, 128, 2).mean((2, 4))
    stretched = np.clip((small / 100.0) ** 2 * 90 - 20, 0, 255).astype(np.uint8)
    larger = np.repeat(np.repeat(images[4:], 2, 1), 2, 2)
    duplicates = DuplicateFinder(
        open_folders([shard(tmp_path / "a", np.repeat(np.repeat(stretched[:3], 2, 1), 2, 2))])
    )
    (same,) = open_folders([shard(tmp_path / "b", images)])
    assert duplicates(same).tolist() == [True] * 3 + [False] * 5
    assert (
        DuplicateFinder(open_folders([shard(tmp_path / "c", larger)]))(same).tolist()
        == [False] * 4 + [True] * 4
    )


def test_images_without_structure_are_nobodys_twins(tmp_path):
    flat = np.full((2, 256, 256), 80, np.uint8)
    (same,) = open_folders([shard(tmp_path / "a", flat)])
    assert not DuplicateFinder([same])(same).any() and not DuplicateFinder([])(same).any()


def test_real_images_of_the_test_set_are_not_trained_on(images, tmp_path, capsys):
    data, test = shard(tmp_path / "data", images), shard(tmp_path / "test", images[[1, 6]])
    validation = shard(tmp_path / "validation", images[[2]])
    apart = {"test": (test,), "validation": (validation,)}
    assert opened(job(tmp_path / "run", data, **apart)).pool.count == 5
    assert (
        "data: 3 images are left out, which are also in the test or validation set" in capsys.readouterr().out
    )
    with pytest.raises(InputError, match="No labelled images to train on"):
        opened(job(tmp_path / "run", shard(tmp_path / "few", images[[1, 2]]), **apart))


def test_simulated_images_are_not_compared(images, tmp_path):
    data, test = (shard(tmp_path / name, images, simulated=True) for name in ("data", "test"))
    assert json.loads((data / "meta.json").read_text())["simulated"]
    assert opened(job(tmp_path / "run", data, test=(test,), validation=(test,))).pool.count == 8
