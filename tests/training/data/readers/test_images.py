# SPDX-License-Identifier: GPL-2.0-or-later
"""Grey values and sizes of images as data sets hold them."""

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.training.data.readers.images import QUICKLOOK, find_percentiles, grey, read_image, resized


def imported(path, side_px, percentiles=None):
    return resized(grey(read_image(path), percentiles), side_px)


@pytest.mark.parametrize(
    ("suffix", "dtype", "stored"),
    [
        (".tiff", np.uint8, 51),
        (".png", np.uint8, 51),
        (".TIF", np.uint16, 13107),
        (".png", np.uint16, 13107),
        (".tif", np.int16, 6553),
        (".tiff", np.float32, 0.4),  # sqrt roughness, of which 2 is white
    ],
)
def test_a_fifth_of_white_in_every_type(tmp_path, write_raster, suffix, dtype, stored):
    path = write_raster(tmp_path / f"image{suffix}", np.full((8, 8), stored, dtype))
    assert np.unique(imported(path, 8)).tolist() == [51]
    assert find_percentiles([path]) is None


def test_what_lies_outside_is_clipped(tmp_path, write_raster):
    path = write_raster(tmp_path / "image.tif", np.array([[-1, 0], [2, 9]], np.float32))
    assert imported(path, 2).tolist() == [[0, 0], [255, 255]]


@pytest.mark.parametrize(
    "values",
    [
        np.linspace(0, 900, 101).astype(np.uint16),  # 16 bits of which ten are used
        np.linspace(-25, -5, 101).astype(np.float32),  # decibels
        np.linspace(0, 255, 101).astype(np.float32),
        np.linspace(0, 0.05, 101).astype(np.float32),  # σ0
    ],
)
def test_images_that_do_not_fill_their_type_are_stretched(tmp_path, write_raster, values):
    path = write_raster(tmp_path / "image.tif", np.tile(values, (101, 1)))
    assert find_percentiles([path]) == QUICKLOOK
    row = imported(path, 101, QUICKLOOK)[0]
    assert row[:2].tolist() == [0, 0] and row[-2:].tolist() == [255, 255]
    # Linear from the second value to the last but one: the middle is grey, a quarter is half as dark.
    assert row[50] == pytest.approx(127.5, abs=1) and row[26] == pytest.approx(255 * 25 / 98, abs=2)


def test_one_bright_image_does_not_decide_for_a_set(tmp_path, write_raster):
    paths = [
        write_raster(tmp_path / f"{i}.tif", np.full((4, 4), 9 if i == 1 else 1, np.float32)) for i in range(3)
    ]
    assert find_percentiles(paths) is None


def test_shrinking_averages_power(tmp_path, write_raster):
    """Three pixels to two: each is a whole one and half of the middle one."""
    path = write_raster(tmp_path / "image.png", np.tile(np.array([[0, 100, 200]], np.uint8), (3, 1)))
    expected = [np.sqrt(100**2 / 3), np.sqrt((200**2 * 2 + 100**2) / 3)]
    assert imported(path, 2).tolist() == [np.round(expected).tolist()] * 2


def test_oblong_images_become_squares(tmp_path, write_raster):
    values = np.zeros((4, 6), np.uint8)
    values[:, 3:] = 255
    path = write_raster(tmp_path / "image.tif", values)
    assert imported(path, 4).tolist() == [[0, 0, 255, 255]] * 4  # columns of 1.5 pixels, edge at 3
    assert imported(path, 512).shape == (512, 512)


def test_missing_values_are_the_median(tmp_path, write_raster):
    values = np.array([[0.4, 0.4, np.nan], [0.4, -9999, 1.0]], np.float32)
    path = write_raster(tmp_path / "image.tif", values, nodata=-9999)
    np.testing.assert_allclose(read_image(path), [[0.4, 0.4, 0.4], [0.4, 0.4, 1.0]], rtol=1e-6)
    empty = write_raster(tmp_path / "empty.tif", np.full((2, 2), np.nan, np.float32))
    with pytest.raises(InputError, match=r"empty\.tif holds no valid pixel"):
        read_image(empty)


def test_pictures_of_grey(tmp_path, write_raster, rng):
    values = rng.integers(0, 256, (16, 16), dtype=np.uint8)
    np.testing.assert_array_equal(
        read_image(write_raster(tmp_path / "rgb.png", np.stack([values] * 3))), values
    )
    falling = [(255 - i,) * 3 for i in range(256)]
    inverted = read_image(write_raster(tmp_path / "palette.png", values, palette=falling))
    np.testing.assert_array_equal(inverted, 255 - values)
    np.save(tmp_path / "array.npy", values)
    np.testing.assert_array_equal(read_image(tmp_path / "array.npy"), values)
    photo = write_raster(tmp_path / "photo.jpg", np.stack([np.full((16, 16), 90, np.uint8)] * 3))
    assert np.abs(read_image(photo).astype(int) - 90).max() <= 2


def test_what_is_no_image_is_named(tmp_path, write_raster):
    red = write_raster(tmp_path / "red.png", np.stack([np.full((4, 4), v, np.uint8) for v in (200, 0, 0)]))
    with pytest.raises(InputError, match=r"red\.png .*no grey image"):
        read_image(red)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match=r"text\.png"):
        read_image(tmp_path / "text.png")
    whole = write_raster(tmp_path / "cut.tif", np.random.default_rng(0).random((64, 64)).astype(np.float32))
    whole.write_bytes(whole.read_bytes()[:4000])
    with pytest.raises(InputError, match=r"cut\.tif"):
        read_image(whole)
    np.save(tmp_path / "object.npy", np.array([[{}]]))
    with pytest.raises(InputError, match=r"object\.npy"):
        read_image(tmp_path / "object.npy")
    np.save(tmp_path / "vast.npy", np.broadcast_to(np.uint8(0), (1, 6000)))
    with pytest.raises(InputError, match=r"vast\.npy has the shape"):
        read_image(tmp_path / "vast.npy")


def test_real_quicklooks_fill_their_bytes(shared_data):
    paths = sorted((shared_data / "wv_imagettes").glob("*.png"))
    assert len(paths) == 8 and find_percentiles(paths) is None
    image = imported(paths[0], 512)
    original = read_image(paths[0]).astype(float)
    assert image.shape == (512, 512)
    # Interpolation cannot raise the mean power, and hardly lowers it.
    assert 0.99 < (image.astype(float) ** 2).mean() / (original**2).mean() < 1.01
