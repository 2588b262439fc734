"""Blocks must give exactly what the whole scene gives: the property everything downstream relies on."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.tiling import blocks
from scipy import ndimage

SHAPES = [(1, 1), (3, 70), (17, 16), (64, 64), (97, 131), (200, 45)]


def _pad_whole(scene, multiple):
    sides = [(0, -n % multiple) for n in scene.shape]
    return np.pad(scene, sides, mode="reflect")


def _by_blocks(scene, predict, block, halo, multiple, stride):
    out = np.full([-(-n // stride) for n in scene.shape], np.nan)
    for piece in blocks(scene.shape, block, halo, multiple):
        rows, columns = piece.lines, piece.samples
        pixels = piece.pad(scene[rows.read_start : rows.read_stop, columns.read_start : columns.read_stop])
        assert pixels.shape[0] % multiple == 0 and pixels.shape[1] % multiple == 0
        target = out[rows.cells(stride), columns.cells(stride)]
        assert np.isnan(target).all(), "a cell was written twice"
        target[...] = piece.crop(predict(pixels), stride)
    return out


def _whole(scene, predict, multiple, stride):
    cells = [-(-n // stride) for n in scene.shape]
    return predict(_pad_whole(scene, multiple))[: cells[0], : cells[1]]


def _mean_pool_plus_one(pixels, stride=4):
    lines, samples = pixels.shape
    return pixels.reshape(lines // stride, stride, samples // stride, stride).mean(axis=(1, 3)) + 1


def _convolve(pixels):
    """Apply two 5x5 convolutions with zero padding: a receptive field that reaches four pixels."""
    kernel = np.arange(25, dtype=float).reshape(5, 5)
    for _ in range(2):
        pixels = np.tanh(ndimage.convolve(pixels, kernel, mode="constant") / 300)
    return pixels


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [16, 48, 128, 512])
@pytest.mark.parametrize("halo", [0, 5, 16])
def test_pooling_plus_one_in_blocks_equals_whole(shape, block, halo):
    scene = np.random.default_rng(1).random(shape)
    got = _by_blocks(scene, _mean_pool_plus_one, block, halo, multiple=16, stride=4)
    np.testing.assert_array_equal(got, _whole(scene, _mean_pool_plus_one, 16, 4))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [16, 48, 128, 512])
@pytest.mark.parametrize("multiple", [1, 4, 16])
def test_convolution_in_blocks_equals_whole(shape, block, multiple):
    scene = np.random.default_rng(2).random(shape)
    got = _by_blocks(scene, _convolve, block, halo=4, multiple=multiple, stride=1)
    np.testing.assert_array_equal(got, _whole(scene, _convolve, multiple, 1))


def test_a_halo_smaller_than_the_receptive_field_is_seen():
    """The exactness above is not vacuous: three pixels of halo are one too few."""
    scene = np.random.default_rng(3).random((40, 40))
    got = _by_blocks(scene, _convolve, 16, halo=3, multiple=1, stride=1)
    assert np.abs(got - _convolve(scene)).max() > 0


def test_edges_computed_by_hand():
    first, last = blocks((10, 40), block=32, halo=8, multiple=8)
    assert (first.lines.read_start, first.lines.read_stop, first.lines.pad) == (0, 10, 6)
    assert (first.samples.read_start, first.samples.read_stop, first.samples.pad) == (0, 40, 0)
    assert (last.samples.read_start, last.samples.start, last.samples.stop) == (24, 32, 40)
    assert last.samples.crop(4) == slice(2, 4) and last.samples.cells(4) == slice(8, 10)
