# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in which masks say the class of a pixel."""

import numpy as np
import pytest
from metocean.core.classes import class_index
from metocean.core.errors import InputError
from metocean.training.data.readers.masks import FROM_ONE, FROM_ZERO, ONE_HOT, TAB10, find_encoding, on_cells

# Every class once, an unlabelled pixel, and one class again.
LABELS = np.array([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 10]], np.uint8)
# As data sets paint them, whatever colours the classes have on our maps: black for unlabelled, then AF, BS,
# IB, LWA, MCC, OF, POW, RC, SI, WS.
COLOURS = np.array(
    [
        (0, 0, 0),
        (31, 119, 180),
        (255, 127, 14),
        (44, 160, 44),
        (214, 39, 40),
        (148, 103, 189),
        (140, 86, 75),
        (227, 119, 194),
        (127, 127, 127),
        (188, 189, 34),
        (23, 190, 207),
    ],
    np.uint8,
)


def one_hot(peak=1):
    return ((np.arange(1, 11)[:, None, None] == LABELS) * peak).astype(np.uint8)


def painted(alpha=False):
    colours = np.moveaxis(COLOURS[LABELS], 2, 0)
    return np.vstack([colours, np.full((1, *LABELS.shape), 255, np.uint8)]) if alpha else colours


def from_zero():
    return np.where(LABELS == 0, 255, LABELS.astype(int) - 1).astype(np.uint8)


def shifted_palette():
    """The classes' colours, but not in our order."""
    return (LABELS + 3) % 11, np.roll(COLOURS, 3, axis=0)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("stack.tif", one_hot(), ONE_HOT),
        ("stack.tif", one_hot(255), ONE_HOT),
        ("stack.tif", one_hot().astype(np.float32), ONE_HOT),
        ("index.png", LABELS, FROM_ONE),
        ("index.tif", LABELS.astype(np.uint16), FROM_ONE),
        ("index.tif", LABELS.astype(np.float32), FROM_ONE),
        ("index.png", from_zero(), FROM_ZERO),
        ("colours.png", painted(), TAB10),
        ("colours.tif", painted(alpha=True), TAB10),
    ],
)
def test_each_encoding_is_told_and_read(tmp_path, write_raster, name, values, expected):
    path = write_raster(tmp_path / name, values)
    assert find_encoding([path]) is expected
    labels = expected.read(path)
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("bands_last", [True, False])
def test_stacks_in_numpy_files(tmp_path, bands_last):
    stack = np.repeat(np.repeat(one_hot(), 4, 1), 4, 2).astype(bool)
    np.save(tmp_path / "mask.npy", np.moveaxis(stack, 0, 2) if bands_last else stack)
    assert find_encoding([tmp_path / "mask.npy"]) is ONE_HOT
    np.testing.assert_array_equal(ONE_HOT.read(tmp_path / "mask.npy")[::4, ::4], LABELS)


def test_palettes_of_the_classes_colours_are_colours(tmp_path, write_raster):
    values, palette = shifted_palette()
    path = write_raster(tmp_path / "mask.png", values, palette=palette)
    assert find_encoding([path]) is TAB10
    np.testing.assert_array_equal(TAB10.read(path), LABELS)


def test_other_palettes_are_for_the_eye(tmp_path, write_raster):
    path = write_raster(tmp_path / "mask.png", LABELS, palette=[(20 * i, 0, 0) for i in range(11)])
    assert find_encoding([path]) is FROM_ONE
    np.testing.assert_array_equal(FROM_ONE.read(path), LABELS)


def test_unlabelled_is_black_white_or_transparent(tmp_path, write_raster):
    values = painted(alpha=True)[:, :1]
    values[:3, 0, 1] = 255
    values[3, 0, 2] = 0
    assert TAB10.read(write_raster(tmp_path / "mask.tif", values)).tolist() == [[0, 0, 0, 3]]


def test_255_is_unlabelled_beside_numbers_from_one(tmp_path, write_raster):
    first = write_raster(tmp_path / "0.png", np.array([[255, 3]], np.uint8))
    second = write_raster(tmp_path / "1.png", np.array([[1, 10]], np.uint8))
    assert find_encoding([first, second]) is FROM_ONE  # the ten in the second tells
    assert FROM_ONE.read(first).tolist() == [[0, 3]]


def test_numbers_that_may_count_from_either_are_asked_for(tmp_path, write_raster):
    path = write_raster(tmp_path / "0.png", np.arange(10, dtype=np.uint8)[None])
    with pytest.raises(InputError, match="0 may be unlabelled or AF: write 255 for unlabelled"):
        find_encoding([path])


def test_pixels_of_two_classes_are_unlabelled(tmp_path, write_raster):
    stack = one_hot()
    stack[4, 0, 1] = 1
    expected = LABELS.copy()
    expected[0, 1] = 0
    np.testing.assert_array_equal(ONE_HOT.read(write_raster(tmp_path / "mask.tif", stack)), expected)


@pytest.mark.parametrize(
    ("encoding", "values", "said"),
    [
        (FROM_ONE, np.array([[0, 11]], np.uint8), "11 stands for nothing"),
        (FROM_ZERO, np.array([[10, 0]], np.uint8), "10 stands for nothing"),
        (FROM_ONE, np.array([[0, 300]], np.uint16), "300"),
        (FROM_ONE, np.array([[0, -1]], np.int16), "-1"),
        (FROM_ONE, np.array([[0, 1.5]], np.float32), "whole numbers"),
        (FROM_ONE, painted(), "3 bands"),
        (TAB10, np.full((3, 1, 2), 9, np.uint8), r"colour \(9, 9, 9\)"),
        (TAB10, LABELS, "1 bands of uint8"),
        (ONE_HOT, one_hot() * 7, "not 0 and 1"),
        (ONE_HOT, painted(), "3 bands, not 10"),
    ],
)
def test_values_out_of_range_are_said_with_the_file(tmp_path, write_raster, encoding, values, said):
    path = write_raster(tmp_path / "mask.tif", values)
    with pytest.raises(InputError, match=rf"mask\.tif is no mask of the kind '{encoding.name}'.*{said}"):
        encoding.read(path)


def test_cells_of_their_own_size_stay_as_they_are(rng):
    labels = rng.integers(0, 11, (64, 64), dtype=np.uint8)
    np.testing.assert_array_equal(on_cells(labels), labels)
    np.testing.assert_array_equal(on_cells(labels[::2, ::2]), np.kron(labels[::2, ::2], np.ones((2, 2))))


@pytest.mark.parametrize("factor", [4, 8])
def test_finer_masks_are_reduced_by_majority_but_icebergs_and_fronts(factor):
    """Cell by cell, in one row: a clear majority, none, a fifth of a front, one pixel of an iceberg."""
    labels = np.zeros((64 * factor, 64 * factor), np.uint8)
    cells = labels.reshape(64, factor, 64, factor)
    area = factor * factor
    berg, front, streaks = (class_index(code) + 1 for code in ("IB", "OF", "WS"))
    for column, (code, pixels) in enumerate(
        [
            (streaks, area // 2),
            (streaks, area // 2 - 1),
            (front, -(-area // 5)),
            (front, area // 5),
            (berg, 1),
        ]
    ):
        cell = np.zeros(area, np.uint8)
        cell[:pixels] = code
        cells[0, :, column] = cell.reshape(factor, factor)
    assert on_cells(labels)[0, :6].tolist() == [streaks, 0, front, 0, berg, 0]


def test_odd_sizes_keep_their_place():
    """450 x 480 pixels, the right half labelled: so are the right 32 of 64 columns."""
    labels = np.zeros((450, 480), np.uint8)
    labels[:, 240:] = 5
    assert (on_cells(labels) == np.repeat([0, 5], 32)).all()
