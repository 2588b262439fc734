# SPDX-License-Identifier: GPL-2.0-or-later
import numpy as np
import pytest
from metocean.core.methods.image import Image, sum_cells


def scene(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


@pytest.mark.parametrize("shape", [(5, 9), (1, 7), (2, 2)])
@pytest.mark.parametrize("beyond", [0, 1, 3, 20])
def test_beyond_the_borders_it_is_reflected_as_numpy_does(shape, beyond):
    values = scene(*shape)
    found = Image.from_array(values, 4).read(
        slice(-beyond, shape[0] + beyond), slice(-beyond, shape[1] + beyond)
    )
    expected = values
    for axis, length in enumerate(shape):
        mode = "reflect" if length > 1 else "edge"
        expected = np.pad(expected, [(beyond, beyond) if a == axis else (0, 0) for a in (0, 1)], mode=mode)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.float32


def test_far_from_all_that_is_known_it_shows_the_median():
    values = np.full((4, 300), -1.0, np.float32)
    values[:, :3] = [0.5, 0.6, 1.5]
    found = Image.from_array(values, 4).read(slice(0, 4), slice(0, 300))
    np.testing.assert_array_equal(found[:, 99:], np.float32(0.6))
    assert (found[:, 3:98] > 1).all()


def test_only_the_window_asked_for_is_read():
    asked = []

    def window(lines, samples):
        asked.append((lines, samples))
        return np.zeros((lines.stop - lines.start, samples.stop - samples.start))

    image = Image(window, (1200, 30), 0.0, 4)
    assert [(a.start, a.stop) for a, _ in asked] == [(0, 512), (512, 1024), (1024, 1200)]
    image.read(slice(10, 20), slice(-3, 5))
    lines, samples = asked[-1]
    assert (lines.start, lines.stop, samples.start, samples.stop) == (10, 20, 0, 5)


def test_known_pixels_by_cell_and_within_reach():
    values = np.full((10, 13), -1.0, np.float32)
    values[5, 6:8] = 1
    image = Image.from_array(values, 4)
    assert image.known_pixels.tolist() == [[0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]]
    assert image.known(slice(4, 8), slice(4, 8)) and not image.known(slice(0, 4), slice(0, 13))
    assert image.known(slice(0, 4), slice(0, 4), reach=1)
    assert not image.known(slice(0, 1), slice(0, 1), reach=2)


def test_cells_at_the_end_are_cut():
    assert sum_cells(np.ones((5, 6), bool), 4).tolist() == [[16, 8], [4, 2]]
