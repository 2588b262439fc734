# SPDX-License-Identifier: GPL-2.0-or-later
"""Waves against the textbook: their heights, their velocities, and how a radar images them."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.training.simulator import fields, wave_systems, waves
from metocean.training.simulator.draws import Draws
from metocean.training.simulator.fields import Grid

GRID = Grid((192, 192), 100.0)


def system(height_m=2.0, length_m=400.0, angle=0.3, spread=0.3):
    return wave_systems.WaveSystem(height_m, length_m, angle, spread, 2.0)


def surface(grid, one):
    return fields.filtered_noise(Draws(2), grid, np.sqrt(wave_systems.spectrum(grid, one)))


def test_wave_spectrum_has_the_height_it_was_asked_for():
    assert 4 * surface(fields.Grid((512, 512), 40.0), system()).std() == pytest.approx(2.0, rel=0.1)


def test_waves_too_short_for_the_grid_are_not_squeezed_into_it():
    short = system(length_m=120.0)
    fine, coarse = (surface(fields.Grid((512, 512), spacing), short) for spacing in (20.0, 100.0))
    assert 4 * fine.std() == pytest.approx(2.0, rel=0.12)
    assert 4 * coarse.std() < 1.0


def test_waves_run_where_they_are_sent():
    power = wave_systems.spectrum(GRID, system(angle=np.pi / 2, spread=0.1))
    kx, ky, _ = fields.wavenumbers(GRID)
    assert (power * np.abs(ky)).sum() > 5 * (power * np.abs(kx)).sum()


def test_orbital_velocity_is_what_linear_theory_says():
    """One long wave across the track, by the textbook: its crests move on, the water before them rises."""
    grid = fields.Grid((64, 64), 50.0)
    k = 2 * np.pi / 400.0
    x = grid.coordinates()[0]
    crest = np.broadcast_to(np.cos(k * x), grid.shape).astype(np.float32)
    incidence = 0.6
    transfer = waves._velocity(grid, incidence, np.ones((64, 33), np.float32))
    found = np.fft.irfft2(np.fft.rfft2(crest) * transfer, s=grid.shape)
    omega = np.sqrt(9.81 * k)
    # At the crest water moves with the wave, before it (where x is larger) upwards: both seen from the slant.
    horizontal, vertical = omega * np.cos(k * x), omega * np.sin(k * x)
    towards = vertical * np.cos(incidence) - horizontal * np.sin(incidence)
    np.testing.assert_allclose(found, np.broadcast_to(towards, grid.shape), atol=1e-3)


def test_tilt_brightens_the_slope_that_faces_the_radar():
    grid = fields.Grid((64, 64), 20.0)
    k = 2 * np.pi / 320.0
    x = grid.coordinates()[0]
    crest = np.broadcast_to(np.cos(k * x), grid.shape).astype(np.float32)
    still = waves._reflectivity(grid, 0.5, np.ones((64, 33), np.float32))
    bright = np.fft.irfft2(np.fft.rfft2(crest) * still, s=grid.shape)
    # The radar looks along +x: where the surface rises with x it faces the radar.
    assert np.corrcoef(bright[0], -np.sin(k * x)[0])[0, 1] > 0.5


def test_bunching_moves_power_and_keeps_it():
    patches = np.zeros((8, 3), np.float32)
    patches[2] = 1.0
    shift = np.full((8, 3), 1.25, np.float32)
    shift[2, 1] = -3.0
    moved = waves._moved(patches, shift)
    assert moved.sum() == pytest.approx(3.0)
    np.testing.assert_allclose(moved[:, 0], [0, 0, 0, 0.75, 0.25, 0, 0, 0])
    np.testing.assert_allclose(moved[:, 1], [0, 0, 0, 0, 0, 0, 0, 1.0])


def test_short_waves_smear_the_water_and_not_the_ice(still_sea, clean):
    patches, state = np.random.default_rng(1).gamma(4.0, 0.25, GRID.shape), still_sea()
    state.gain_db = (10 * np.log10(patches)).astype(np.float32)
    state.wave_gain[:, :96] = 0
    no_waves = np.zeros(GRID.shape, np.float32)
    smeared = waves.clean_sigma0(state, waves.Waves(no_waves, no_waves, 100.0))
    np.testing.assert_array_equal(smeared[:, :96], clean(state)[:, :96])
    assert smeared[:, 96:].std() < 0.8 * clean(state)[:, 96:].std()
