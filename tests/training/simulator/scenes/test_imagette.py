# SPDX-License-Identifier: GPL-2.0-or-later
"""Imagettes: reproducible, named for what they hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from metocean.core.classes import CODES, value_of
from metocean.core.cmod5n import vv_over_hh
from metocean.training.simulator.scenes import imagette, mixture
from metocean.training.simulator.scenes.composition import ImagetteRanges

SMALL = ImagetteRanges(size=192)


@pytest.mark.parametrize("code", CODES)
def test_every_class_is_drawn_with_its_mask(code):
    labels = np.stack([imagette.simulate_imagette(seed, code, ranges=SMALL).labels for seed in range(3)])
    assert (labels == value_of(code)).any()
    assert labels.max() <= len(CODES)


def test_the_same_seed_gives_the_same_image_and_another_seed_another():
    first, again, other = (imagette.simulate_imagette(seed, "RC", ranges=SMALL) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.roughness, again.roughness)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert np.abs(first.roughness - other.roughness).mean() > 0.01


def test_roughness_stays_in_its_range():
    image = imagette.simulate_imagette(3, "IB", ranges=SMALL).roughness
    assert image.dtype == np.float32
    assert image.min() >= 0 and image.max() <= 2


def test_in_hh_noise_is_brighter_too(monkeypatch):
    noise_db = {}

    def spy(rng, sigma0, spacing_m, sensor, more_db):
        noise_db[horizontal] = np.broadcast_to(more_db, sigma0.shape)
        return sensor_observe(rng, sigma0, spacing_m, sensor, more_db)

    sensor_observe = imagette.observe
    monkeypatch.setattr(imagette, "observe", spy)
    for horizontal in (0.0, 1.0):
        mode = replace(mixture.MODES[mixture.ModeName.EW], incidence_deg=(44.0, 44.0), hh_share=horizontal)
        monkeypatch.setattr(imagette, "MODES", {mixture.ModeName.EW: mode})
        imagette.simulate_imagette(3, "POW", ranges=SMALL)
    excess_db = noise_db[1.0] - noise_db[0.0]
    assert excess_db == pytest.approx(10 * np.log10(float(vv_over_hh(np.array([44.0]))[0])), abs=1e-3)


def test_only_plain_water_is_named_plain_water():
    labels = np.full((8, 8), value_of("POW"), np.uint8)
    assert imagette._tag(labels, "POW") == imagette._tag(labels, "RC") == value_of("POW")
    labels[0, :3], labels[1, :2] = value_of("OF"), value_of("AF")
    assert imagette._tag(labels, "POW") == imagette._tag(labels, "RC") == value_of("OF")
    assert imagette._tag(labels, "AF") == value_of("AF")
