# SPDX-License-Identifier: GPL-2.0-or-later
"""The sea goes on where nothing is known: swell stays swell, and every window shows the same."""

import numpy as np
import pytest
from metocean.core.methods import holes
from metocean.core.methods.filling import REACH_PX, best_steps
from metocean.core.methods.holes import WithoutHoles
from metocean.core.methods.image import Image
from scipy.ndimage import distance_transform_edt
from swell import OUTSIDE, SHAPE, swell, without_holes


@pytest.mark.parametrize("edge", OUTSIDE)
@pytest.mark.parametrize("wave", [(4.5, 0.3), (8.0, -0.5), (12.0, 2.0)])
def test_swell_goes_on_in_phase(edge, wave):
    """In the holes it is as the sea that was cut out of them: its waves meet, crest on crest."""
    whole, hidden = swell(1, *wave), OUTSIDE[edge]
    filled = without_holes(np.where(hidden, -1, whole).astype(np.float32))
    near = hidden & (distance_transform_edt(hidden) <= 16)
    np.testing.assert_array_equal(filled[~hidden], whole[~hidden])
    expected = np.sqrt(
        1 + 0.25 * np.sin(2 * np.pi * (np.indices(SHAPE)[1] + wave[1] * np.indices(SHAPE)[0]) / wave[0])
    )
    assert np.corrcoef(filled[near], expected[near])[0, 1] > 0.6
    assert filled[near].mean() == pytest.approx(whole[near].mean(), rel=0.02)


def test_a_calm_patch_at_the_edge_goes_on_calm():
    sea, (lines, samples) = swell(2), np.indices(SHAPE)
    sea[(lines > 80) & (lines < 160) & (samples < 140)] *= 0.3
    filled = without_holes(np.where(samples < 100, -1, sea).astype(np.float32))
    assert filled[100:140, 90:100].mean() == pytest.approx(sea[100:140, 100:130].mean(), rel=0.1)
    assert filled[20:60, 90:100].mean() == pytest.approx(sea[20:60, 100:130].mean(), rel=0.1)


@pytest.mark.parametrize("edge", OUTSIDE)
def test_every_window_shows_the_same(edge, monkeypatch):
    monkeypatch.setattr(holes, "TILE_PX", 64)
    image = Image.from_array(np.where(OUTSIDE[edge], -1, swell(3)).astype(np.float32), 4)
    whole, random = image.read(slice(0, SHAPE[0]), slice(0, SHAPE[1])), np.random.default_rng(4)
    assert (whole >= 0).all()
    for _ in range(20):
        window = tuple(slice(*sorted(random.choice(side + 1, 2, replace=False))) for side in SHAPE)
        np.testing.assert_array_equal(image.read(*window), whole[window])


def test_only_what_is_near_a_tile_is_read():
    asked, sea = [], np.full((1500, 1500), -1.0, np.float32)
    sea[:, 700:] = 1

    def window(lines, samples):
        asked.append((lines.stop - lines.start, samples.stop - samples.start))
        return sea[lines, samples]

    pixels = WithoutHoles(window, sea.shape, 0.5).read(slice(600, 610), slice(500, 720))
    assert np.array_equal(pixels >= 0.99, np.broadcast_to(np.arange(500, 720) >= 700 - REACH_PX, (10, 220)))
    assert (pixels[:, : 200 - REACH_PX] == 0.5).all()
    assert max(map(max, asked)) <= holes.TILE_PX + 2 * holes.MARGIN_PX


def test_without_holes_nothing_is_touched():
    sea = swell(5)
    np.testing.assert_array_equal(without_holes(sea), sea)


@pytest.mark.parametrize("known", [0, 1, 5])
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (40, 3), (50, 60)])
def test_whatever_little_is_known(shape, known):
    sea = np.full(shape, -1.0, np.float32)
    sea.ravel()[:known] = [0, 0.5, 2, 1, 0][: min(known, sea.size)]
    filled = without_holes(sea)
    assert filled.shape == shape and np.isfinite(filled).all() and filled.min() >= 0 and filled.max() <= 2
    np.testing.assert_array_equal(filled[sea >= 0], sea[sea >= 0])


def test_steps_put_crests_on_crests():
    samples = np.arange(220) * np.ones((200, 1))
    steps = best_steps(np.sin(2 * np.pi * samples / 10), np.ones((200, 220), bool))
    along = steps[[0, 1, 3, 4, 5, 7], 1] / 10
    np.testing.assert_array_equal(along, np.rint(along))
    assert (steps[0, 1] > 0) and (steps[4, 1] < 0) and (steps[2, 0] > 0) and (steps[6, 0] < 0)
