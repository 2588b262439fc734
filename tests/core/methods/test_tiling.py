# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocks must give exactly what the whole map gives: the property everything downstream relies on."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.methods.tiling import blocks, round_up
from scipy import ndimage

SHAPES = [(1, 1), (3, 70), (17, 16), (64, 64), (97, 131), (200, 45)]


def _by_blocks(scene, predict, block, halo, multiple, stride):
    out = np.full([-(-n // stride) for n in scene.shape], np.nan)
    for piece in blocks(scene.shape, block, halo, multiple):
        rows, columns = piece.lines, piece.samples
        for span, length in ((rows, scene.shape[0]), (columns, scene.shape[1])):
            assert span.read_start % multiple == 0
            assert span.read_stop % multiple == 0 or span.read_stop == length
        target = out[rows.cells(stride), columns.cells(stride)]
        assert np.isnan(target).all(), "a cell was written twice"
        target[...] = predict(scene[rows.read, columns.read])[rows.crop(stride), columns.crop(stride)]
    return out


def _mean_pool_plus_one(pixels, stride=4):
    for axis in (0, 1):
        pixels = np.add.reduceat(pixels, range(0, pixels.shape[axis], stride), axis)
    return pixels / stride**2 + 1


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
    np.testing.assert_allclose(got, _mean_pool_plus_one(scene), rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("block", [16, 48, 128, 512])
@pytest.mark.parametrize("multiple", [1, 4, 16])
def test_convolution_in_blocks_equals_whole(shape, block, multiple):
    scene = np.random.default_rng(2).random(shape)
    got = _by_blocks(scene, _convolve, block, halo=4, multiple=multiple, stride=1)
    np.testing.assert_array_equal(got, _convolve(scene))


def test_a_halo_smaller_than_the_receptive_field_is_seen():
    """The exactness above is not vacuous: three pixels of halo are one too few."""
    scene = np.random.default_rng(3).random((40, 40))
    got = _by_blocks(scene, _convolve, 16, halo=3, multiple=1, stride=1)
    assert np.abs(got - _convolve(scene)).max() > 0


def test_edges_computed_by_hand():
    first, last = blocks((10, 44), block=24, halo=5, multiple=8)
    assert (first.lines.read, first.lines.own) == (slice(0, 10), slice(0, 10))
    assert (first.samples.read, first.samples.own) == (slice(0, 32), slice(0, 24))
    assert (last.samples.read, last.samples.own) == (slice(16, 44), slice(24, 44))
    assert last.samples.crop(4) == slice(2, 7) and last.samples.cells(4) == slice(6, 11)


def test_round_up():
    assert [round_up(n, 16) for n in (0, 1, 16, 17)] == [0, 16, 16, 32]
