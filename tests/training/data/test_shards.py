# SPDX-License-Identifier: GPL-2.0-or-later
import json

import numpy as np
import pytest
from metocean.core.classes import class_index
from metocean.core.errors import InputError
from metocean.training.data.resizing import doubled, halved
from metocean.training.data.shards import Content, class_shares, main_class, open_shard, write_shard
from scipy import ndimage

POW, IB, WS = (class_index(code) + 1 for code in ("POW", "IB", "WS"))


def plain(count, code, cells=4, step=4):
    """Grey images, labelled all over with one class."""
    images = np.zeros((count, step * cells, step * cells), np.uint8)
    return Content(images, np.full((count, cells, cells), code, np.uint8), None)


def tagged(tags, side=16):
    return Content(np.zeros((len(tags), side, side), np.uint8), None, np.array(tags, np.uint8))


def test_a_shard_as_it_was_before_steps_and_tags(tmp_path):
    """Written by hand: images.npy, labels.npy, and a meta.json that says no more than it did."""
    np.save(tmp_path / "images.npy", np.zeros((2, 256, 256), np.uint8))
    np.save(tmp_path / "labels.npy", np.full((2, 64, 64), WS, np.uint8))
    (tmp_path / "meta.json").write_text('{"seed": 1, "count": 2, "generator": 2, "simulated": true}')
    shard = open_shard(tmp_path)
    assert (shard.step, shard.cells, shard.simulated) == (4, 64, True)
    assert shard.tags.tolist() == [WS, WS]
    assert isinstance(shard.images, np.memmap) and isinstance(shard.labels, np.memmap)


def test_a_shard_of_tags_alone(tmp_path):
    write_shard(tmp_path, tagged([0, 3, 10]), {"step": 8})
    shard = open_shard(tmp_path)
    assert (shard.labels, shard.step, shard.cells, shard.simulated) == (None, 8, 2, False)
    assert shard.tags.tolist() == [0, 3, 10]
    assert np.argwhere(shard.shares == 1).tolist() == [[1, 2], [2, 9]]
    _, labels = shard.read(1, step=4, cells=2)
    assert labels.tolist() == [[0, 0], [0, 0]]


def test_tags_that_are_given_go_before_pixels(tmp_path):
    content = plain(2, WS, step=8)
    write_shard(tmp_path, Content(content.images, content.labels, np.array([IB, 0], np.uint8)), {})
    shard = open_shard(tmp_path)
    assert shard.tags.tolist() == [IB, 0]
    assert shard.step == 8 and (shard.shares[:, WS - 1] == 1).all()


def test_shares_by_hand():
    labels = np.zeros((1, 2, 2), np.uint8)
    labels[0, 0] = 3, 10
    assert class_shares(labels).tolist() == [[0, 0, 0.25, 0, 0, 0, 0, 0, 0, 0.25]]


@pytest.mark.parametrize(
    ("shares", "named"),
    [
        ({}, 0),
        ({POW: 0.1}, POW),
        ({POW: 0.9, IB: 0.01, WS: 0.05}, WS),
        ({POW: 0.9, IB: 0.001}, POW),  # one iceberg cell in a thousand: not present
        ({IB: 0.001}, 0),
    ],
)
def test_what_an_image_would_be_named_for(shares, named):
    row = np.zeros((1, 10))
    for code, share in shares.items():
        row[0, code - 1] = share
    assert main_class(row).tolist() == [named]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("labels", "do not fit"),
        ("codes", "up to 10"),
        ("count", "meta.json"),
        ("list", "meta.json"),
        ("cut", "not a complete shard"),
        ("json", "not a complete shard"),
        ("type", "float32"),
        ("oblong", "not squares"),
        ("tags", "do not fit"),
        ("step", '"step" in meta.json'),
    ],
)
def test_damaged_shards_are_refused_with_their_name(tmp_path, damage, said):
    path = tmp_path / "shard-007"
    write_shard(path, plain(2, 11 if damage == "codes" else 1), {})
    replacements = {
        "labels": ("labels", np.zeros((2, 5, 4), np.uint8)),
        "type": ("images", np.zeros((2, 16, 16), np.float32)),
        "oblong": ("images", np.zeros((2, 16, 12), np.uint8)),
        "tags": ("tags", np.zeros(3, np.uint8)),
    }
    texts = {"count": '{"count": 3}', "list": "[]", "json": "{"}
    if damage in replacements:
        name, array = replacements[damage]
        np.save(path / f"{name}.npy", array)
    elif damage in texts:
        (path / "meta.json").write_text(texts[damage])
    elif damage == "cut":
        content = (path / "images.npy").read_bytes()
        (path / "images.npy").write_bytes(content[: len(content) // 2])
    elif damage == "step":
        (path / "labels.npy").unlink()
    with pytest.raises(InputError, match=rf"shard-007.*{said}.*generate it again"):
        open_shard(path)


def test_pickled_arrays_are_not_opened(tmp_path):
    write_shard(tmp_path, plain(1, 1), {})
    np.save(tmp_path / "labels.npy", np.array([[[{}]]]))
    with pytest.raises(InputError, match="not a complete shard"):
        open_shard(tmp_path)


def test_meta_is_written_last(tmp_path, monkeypatch):
    def full_disk(*_):
        raise OSError

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(np, "save", full_disk)
        write_shard(tmp_path, plain(1, 1), {})
    assert not list(tmp_path.iterdir())
    write_shard(tmp_path, plain(1, 1), {"source": "test"})
    assert json.loads((tmp_path / "meta.json").read_text()) == {"count": 1, "source": "test"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images.npy", "labels.npy", "meta.json"]


def test_halving_averages_power(rng):
    image = rng.integers(0, 256, (6, 8), dtype=np.uint8)
    image[:2, :2] = [[0, 1], [0, 0]]  # the mean of the squares is a quarter, and its root is rounded down
    image[:2, 2:4] = 255
    expected = [
        [np.round(np.sqrt(np.mean(image[y : y + 2, x : x + 2].astype(float) ** 2))) for x in range(0, 8, 2)]
        for y in range(0, 6, 2)
    ]
    assert halved(image).tolist() == expected
    assert expected[0][:2] == [0, 255]


def test_doubling_is_bilinear(rng):
    image = rng.integers(0, 256, (5, 7), dtype=np.uint8)
    rows, columns = (np.arange(2 * size) / 2 - 0.25 for size in image.shape)
    places = np.meshgrid(rows, columns, indexing="ij")
    expected = ndimage.map_coordinates(image.astype(float), places, order=1, mode="nearest")
    assert np.abs(doubled(image) - expected).max() <= 0.5


@pytest.mark.parametrize("step", [4, 8])
def test_a_part_is_the_middle_at_either_step(tmp_path, rng, step):
    """Cells 1 to 2 of 4: pixels 8 to 23 of 32."""
    labels = rng.integers(0, 11, (2, 4, 4), dtype=np.uint8)
    images = rng.integers(0, 256, (2, 32, 32), dtype=np.uint8)
    write_shard(tmp_path, Content(images, labels, None), {})
    image, cells = open_shard(tmp_path).read(1, step, cells=2)
    middle = images[1, 8:24, 8:24]
    np.testing.assert_array_equal(image, middle if step == 8 else halved(middle))
    np.testing.assert_array_equal(cells, labels[1, 1:3, 1:3])
