# SPDX-License-Identifier: GPL-2.0-or-later
"""Imagettes cut out of wide scenes."""

from __future__ import annotations

import multiprocessing.dummy
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
from metocean.core.classes import value_of
from metocean.core.quantity import to_uint8
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.fields import Grid
from metocean.training.simulator.scenes import mixture, wide_imagettes, wide_scene
from metocean.training.simulator.scenes.contact_sheet import by_scene, write_sheet
from metocean.training.simulator.scenes.training_images import SimulatedShard, wide_images
from metocean.training.simulator.scenes.wide_imagettes import ACROSS, DOWN, simulate_wide_imagettes

POW, WS = value_of("POW"), value_of("WS")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Imagettes of 64 pixels."""
    monkeypatch.setattr(wide_imagettes, "IMAGETTE", replace(wide_imagettes.IMAGETTE, size=64))


def test_a_part_of_a_swath_is_a_scene_of_its_own():
    whole = wide_scene.simulate_wide_scene(Draws(1), Grid((96, 128), 100.0), np.linspace(30, 31, 128))
    part = whole.part(slice(32, 96), slice(64, 128))
    np.testing.assert_array_equal(part.sigma0, whole.sigma0[32:, 64:])
    np.testing.assert_array_equal(part.gusts["WS"], whole.gusts["WS"][32:, 64:])
    assert part.grid == Grid((64, 64), 100.0) and part.noise_db.shape == (64, 64)
    part.labels[:] = 0
    assert whole.labels.all()


def test_what_a_front_adds_to_streaks_is_known_of_the_scene(monkeypatch):
    def streaky(sea, rng, weight):
        sea.name_gusts(1 + np.float32(0.5) * weight, "WS", weight)

    monkeypatch.setitem(mixture.PROCESSES, "AF", streaky)
    grid, angles = Grid((256, 256), 400.0), np.full(256, 35.0)
    layouts = (wide_scene.SceneContent(processes=processes) for processes in ((), ("AF",)))
    without, behind = (wide_scene.simulate_wide_scene(Draws(3), grid, angles, layout) for layout in layouts)
    added = behind.gusts["WS"] / without.gusts["WS"]
    assert added.min() == pytest.approx(1) and added.max() == pytest.approx(1.5)
    named = (behind.labels == WS) & (without.labels != WS)
    assert named.any() and added[named].min() > 1.25


def test_calm_covers_slicks_and_fronts_but_not_rain_and_icebergs():
    order = wide_scene.WIDE_PROCESSES.index
    assert max(order("BS"), order("OF"), order("AF")) < order("LWA") < min(order("RC"), order("IB"))


def test_imagettes_are_named_for_what_they_hold_and_come_again_from_their_seed():
    samples = list(simulate_wide_imagettes(4))
    assert len(samples) == wide_imagettes.IMAGETTES and len({sample.spacing_m for sample in samples}) == 1
    assert len({sample.tag for sample in samples}) > 1
    for sample in samples:
        assert sample.roughness.shape == sample.labels.shape == (64, 64)
        assert sample.tag == POW or (sample.labels == sample.tag).any() or not sample.labels.all()
    again, unseen = (
        next(simulate_wide_imagettes(4)),
        next(simulate_wide_imagettes(4, held_out=True)),
    )
    np.testing.assert_array_equal(again.roughness, samples[0].roughness)
    assert (unseen.roughness != samples[0].roughness).any()


def test_imagettes_go_on_from_one_another(monkeypatch):
    monkeypatch.setattr(wide_imagettes, "observe", lambda rng, sigma0, *others: sigma0)
    plain = wide_imagettes.WideRanges(process=0.0, distractor=0.0)
    samples = [sample.roughness for sample in simulate_wide_imagettes(5, ranges=plain)]
    row = np.concatenate(samples[:ACROSS], 1)
    steps = np.abs(np.diff(row, axis=1)).mean(0)
    borders = np.arange(1, ACROSS) * 64 - 1
    assert steps[borders].max() < 2 * np.delete(steps, borders).mean()
    column = np.concatenate(samples[::ACROSS], 0)
    steps = np.abs(np.diff(column, axis=0)).mean(1)
    assert steps[[63, 127]].max() < 2 * np.delete(steps, [63, 127]).mean()


def test_streaks_and_cells_that_noise_hides_are_plain_water(monkeypatch):
    def plain_share(observe):
        monkeypatch.setattr(wide_imagettes, "observe", observe)
        windy = wide_imagettes.WideRanges(process=0.0, distractor=0.0)
        return np.mean([(sample.labels == POW).mean() for sample in simulate_wide_imagettes(6, ranges=windy)])

    clear = plain_share(lambda rng, sigma0, *others: sigma0)
    hidden = plain_share(lambda rng, sigma0, *others: rng.exponential(0.05, sigma0.shape))
    assert 1 - hidden < 0.5 * (1 - clear)


def test_shards_hold_as_many_images_as_were_asked_for():
    batch = SimulatedShard(70_000_000, wide_imagettes.IMAGETTES + 2, held_out=True, wide=True)
    with multiprocessing.dummy.Pool(1) as pool:
        content = batch.content(pool)
    assert content.images.shape == (batch.count, 64, 64) and content.labels.shape == (batch.count, 8, 8)
    of_second = wide_images(70_000_001, held_out=True)
    np.testing.assert_array_equal(content.images[wide_imagettes.IMAGETTES], of_second[0][0])
    assert batch.meta["wide"] and "wide" not in SimulatedShard(1, 1, False).meta


def test_a_sheet_shows_scenes_as_a_whole(tmp_path):
    rows = list(by_scene(7, scenes=1))
    assert [len(row) for row in rows] == [ACROSS] * DOWN
    first = next(simulate_wide_imagettes(7 * 10_000_000 - 1))
    np.testing.assert_array_equal(rows[0][0][0], to_uint8(first.roughness))
    write_sheet(tmp_path / "sheet.png", rows)
    assert matplotlib.image.imread(tmp_path / "sheet.png").shape[:2] == (
        DOWN * 32,
        ACROSS * 40,
    )
