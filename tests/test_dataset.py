import json

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.training.dataset import Pool, class_shares, find_shards, open_folders, open_shard


def write_shard(path, labels, complete=True):
    """Images hold their own number, so that a draw can be told."""
    path.mkdir(parents=True)
    count, cells = len(labels), labels.shape[-1]
    images = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None], (count, 4 * cells, 4 * cells))
    np.save(path / "images.npy", images)
    np.save(path / "labels.npy", labels.astype(np.uint8))
    if complete:
        (path / "meta.json").write_text(json.dumps({"seed": 1, "count": count}))


def plain(count: int, code: int, cells: int = 4):
    return np.full((count, cells, cells), code)


def test_incomplete_shards_are_passed_over(tmp_path):
    write_shard(tmp_path / "shard-000", plain(2, 1))
    write_shard(tmp_path / "shard-001", plain(2, 1), complete=False)
    assert find_shards([tmp_path]) == [tmp_path / "shard-000"]
    assert find_shards([tmp_path / "shard-000"]) == [tmp_path / "shard-000"]
    with pytest.raises(InputError, match="No complete shards"):
        open_folders([tmp_path / "elsewhere"])


def test_images_stay_on_disk(tmp_path):
    write_shard(tmp_path / "s", plain(3, 2))
    assert isinstance(open_shard(tmp_path / "s").images, np.memmap)


def test_shares_by_hand():
    labels = np.zeros((1, 2, 2), np.uint8)
    labels[0, 0] = 3, 10
    assert class_shares(labels).tolist() == [[0, 0, 0.25, 0, 0, 0, 0, 0, 0, 0.25]]


@pytest.mark.parametrize("damage", ["labels", "codes", "count", "cut", "json", "type"])
def test_damaged_shards_are_refused_with_their_name(tmp_path, damage):
    path = tmp_path / "shard-007"
    write_shard(path, plain(2, 11 if damage == "codes" else 1))
    if damage == "labels":
        np.save(path / "labels.npy", np.zeros((2, 5, 4), np.uint8))
    elif damage == "type":
        np.save(path / "images.npy", np.zeros((2, 16, 16), np.float32))
    elif damage == "count":
        (path / "meta.json").write_text('{"count": 3}')
    elif damage == "json":
        (path / "meta.json").write_text("{")
    elif damage == "cut":
        content = (path / "images.npy").read_bytes()
        (path / "images.npy").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"shard-007.*generate it again"):
        open_shard(path)


def test_pool_grows_and_leaves_out_validation(tmp_path):
    write_shard(tmp_path / "shard-000", plain(2, 1))
    write_shard(tmp_path / "shard-001", plain(3, 2))
    held_out = open_folders([tmp_path / "shard-000"])
    pool = Pool([tmp_path], held_out)
    assert pool.count == 3
    write_shard(tmp_path / "shard-002", plain(4, 3))
    pool.refresh()
    pool.refresh()
    assert pool.count == 7
    images, labels = pool.read(np.array([0, 2, 3, 6]))
    assert images[:, 0, 0].tolist() == [0, 2, 0, 3]
    assert labels[:, 0, 0].tolist() == [2, 2, 3, 3]


def test_nothing_left_to_train_on_is_an_error(tmp_path):
    write_shard(tmp_path / "shard-000", plain(2, 1))
    with pytest.raises(InputError, match="generate more"):
        Pool([tmp_path], open_folders([tmp_path]))


def test_rare_classes_get_their_share(tmp_path):
    labels = plain(100, 7)
    labels[0, 0, 0] = 3  # one iceberg cell in one image of a hundred
    write_shard(tmp_path / "shard-000", labels)
    pool = Pool([tmp_path], [])
    rng = np.random.default_rng(0)
    assert (pool.draw(4000, 0.0, rng) == 0).mean() == pytest.approx(0.01, abs=0.006)
    # Two classes present: icebergs are drawn in half of the balanced half, and by chance.
    assert (pool.draw(4000, 0.5, rng) == 0).mean() == pytest.approx(0.5 * 0.5 + 0.01 * 0.75, abs=0.03)


def test_prior_is_that_of_the_draw(tmp_path):
    labels = plain(50, 7)
    labels[:5, :2] = 3
    labels[5:20, 0] = 0
    write_shard(tmp_path / "shard-000", labels)
    pool = Pool([tmp_path], [])
    _, drawn = pool.read(pool.draw(5000, 0.6, np.random.default_rng(1)))
    seen = class_shares(drawn).mean(axis=0)
    np.testing.assert_allclose(pool.prior(0.6), seen / seen.sum(), atol=0.015)
