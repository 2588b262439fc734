# SPDX-License-Identifier: GPL-2.0-or-later
"""The mean over the eight orientations, on stand-ins of which is known what it must be."""

from __future__ import annotations

import numpy as np
import pytest
from feedback import Recorder
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.core.methods.orientations import ORIENTATIONS, OrientationMean, OrientedImage
from metocean.core.methods.training_ranges import TrainingRanges
from scipy import ndimage


class Smoother:
    """A method that looks over borders: ``kernel`` over cell means, the classes its multiples."""

    resolution_m, output_stride, exclusive, threshold = 100.0, 4, True, 0.5
    model_id, training, device = "smoother", "by hand", "cpu"
    settings, training_ranges = {}, TrainingRanges()

    def __init__(self, kernel):
        self.kernel = np.array(kernel, float)

    def predict(self, image, feedback):
        feedback.progress(0.5)
        lines, samples = image.known_pixels.shape
        assert all(0 <= 4 * n - side < 4 for n, side in zip((lines, samples), image.shape))
        reach = slice(-4, 4 * lines + 4), slice(-4, 4 * samples + 4)
        cells = image.read(*reach).reshape(lines + 2, 4, samples + 2, 4).mean(axis=(1, 3))
        smooth = ndimage.correlate(cells, self.kernel)[1:-1, 1:-1]
        return (smooth * np.arange(1, 11)[:, None, None]).astype(np.float32)


ROUND = [[1, 2, 1], [2, 5, 2], [1, 2, 1]]
SKEWED = [[1, 7, 2], [0, 3, 5], [4, 0, 1]]


@pytest.fixture(params=[(24, 40), (23, 41), (3, 9)], ids=str)
def roughness(request, rng):
    values = rng.uniform(0, 2, request.param)
    values[:5, 4:9] = -1
    return values


def _predict(method, roughness):
    return method.predict(Image.from_array(roughness, 4), Silent())


def test_what_knows_no_direction_stays_as_it_is(roughness):
    plain = _predict(Smoother(ROUND), roughness)
    np.testing.assert_allclose(_predict(OrientationMean(Smoother(ROUND)), roughness), plain, rtol=1e-5)
    assert (
        np.abs(
            _predict(OrientationMean(Smoother(SKEWED)), roughness) - _predict(Smoother(SKEWED), roughness)
        ).max()
        > 0.1
    )


def test_the_mean_turns_with_the_image(rng):
    image = rng.uniform(0, 2, (24, 40))
    oriented = OrientationMean(Smoother(SKEWED))
    maps = _predict(oriented, image)
    for orient in (np.rot90, np.flipud, np.fliplr, np.transpose):
        expected = np.stack([orient(band) for band in maps])
        np.testing.assert_allclose(_predict(oriented, orient(image)), expected, rtol=1e-5)


def test_the_mean_of_a_kernel_is_the_kernel_of_the_mean(roughness):
    kernel = np.array(SKEWED)
    eight = [np.rot90(k, n) for k in (kernel, kernel.T) for n in range(4)]
    expected = _predict(Smoother(np.mean(eight, axis=0)), roughness)
    np.testing.assert_allclose(_predict(OrientationMean(Smoother(SKEWED)), roughness), expected, rtol=1e-5)


def test_a_turned_image_knows_and_reads_what_it_shows(rng):
    values = rng.uniform(0, 2, (8, 12))
    values[0, :5] = -1
    image = Image.from_array(values, 4)
    filled = image.read(slice(0, 8), slice(0, 12))
    eight = set()
    for orientation in ORIENTATIONS:
        oriented = OrientedImage(image, orientation)
        whole = oriented.read(*(slice(0, side) for side in oriented.shape))
        np.testing.assert_array_equal(orientation.undo(whole), filled)
        np.testing.assert_array_equal(oriented.read(slice(2, 5), slice(1, 8)), whole[2:5, 1:8])
        assert np.unravel_index(oriented.known_pixels.argmin(), oriented.known_pixels.shape) in (
            (0, 0),
            (0, oriented.shape[1] // 4 - 1),
            (oriented.shape[0] // 4 - 1, 0),
            (oriented.shape[0] // 4 - 1, oriented.shape[1] // 4 - 1),
        )
        eight.add(whole.tobytes())
    assert len(eight) == 8


def test_progress_is_of_all_eight():
    recorder = Recorder()
    OrientationMean(Smoother(ROUND)).predict(Image.from_array(np.ones((8, 8)), 4), recorder)
    assert recorder.fractions == [(n + 0.5) / 8 for n in range(8)]
