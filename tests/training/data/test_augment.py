# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import replace

import numpy as np
import pytest
import torch
from metocean.training.data.augment import QUICKLOOK
from metocean.training.data.augment import augment as augment_crops
from metocean.training.data.crops import ICEBERG, Crops, symmetries
from metocean.training.recipes.augmentation import PAPER, Augmentation


def augment(images, labels, options, rng, crops=None):
    return augment_crops(images, labels, crops or Crops(64), options, rng)


def batch(count: int = 4, size: int = 64, seed: int = 0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 11, (count, size // 4, size // 4), dtype=np.uint8)
    # Grey level says the class, so that an image shows where its labels belong.
    images = np.repeat(np.repeat(labels * 20 + 10, 4, 1), 4, 2).astype(np.uint8)
    return torch.from_numpy(images), torch.from_numpy(labels)


def test_paper_preset_draws_the_eight_symmetries_exactly():
    images, labels = batch(1)
    labels[labels == ICEBERG] = 1
    images = images.repeat(64, 1, 1)
    out, out_labels = augment(images, labels.repeat(64, 1, 1), PAPER, np.random.default_rng(0))
    picture = images[0].numpy() / 255
    variants = [np.rot90(side, k) for side in (picture, picture.T) for k in range(4)]
    marks = [np.rot90(side, k) for side in (labels[0].numpy(), labels[0].numpy().T) for k in range(4)]
    seen = set()
    for image, mark in zip(out[:, 0].numpy(), out_labels.numpy()):
        match = [i for i, variant in enumerate(variants) if np.abs(image - variant).max() < 1 / 255]
        assert len(match) == 1
        np.testing.assert_array_equal(mark, marks[match[0]])
        seen.add(match[0])
    assert seen == set(range(8))


def test_symmetries_are_orthogonal():
    matrices = symmetries(50, np.random.default_rng(0))
    torch.testing.assert_close(matrices @ matrices.transpose(1, 2), torch.eye(2).expand(50, 2, 2))
    assert len({tuple(m.flatten().tolist()) for m in matrices + 0.0}) == 8


@pytest.mark.parametrize("size", [64, 80])
def test_labels_follow_the_image_when_zoomed(size):
    images, labels = batch(16, size)
    # Large patches, as phenomena are: nearest and bilinear then agree but at their edges.
    labels = labels[:, ::8, ::8].repeat_interleave(8, 1).repeat_interleave(8, 2)[:, : size // 4, : size // 4]
    labels[labels == ICEBERG] = 1
    images = (labels * 20 + 10).repeat_interleave(4, 1).repeat_interleave(4, 2)
    out, out_labels = augment(images, labels, replace(PAPER, zoom=0.2), np.random.default_rng(1))
    centre = torch.nn.functional.avg_pool2d(out, 4)[:, 0] * 255
    labelled = out_labels > 0
    off = (centre - (out_labels.float() * 20 + 10)).abs()[labelled] > 9
    assert float(off.float().mean()) < 0.25
    assert float(labelled.float().mean()) > 0.6


def test_beyond_the_source_nothing_is_labelled():
    images, labels = batch(32)
    labels.fill_(1)
    zoomed = replace(PAPER, zoom=0.2)
    _, out_labels = augment(images, labels, zoomed, np.random.default_rng(2))
    bordered = [bool((mark[0] == 0).all()) for mark in out_labels]
    assert any(bordered) and not all(bordered)
    assert (out_labels[:, 3:-3, 3:-3] == 1).all()


def test_single_iceberg_cells_survive_zooming():
    images, labels = batch(64, 80)
    labels.fill_(7)
    labels[:, 10, 10] = ICEBERG
    _, out = augment(images, labels, replace(PAPER, zoom=0.2), np.random.default_rng(3))
    kept = [bool((mark == ICEBERG).any()) for mark in out]
    assert sum(kept) > 55


def test_everything_on_stays_in_range_and_repeats():
    images, labels = batch(8, 80)
    options = Augmentation(stretch_chance=0.5, blur_chance=0.5, noise_chance=0.5, nodata_chance=0.5)
    out, out_labels = augment(images, labels, options, np.random.default_rng(4))
    again, labels_again = augment(images, labels, options, np.random.default_rng(4))
    assert out.shape == (8, 1, 64, 64) and out.dtype == torch.float32
    assert out_labels.shape == (8, 16, 16) and out_labels.dtype == torch.uint8
    assert torch.isfinite(out).all() and out.min() >= 0 and out.max() <= 1
    torch.testing.assert_close(out * 255, (out * 255).round(), rtol=0, atol=1e-3)  # eight bits
    assert torch.equal(out, again) and torch.equal(out_labels, labels_again)
    assert not torch.equal(out, augment(images, labels, options, np.random.default_rng(5))[0])


def test_source_is_not_altered():
    images, labels = batch()
    before = images.clone(), labels.clone()
    augment(images, labels, Augmentation(nodata_chance=1.0), np.random.default_rng(0))
    assert torch.equal(images, before[0]) and torch.equal(labels, before[1])


def test_gain_is_within_a_decibel():
    images = torch.full((200, 64, 64), 100, dtype=torch.uint8)
    labels = torch.ones((200, 16, 16), dtype=torch.uint8)
    out, _ = augment(images, labels, replace(PAPER, gain_db=1.0), np.random.default_rng(0))
    decibels = 20 * torch.log10(out.mean((1, 2, 3)) * 255 / 100)
    assert 0.8 < float(decibels.max()) < 1.05 and -1.05 < float(decibels.min()) < -0.8


def test_stretch_brings_the_tails_where_quick_looks_have_them():
    rng = np.random.default_rng(0)
    images = torch.from_numpy(np.clip(rng.normal(150, 4, (40, 64, 64)), 0, 255).astype(np.uint8))
    labels = torch.ones((40, 16, 16), dtype=torch.uint8)
    out, _ = augment(images, labels, replace(PAPER, stretch_chance=1.0), rng)
    low, high = np.percentile(out.flatten(1).numpy(), [1, 99], axis=1)
    margin = 0.06  # tails are estimated from part of the pixels
    for (least, most), found in zip(QUICKLOOK[4], (low, high)):
        assert least - margin < found.min() and found.max() < most + margin


def test_trend_is_a_plane_of_at_most_what_was_asked_for():
    images = torch.full((50, 64, 64), 100, dtype=torch.uint8)
    labels = torch.ones((50, 16, 16), dtype=torch.uint8)
    out, _ = augment(images, labels, replace(PAPER, trend_db=2.0), np.random.default_rng(2))
    decibels = 20 * np.log10(out[:, 0].numpy() / (100 / 255))
    assert 1.0 < np.abs(decibels).max() < 2.1
    assert np.abs(decibels[:, 31:33, 31:33]).max() < 0.15  # 8 bits are 0.09 dB here
    middle = (decibels[:, :1] + decibels[:, -1:]) / 2
    np.testing.assert_allclose(middle[:, 0], decibels[:, 31:33].mean(axis=1), atol=0.15)


def test_stretch_shows_power_and_sometimes_amplitude():
    levels = np.repeat(np.array([51, 102, 153], np.uint8), [22, 20, 22])  # amplitudes 1, 2 and 3
    images = torch.from_numpy(np.broadcast_to(levels, (40, 64, 64)).copy())
    labels = torch.ones((40, 16, 16), dtype=torch.uint8)
    out, _ = augment(images, labels, replace(PAPER, stretch_chance=1.0), np.random.default_rng(1))
    lows, middles, highs = np.transpose([np.unique(image.numpy()) for image in out])
    middles = (middles - lows) / (highs - lows)
    power, amplitude = (np.abs(middles - middle) < 0.01 for middle in ((4 - 1) / (9 - 1), (2 - 1) / (3 - 1)))
    assert (power | amplitude).all() and power.sum() > amplitude.sum() > 0


def test_blur_and_noise_change_the_variance_as_they_should():
    images = torch.from_numpy(np.random.default_rng(0).integers(80, 120, (32, 64, 64), dtype=np.uint8))
    labels = torch.ones((32, 16, 16), dtype=torch.uint8)
    plain = images.float().std() / 255
    blurred, _ = augment(images, labels, replace(PAPER, blur_chance=1.0), np.random.default_rng(0))
    noisy, _ = augment(images, labels, replace(PAPER, noise_chance=1.0), np.random.default_rng(0))
    assert float(blurred.std()) < 0.8 * float(plain)
    assert float(noisy.std()) > 1.2 * float(plain)
    assert float(noisy.mean()) == pytest.approx(float(images.float().mean()) / 255, abs=0.005)


def test_hidden_areas_are_flat_and_unlabelled():
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 200, (16, 64, 64), dtype=np.uint8))
    labels = torch.ones((16, 16, 16), dtype=torch.uint8)
    out, marks = augment(images, labels, replace(PAPER, nodata_chance=1.0), np.random.default_rng(0))
    assert (marks == 0).flatten(1).any(dim=1).float().mean() > 0.8
    for image, mark in zip(out[:, 0], marks):
        hidden = (mark == 0).repeat_interleave(4, 0).repeat_interleave(4, 1)
        if hidden.any():
            assert image[hidden].std(unbiased=False) < 1e-6
            assert image[~hidden].std() > 0.1
            assert abs(float(image[hidden][0]) - float(image[~hidden].median())) < 0.06


@pytest.mark.parametrize("step", [4, 8])
def test_crops_keep_labels_on_their_pixels_at_either_step(step):
    labels = torch.from_numpy(np.random.default_rng(0).integers(1, 11, (8, 16, 16), dtype=np.uint8))
    labels[labels == ICEBERG] = 1
    images = (labels * 20 + 10).repeat_interleave(step, 1).repeat_interleave(step, 2)
    out, marks = augment(images, labels, PAPER, np.random.default_rng(0), Crops(8 * step))
    assert marks.shape == (8, 8, 8)
    grey = (out[:, 0] * 255).round().to(torch.uint8)
    assert torch.equal(grey, (marks * 20 + 10).repeat_interleave(step, 1).repeat_interleave(step, 2))


def test_crops_show_what_they_are_centred_on():
    labels = torch.full((50, 16, 16), 7, dtype=torch.uint8)
    labels[:25, 2, 13], labels[25:, 15, 0] = 5, 5
    images = torch.zeros(50, 128, 128, dtype=torch.uint8)
    centres = np.array(
        [[2 * 13.5 / 16 - 1, 2 * 2.5 / 16 - 1]] * 25 + [[2 * 0.5 / 16 - 1, 2 * 15.5 / 16 - 1]] * 25
    )
    _, marks = augment(images, labels, PAPER, np.random.default_rng(0), Crops(64, centres))
    shown = (marks == 5).flatten(1).any(1)
    assert shown.all()
    # Where there is nothing to be shown a crop lies anywhere: a quarter of the image shows a cell seldom.
    _, marks = augment(images, labels, PAPER, np.random.default_rng(0), Crops(64, np.full((50, 2), np.nan)))
    assert 0 < (marks == 5).flatten(1).any(1).sum() < 25
