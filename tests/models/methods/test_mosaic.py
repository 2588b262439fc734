# SPDX-License-Identifier: GPL-2.0-or-later
"""The paper's mosaic against its description: tiles overlap by half, and the middle half of each is kept."""

import numpy as np
import pytest
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.core.methods.training_ranges import TrainingRanges
from metocean.models.methods import mosaic
from metocean.models.methods.mosaic import Mosaic, tile_px


class TileMean:
    """A stand-in for a method: every cell has the mean of what the method was given, and its own mean."""

    resolution_m = 50.0
    output_stride = 8
    model_id, training, device, exclusive, threshold = "mean", "by hand", "cpu", False, 0.25
    settings, training_ranges = {"method": "mean"}, TrainingRanges({50.0: np.zeros((1, 4, 2))})

    def predict(self, image, feedback):
        lines, samples = image.known_pixels.shape
        values = image.read(slice(0, 8 * lines), slice(0, 8 * samples))
        maps = np.zeros((10, lines, samples), np.float32)
        maps[0] = image.read(slice(0, image.shape[0]), slice(0, image.shape[1])).mean()
        maps[1] = values.reshape(lines, 8, samples, 8).mean((1, 3))
        return maps


@pytest.fixture
def small(monkeypatch):
    """Tiles of 64 pixels of 50 m."""
    monkeypatch.setattr(mosaic, "TILE_M", 3200.0)


def literally(method, values, side):
    """Return the mosaic of an image without holes, tile by tile, by numpy's own reflection."""
    margin, kept, stride = side // 4, side // 2, method.output_stride
    padded = np.pad(values, ((margin, side), (margin, side)), mode="reflect")
    lines, samples = (-(-n // stride) for n in values.shape)
    result = np.zeros((10, lines + side, samples + side), np.float32)
    for top in range(0, values.shape[0], kept):
        for left in range(0, values.shape[1], kept):
            tile = padded[top : top + side, left : left + side]
            maps = method.predict(Image.from_array(tile, stride), Silent())
            centre = maps[:, margin // stride : -margin // stride, margin // stride : -margin // stride]
            rows, columns = (slice(n // stride, n // stride + kept // stride) for n in (top, left))
            result[:, rows, columns] = centre
    return result[:, :lines, :samples]


@pytest.mark.parametrize("shape", [(128, 192), (101, 143), (65, 64)])
def test_equals_the_description(small, rng, shape):
    method, values = TileMean(), rng.uniform(0, 2, shape).astype(np.float32)
    assert tile_px(method) == 64
    found = Mosaic(method).predict(Image.from_array(values, 8), Silent())
    if shape[1] > 64:
        np.testing.assert_allclose(found, literally(method, values, 64), atol=1e-6)
        assert len(np.unique(found[0])) > 4
    np.testing.assert_allclose(found[1], method.predict(Image.from_array(values, 8), Silent())[1], atol=1e-6)


def test_a_scene_no_larger_than_a_tile_is_left_whole(small, rng):
    values = rng.uniform(0, 2, (64, 50)).astype(np.float32)
    image, method = Image.from_array(values, 8), TileMean()
    np.testing.assert_array_equal(Mosaic(method).predict(image, Silent()), method.predict(image, Silent()))


def test_tiles_without_a_known_pixel_in_their_middle_are_left_out(small, rng):
    values = np.full((640, 64), -1.0, np.float32)
    values[300:310] = rng.uniform(0, 2, (10, 64))
    method, seen = TileMean(), []
    predict = method.predict
    method.predict = lambda image, feedback: (seen.append(image.shape), predict(image, feedback))[1]
    found = Mosaic(method).predict(Image.from_array(values, 8), Silent())
    assert seen == [(64, 64)] and found[0, 36].min() > 0 and not found[:, :36].any()


@pytest.mark.parametrize(("resolution_m", "stride", "side"), [(100.0, 4, 208), (50.0, 8, 416)])
def test_tiles_are_20_km_or_little_more_whatever_the_resolution(resolution_m, stride, side):
    method = TileMean()
    method.resolution_m, method.output_stride = resolution_m, stride
    assert tile_px(method) == side


def test_what_a_method_says_of_itself_stays():
    names = ("resolution_m", "output_stride", "model_id", "training", "device", "exclusive", "threshold")
    names += ("settings", "training_ranges")
    method = TileMean()
    assert [getattr(Mosaic(method), name) for name in names] == [getattr(method, name) for name in names]
