# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.training.data.pool import Pool, find_shards, made_by, open_folders, origin
from metocean.training.data.shards import Content, class_shares, write_shard


def write(path, labels, tags=None, step=4):
    """Images hold their own number, so that a draw can be told."""
    count, cells = len(labels), labels.shape[-1]
    images = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None], (count, *[step * cells] * 2))
    tags = None if tags is None else np.array(tags, np.uint8)
    write_shard(path, Content(images, labels.astype(np.uint8), tags), {})


def write_tagged(path, tags, side=32):
    images = np.broadcast_to(np.arange(len(tags), dtype=np.uint8)[:, None, None], (len(tags), side, side))
    write_shard(path, Content(images, None, np.array(tags, np.uint8)), {"step": 8})


def plain(count: int, code: int, cells: int = 4):
    return np.full((count, cells, cells), code)


def test_incomplete_shards_are_passed_over(tmp_path):
    write(tmp_path / "shard-000", plain(2, 1))
    write(tmp_path / "shard-001", plain(2, 1))
    (tmp_path / "shard-001" / "meta.json").unlink()
    assert find_shards([tmp_path]) == [tmp_path / "shard-000"]
    assert find_shards([tmp_path / "shard-000"]) == [tmp_path / "shard-000"]
    with pytest.raises(InputError, match="No complete shards"):
        open_folders([tmp_path / "elsewhere"])


def test_origin_is_what_the_shards_say(tmp_path):
    write(tmp_path / "shard-000", plain(1, 1))
    content = Content(np.zeros((1, 16, 16), np.uint8), np.ones((1, 4, 4), np.uint8), None)
    write_shard(tmp_path / "shard-001", content, {"simulated": True, "generator": 7})
    shards = open_folders([tmp_path])
    assert [origin(shards[:1]), origin(shards[1:])] == ["real", "simulated"]
    assert origin(shards) == "simulated and real"
    assert [made_by(shards[:1]), made_by(shards)] == ["", " (simulator's version 7)"]
    write_shard(tmp_path / "shard-002", content, {"simulated": True, "generator": 7, "wide": True})
    assert made_by(open_folders([tmp_path])) == " (simulator's version 7, 1 of them cut out of wide scenes)"


def test_pool_grows_and_leaves_out_validation(tmp_path):
    write(tmp_path / "shard-000", plain(2, 1))
    write(tmp_path / "shard-001", plain(3, 2))
    held_out = open_folders([tmp_path / "shard-000"])
    pool = Pool([tmp_path], held_out)
    assert pool.count == 3
    write(tmp_path / "shard-002", plain(4, 3))
    pool.refresh()
    pool.refresh()
    assert pool.count == 7
    batch = pool.read(np.array([0, 2, 3, 6]), step=4)
    assert batch.images[:, 0, 0].tolist() == [0, 2, 0, 3]
    assert batch.labels[:, 0, 0].tolist() == [2, 2, 3, 3]
    assert batch.tags.tolist() == [2, 2, 3, 3]


def test_nothing_left_to_train_on_is_an_error(tmp_path):
    write(tmp_path / "shard-000", plain(2, 1))
    with pytest.raises(InputError, match="generate more"):
        Pool([tmp_path], open_folders([tmp_path]))
    write(tmp_path / "shard-001", plain(2, 0))
    with pytest.raises(InputError, match="No labelled images"):
        Pool([tmp_path / "shard-001"], [])


def test_shards_of_different_size_and_step_make_one_batch(tmp_path):
    """The middles of the larger, at the step asked for; what has no labels is unlabelled."""
    write(tmp_path / "shard-000", plain(1, 1, cells=6), step=4)
    write(tmp_path / "shard-001", plain(2, 2, cells=5), step=8)
    write_tagged(tmp_path / "shard-002", [7, 0, 3])
    pool = Pool([tmp_path], [])
    for step in (4, 8):
        batch = pool.read(np.array([5, 0, 2]), step)
        assert batch.images.shape == (3, 4 * step, 4 * step) and batch.labels.shape == (3, 4, 4)
        assert [array.dtype for array in vars(batch).values()] == [np.uint8] * 3
        assert [np.unique(image).tolist() for image in batch.images] == [[2], [0], [1]]
        assert [np.unique(labels).tolist() for labels in batch.labels] == [[0], [1], [2]]
        assert batch.tags.tolist() == [3, 1, 2]


def test_rare_classes_get_their_share(tmp_path):
    labels = plain(100, 7)
    labels[0, 0, 0] = 3  # one iceberg cell in one image of a hundred
    write(tmp_path / "shard-000", labels)
    pool = Pool([tmp_path], [])
    rng = np.random.default_rng(0)
    assert (pool.draw(4000, 0.0, rng) == 0).mean() == pytest.approx(0.01, abs=0.006)
    # Two classes present: icebergs are drawn in half of the balanced half, and by chance.
    assert (pool.draw(4000, 0.5, rng) == 0).mean() == pytest.approx(0.5 * 0.5 + 0.01 * 0.75, abs=0.03)


def test_classes_by_tag_are_not_those_by_pixel(tmp_path):
    """Every image has pixels of 7; ten of a hundred are named for 3."""
    write(tmp_path / "shard-000", plain(100, 7), tags=[3] * 10 + [0] * 30 + [9] * 60)
    pool = Pool([tmp_path], [], by="tags")
    drawn = pool.draw(4000, 1.0, np.random.default_rng(0))
    assert (drawn < 10).mean() == pytest.approx(0.5, abs=0.03)
    assert not ((drawn >= 10) & (drawn < 40)).any()
    assert pool.prior(1.0)[[2, 8]].tolist() == [0.5, 0.5]
    assert pool.prior(0.0)[[2, 8]] == pytest.approx([1 / 7, 6 / 7])
    assert Pool([tmp_path], []).prior(0.5)[6] == 1


@pytest.mark.parametrize("by", ["labels", "tags"])
def test_prior_is_that_of_the_draw(tmp_path, by):
    labels = plain(50, 7)
    labels[:5, :2] = 3
    labels[5:20, 0] = 0
    write(tmp_path / "shard-000", labels)
    pool = Pool([tmp_path], [], by=by)
    batch = pool.read(pool.draw(5000, 0.6, np.random.default_rng(1)), step=4)
    seen = class_shares(batch.labels if by == "labels" else batch.tags[:, None]).mean(axis=0)
    np.testing.assert_allclose(pool.prior(0.6), seen / seen.sum(), atol=0.015)


def test_the_first_of_each_class_and_no_others(tmp_path):
    write_tagged(tmp_path / "shard-000", [5, 5, 0, 5, 1])
    write_tagged(tmp_path / "shard-001", [1, 1, 9])
    pool = Pool([tmp_path], [], per_class=2)
    batch = pool.read(np.arange(pool.count), step=8)
    assert batch.tags.tolist() == [5, 5, 1, 1, 9]
    assert batch.images[:, 0, 0].tolist() == [0, 1, 4, 0, 2]
    write_tagged(tmp_path / "shard-002", [5, 9, 9])
    pool.refresh()
    batch = pool.read(np.arange(pool.count), step=8)
    assert batch.tags.tolist() == [5, 5, 1, 1, 9, 9]
    assert batch.images[-1, 0, 0] == 1
