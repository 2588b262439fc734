# SPDX-License-Identifier: GPL-2.0-or-later
"""Maps of hidden squares equal the paper's equations, worked out mask by mask."""

import numpy as np
import pytest
import torch
from feedback import Recorder
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.models import registry
from metocean.models.methods.mask import Mask
from metocean.models.methods.partial_inception import PartialInception
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from swell import without_holes

TEMPERATURE = 0.01


@pytest.fixture
def network():
    made = Inception(InceptionConfig(width=0.01))
    initialise(made, 0)
    return made.eval()


def scene(lines: int, samples: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    values = rng.uniform(0, 1, (lines, samples)).astype(np.float32)
    values[20:50, 40:90] += 1
    return values


def scores(network, roughness):
    with torch.no_grad():
        logits = network(torch.from_numpy(roughness)[None, None] / 2)[0].double().numpy()
    powers = np.exp(logits / TEMPERATURE)
    return powers / powers.sum()


def literally(network, roughness, fill, side, centres_y, centres_x):
    """Equations 3 and 4, mask by mask, then the mean of each 8 x 8 pixels."""
    height, width = roughness.shape
    whole, sums, counts = scores(network, roughness), np.zeros((10, height, width)), np.zeros((height, width))
    y, x = np.indices(roughness.shape)
    for b in centres_y:
        for a in centres_x:
            covered = ~((np.abs(x - a) > side / 2) | (np.abs(y - b) > side / 2))
            masked = np.where(covered, np.float32(fill), roughness)
            drop = np.maximum(0, whole - scores(network, masked))
            sums += drop[:, None, None] * covered
            counts += covered
    return (sums / counts).reshape(10, height // 8, 8, width // 8, 8).mean(axis=(2, 4))


@pytest.fixture
def maps(network, card_of):
    """A function that gives the maps of an imagette."""

    def of(roughness, fill, side_px, stride_px, batch=64):
        method = Mask(
            network,
            card_of(network, TEMPERATURE),
            batch=batch,
            fill=fill,
            side_px=side_px,
            stride_px=stride_px,
        )
        return method.imagette(Image.from_array(roughness, 8), Silent())

    return of


@pytest.mark.parametrize("fill", ["mean", "zero"])
@pytest.mark.parametrize("batch", [1, 4, 64])
def test_equals_the_equations(network, maps, fill, batch):
    roughness = scene(80, 104)
    value = roughness.mean() if fill == "mean" else 0.0
    expected = literally(network, roughness, value, 33, [8, 24, 40, 56, 72], [8, 24, 40, 56, 72, 88])
    found = maps(roughness, fill, 33, 16, batch)
    assert found.shape == (10, 10, 13) and found.dtype == np.float32
    assert expected.max() > 0.02 and np.ptp(expected, axis=(1, 2)).max() > 0.02
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_masks_side_by_side_leave_no_pixel_out(network, maps):
    roughness = scene(80, 104)
    expected = literally(network, roughness, 0.0, 33, [16, 49, 82], [16, 49, 82, 115])
    np.testing.assert_allclose(maps(roughness, "zero", 33, 33), expected, atol=2e-5)


def test_equals_the_equations_on_a_swath_with_holes(network, card_of):
    """Of 1101 x 899 pixels: imagettes of 512 that overlap by half, the middle 256 of each kept."""
    swath = scene(1101, 899)
    swath[300:521, 200:643], swath[777, 111] = -1, -1
    filled = without_holes(swath)
    padded = np.pad(filled, [(128, -length % 256 + 128) for length in swath.shape], mode="reflect")
    expected = np.zeros((10, 160, 128))
    for line in range(0, 1101, 256):
        for sample in range(0, 899, 256):
            imagette = padded[line : line + 512, sample : sample + 512]
            maps = literally(network, imagette, imagette.mean(), 257, [128, 384], [128, 384])
            kept = maps[:, 16:48, 16:48]
            expected[:, line // 8 : line // 8 + 32, sample // 8 : sample // 8 + 32] = kept
    method = Mask(network, card_of(network, TEMPERATURE), fill="mean", side_px=257, stride_px=256)
    image = Image.from_array(swath, 8)
    known = image.known_pixels > 0
    assert known.shape == (138, 113) and not known.all() and expected.max() > 0.02
    found, expected = method.predict(image, Silent()), expected[:, :138, :113]
    np.testing.assert_allclose(found[:, known], expected[:, known], atol=1e-5)


def test_the_paper_size_hides_256_squares(network, card_of, monkeypatch):
    seen = []

    def changed(incremental, images, rows, columns):
        seen.append(images)
        return torch.zeros(len(images), 10)

    monkeypatch.setattr(PartialInception, "changed", changed)
    method = Mask(network, card_of(network), **registry.METHODS["mask_zero"].settings)
    assert method.predict(Image.from_array(np.full((512, 512), 1.0, np.float32), 8), Silent()).shape == (
        10,
        64,
        64,
    )
    images = torch.cat(seen)
    assert images.shape == (256, 1, 512, 512)
    hidden = (images[:, 0] == 0).numpy()
    centres = [(16 + 32 * i, 16 + 32 * j) for i in range(16) for j in range(16)]
    hidden_squares = {
        (max(y - 37, 0), min(y + 38, 512), max(x - 37, 0), min(x + 38, 512)) for y, x in centres
    }
    for image in hidden:
        y, x = np.nonzero(image)
        square = y.min(), y.max() + 1, x.min(), x.max() + 1
        hidden_squares.remove(square)
        assert image[square[0] : square[1], square[2] : square[3]].all()
    assert not hidden_squares


def test_only_losses_count_and_a_mask_over_everything_hides_everything(network, maps):
    """One mask covers the whole image: the answer is known everywhere."""
    roughness = scene(80, 80)
    blank = np.full_like(roughness, roughness.mean())
    expected = np.maximum(0, scores(network, roughness) - scores(network, blank))
    assert expected.max() > 0.02 and (expected == 0).any()
    found = maps(roughness, "mean", 161, 80)
    np.testing.assert_allclose(found, np.broadcast_to(expected[:, None, None], (10, 10, 10)), atol=2e-5)


def test_a_wide_scene_is_cut_into_imagettes(network, card_of):
    """What a cell in the kept centre of a tile says is what the tile by itself says."""
    roughness = scene(512, 1024)
    method = Mask(network, card_of(network, TEMPERATURE), fill="zero", side_px=161, stride_px=80)
    found = method.predict(Image.from_array(roughness, 8), Silent())
    tile = method.imagette(Image.from_array(roughness[:, 128:640], 8), Silent())
    np.testing.assert_allclose(found[:, :, 32:64], tile[:, :, 16:48], atol=1e-6)


def test_the_papers_tiles_are_imagettes_and_nothing_is_cut_twice(network, card_of, monkeypatch):
    method, asked = Mask(network, card_of(network), fill="zero", side_px=161, stride_px=80), []
    imagette = method.imagette
    monkeypatch.setattr(method, "imagette", lambda *of: (asked.append(of[0].shape), imagette(*of))[1])
    roughness = scene(416, 832)
    found = method.in_tiles().predict(Image.from_array(roughness, 8), Silent())
    assert asked == [(416, 416)] * 4
    tile = imagette(Image.from_array(roughness[:, 104:520], 8), Silent())
    np.testing.assert_allclose(found[:, :, 26:52], tile[:, :, 13:39], atol=1e-6)


def test_how_long_it_will_take_is_said_first(network, card_of):
    class Listener(Recorder):
        def progress(self, fraction):
            # While one image is timed a user may stop, too, but nothing is done yet.
            assert self.messages or fraction == 0

    listener = Listener()
    method = Mask(network, card_of(network), fill="mean", side_px=161, stride_px=80)
    method.predict(Image.from_array(scene(512, 1024), 8), listener)
    assert all(words in listener.messages[0] for words in ("4 imagettes", "36 masks", "minutes"))


def test_fewer_masks_at_once_where_memory_is_short(network, maps, monkeypatch):
    roughness, refused = scene(80, 104), []
    expected = maps(roughness, "mean", 33, 16)
    changed = PartialInception.changed

    def short_of_memory(incremental, images, rows, columns):
        if len(images) > 4:
            refused.append(len(images))
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return changed(incremental, images, rows, columns)

    monkeypatch.setattr(PartialInception, "changed", short_of_memory)
    np.testing.assert_allclose(maps(roughness, "mean", 33, 16), expected, atol=1e-6)
    assert refused
