# SPDX-License-Identifier: GPL-2.0-or-later
"""From a folder of any layout to shards: what is recognised, and what is done once only."""

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.training.data.pool import Pool, open_folders
from metocean.training.data.readers import importing
from metocean.training.data.readers.importing import import_folder, recognise
from metocean.training.data.shards import Content, write_shard


def test_shards_are_returned_as_they_are(tmp_path):
    content = Content(np.zeros((1, 32, 32), np.uint8), None, np.array([1], np.uint8))
    write_shard(tmp_path / "shard-000", content, {"step": 8})
    assert recognise(tmp_path) is None
    assert import_folder(tmp_path, tmp_path / "cache") == [tmp_path]
    assert not (tmp_path / "cache").exists()


def test_other_folders_are_refused_with_what_was_expected_and_found(tmp_path):
    (tmp_path / "holiday").mkdir()
    (tmp_path / "beach.jpg").touch()
    with pytest.raises(InputError) as caught:
        recognise(tmp_path)
    for part in ("shard-000", "GeoTIFF/F", "train/input", "SegmentationClass", "Found: beach.jpg, holiday."):
        assert part in str(caught.value)
    with pytest.raises(InputError, match="not a folder"):
        recognise(tmp_path / "beach.jpg")


def test_what_is_not_divided_is_the_same_shards_for_every_part(tengeop, tmp_path):
    """So held-out images are found among those to train on, and taken out."""
    train, val = (import_folder(tengeop, tmp_path / "cache", part) for part in ("train", "val"))
    assert train == val
    with pytest.raises(InputError, match="No labelled images to train on"):
        Pool(train, open_folders(val))


def test_an_interrupted_import_goes_on(tengeop, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(importing, "SHARD_IMAGES", 8)
    damaged = recognise(tengeop).parts["all"][10].image
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:50])
    with pytest.raises(InputError, match=damaged.name):
        import_folder(tengeop, tmp_path / "cache", percentiles=(0, 100))
    (first,) = (tmp_path / "cache").rglob("meta.json")
    before = first.stat().st_mtime_ns
    damaged.write_bytes(whole)
    folders = import_folder(tengeop, tmp_path / "cache", percentiles=(0, 100))
    assert first.stat().st_mtime_ns == before
    assert [len(shard.images) for shard in open_folders(folders)] == [8, 8, 4]
    assert "20 of 20 images" in capsys.readouterr().out
    assert import_folder(tengeop, tmp_path / "cache", percentiles=(0, 100)) == folders
    assert "of 20 images," not in capsys.readouterr().out


def test_changed_files_are_imported_anew(pixel_masks, tmp_path):
    before = import_folder(pixel_masks, tmp_path / "cache")
    for side in ("input", "output"):
        next((pixel_masks / "train" / side).glob("*_2.png")).unlink()
    after = import_folder(pixel_masks, tmp_path / "cache")
    assert before != after and len(open_folders(after)[0].images) == 2


def test_data_sets_of_all_kinds_make_one_pool(tengeop, pixel_masks, voc, tmp_path):
    folders = [import_folder(folder, tmp_path / "cache")[0] for folder in (tengeop, pixel_masks, voc)]
    pool = Pool(folders, [], by="tags")
    assert pool.count == 25
    batch = pool.read(np.arange(25), step=8)
    assert batch.images.shape == (25, 512, 512) and batch.labels[:20].max() == 0
    assert batch.images[20:, 100, 100].tolist() == [50, 51, 52, 42, 40]
