# SPDX-License-Identifier: GPL-2.0-or-later
"""Pixel masks: folders of images and folders of their masks."""

import numpy as np
import pytest
from imported_shards import meta, shards
from metocean.core.classes import value_of
from metocean.core.errors import InputError
from metocean.training.data.readers.importing import import_folder, recognise


def test_pixel_masks_by_part(pixel_masks, tmp_path, capsys):
    assert set(recognise(pixel_masks).parts) == {"train", "val"}
    (train,) = shards(pixel_masks, tmp_path / "cache")
    (val,) = shards(pixel_masks, tmp_path / "cache", "val")
    assert train.images[:, 0, 0].tolist() == [50, 51, 52] and val.images[:, 0, 0].tolist() == [50, 51]
    # Images up to 256 px are at 100 m.
    assert train.images.shape == (3, 256, 256) and train.step == 4
    assert (train.labels == np.repeat([value_of("RC"), 0], 32)).all()
    assert train.tags.tolist() == [value_of("RC")] * 3
    assert (meta(train)["source"], meta(train)["encoding"]) == ("pixel masks", "index 0..10, 0 unlabelled")
    assert "3 images, index 0..10, 0 unlabelled" in capsys.readouterr().out
    with pytest.raises(InputError, match="no images for test; it has 3 for train, 2 for val"):
        import_folder(pixel_masks, tmp_path / "cache", "test")


def test_all_parts_are_read_alike(pixel_masks, tmp_path, write_raster):
    """Only the validation masks have 255 for unlabelled: train's numbers count from zero, too."""
    write_raster(pixel_masks / "val" / "output" / "mask_0.png", np.full((64, 64), 255, np.uint8))
    (train,) = shards(pixel_masks, tmp_path / "cache")
    assert meta(train)["encoding"] == "index 0..9, 255 unlabelled"
    assert train.labels[0, 0, [0, 63]].tolist() == [value_of("RC") + 1, value_of("AF")]
    # So is a part that is given by itself.
    (alone,) = shards(pixel_masks / "train", tmp_path / "alone")
    assert meta(alone)["encoding"] == meta(train)["encoding"]
    np.testing.assert_array_equal(alone.labels, train.labels)


def test_larger_images_and_masks_are_at_50_m(tmp_path, write_raster):
    """One part by itself; the mask has the image's size, a front fills a quarter of one cell."""
    mask = np.zeros((512, 512), np.uint8)
    mask[8:12, 16:20] = value_of("OF")
    write_raster(tmp_path / "part" / "input" / "a.tif", np.full((512, 512), 9000, np.uint16))
    write_raster(tmp_path / "part" / "output" / "a.png", mask)
    (shard,) = shards(tmp_path / "part", tmp_path / "cache")
    assert shard.images.shape == (1, 512, 512) and shard.step == 8
    assert np.unique(shard.images).tolist() == [35]  # 9000 / 65535 · 255
    assert np.argwhere(shard.labels[0]).tolist() == [[1, 2]] and shard.labels[0, 1, 2] == value_of("OF")


@pytest.mark.parametrize(("size", "fits"), [((64, 64), True), ((80, 90), True), ((90, 80), False)])
def test_masks_have_their_images_proportions_or_are_square(tmp_path, write_raster, size, fits):
    write_raster(tmp_path / "part" / "input" / "a.png", np.full((40, 45), 90, np.uint8))
    write_raster(tmp_path / "part" / "output" / "a.png", np.ones(size, np.uint8))
    if fits:
        assert (shards(tmp_path / "part", tmp_path / "cache")[0].labels == 1).all()
    else:
        with pytest.raises(InputError, match=r"output/a\.png has \(90, 80\).*its image \(40, 45\)"):
            import_folder(tmp_path / "part", tmp_path / "cache")


def test_images_without_masks_are_counted(pixel_masks):
    (pixel_masks / "train" / "output" / "mask_1.png").unlink()
    with pytest.raises(InputError, match="train has 3 images in input and 2 masks in output"):
        recognise(pixel_masks)
