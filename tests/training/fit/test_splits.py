# SPDX-License-Identifier: GPL-2.0-or-later
import json
from dataclasses import replace

import numpy as np
import pytest
from metocean.core.classes import CODES
from metocean.core.errors import InputError
from metocean.training.data.pool import open_folders
from metocean.training.fit.job import Job
from metocean.training.fit.splits import held, open_data, thinned, with_one_process
from metocean.training.recipes.presets import RECIPES


def opened(job):
    return open_data(job.folders, job.recipe)


def job(out, *data, model="unet", exclude=(), **folders):
    return Job(replace(RECIPES[model, "ours"], exclude=exclude), data=data, out=out, **folders)


@pytest.fixture
def folder(tmp_path, write_textures):
    for i in range(2):
        write_textures(tmp_path / "data" / f"shard-00{i}", count=25, seed=i)
    return tmp_path / "data"


def contents(images):
    return {image.tobytes() for image in images}


def test_a_tenth_of_each_shard_is_held_out(folder, tmp_path):
    data = opened(job(tmp_path / "run", folder))
    assert [len(shard.images) for shard in data.validation] == [3, 3] and data.test == []
    assert data.pool.count == 44
    whole = np.load(folder / "shard-000" / "images.npy")
    np.testing.assert_array_equal(data.validation[0].images, whole[[0, 10, 20]])
    used = contents(data.pool.read(np.arange(44), 4).images)
    held_out = contents(np.concatenate([shard.images for shard in data.validation]))
    assert len(used) == 44 and len(held_out) == 6 and not used & held_out


def test_folders_for_validation_and_test_are_not_trained_on(folder, tmp_path, write_textures):
    more = write_textures(tmp_path / "more", count=30, seed=5)
    parts = {"validation": (folder / "shard-000",), "test": (folder / "shard-001",)}
    data = opened(job(tmp_path / "run", folder, more, **parts))
    assert [shard.path for shard in data.pool.shards] == [more] and data.pool.count == 30
    assert [shard.path.name for shard in data.validation + data.test] == ["shard-000", "shard-001"]


def test_images_of_an_excluded_class_are_not_drawn_where_tags_are_learnt(folder, tmp_path):
    count = opened(job(tmp_path / "run", folder, model="categorizer", exclude=("AF",))).pool.count
    tags = np.concatenate([np.load(folder / f"shard-00{i}" / "tags.npy") for i in range(2)])
    held_out = np.arange(50) % 25 % 10 == 0
    assert count == ((tags != 1) & ~held_out).sum()
    assert opened(job(tmp_path / "run", folder, exclude=("AF",))).pool.count == 44


def test_masks_are_learnt_from_images_that_have_some(folder, tmp_path):
    tagged = {"count": 25, "simulated": True, "step": 4}
    for name in ("shard-001", "shard-000"):
        (folder / name / "meta.json").write_text(json.dumps(tagged))
    (folder / "shard-001" / "labels.npy").unlink()
    for model, count in (("unet", 22), ("categorizer", 44)):
        assert opened(job(tmp_path / "run", folder, model=model)).pool.count == count
    (folder / "shard-000" / "labels.npy").unlink()
    with pytest.raises(InputError, match="No labelled images to train on"):
        opened(job(tmp_path / "run", folder))


def test_thinned_images_come_from_everywhere(folder, tmp_path):
    data = opened(job(tmp_path / "run", folder, validation=(folder / "shard-000",)))
    few = thinned(data.validation, 5)
    np.testing.assert_array_equal(few[0].tags, data.validation[0].tags[::5])
    assert thinned(data.validation, 1000)[0].images.shape == data.validation[0].images.shape


def test_so_many_masks_a_class_and_no_others(folder, tmp_path):
    few = job(tmp_path / "run", folder, validation=(folder / "shard-001",))
    few = replace(few, recipe=replace(few.recipe, per_class=3))
    pool = opened(few).pool
    assert pool.count == 6
    tags = np.load(folder / "shard-000" / "tags.npy")
    first = np.sort(np.concatenate([np.flatnonzero(tags == code)[:3] for code in (1, 7)]))
    np.testing.assert_array_equal(pool.read(np.arange(6), 4).tags, tags[first])


def test_images_of_one_process_hold_nothing_else_but_plain_waves(tmp_path, write_textures):
    folder = write_textures(tmp_path / "data", count=6, seed=0)
    labels, tags = np.full((6, *np.load(folder / "labels.npy").shape[1:]), 7, np.uint8), [3, 3, 3, 7, 7, 0]
    labels[0, 0, 0] = 3
    labels[1, -2:] = 1  # and of the iceberg no cell is left
    labels[2] = 3
    labels[4, :1] = 9
    labels[5] = 0  # nobody says what it is
    np.save(folder / "labels.npy", labels)
    np.save(folder / "tags.npy", np.array(tags, np.uint8))
    [everything] = open_folders([folder])
    names = [set(np.array(CODES)[found]) for found in held(everything)]
    assert names == [{"IB"}, {"IB", "AF"}, {"IB"}, {"POW"}, {"POW", "SI"}, set()]
    [shard] = with_one_process([everything])
    np.testing.assert_array_equal(shard.images, np.load(folder / "images.npy")[[0, 2, 3]])
    np.testing.assert_array_equal(shard.tags, [3, 3, 7])
