"""The simulator: reproducible, physical where physics can be checked, masks where the change is."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.classes import CODES, class_index
from metocean.core.cmod5n import cmod5n
from metocean.core.errors import InputError
from metocean.training import simulate
from metocean.training.simulator import (
    convection,
    fields,
    fronts,
    icebergs,
    low_wind,
    rain,
    scene,
    sea,
    slicks,
)

GRID = fields.Grid((192, 192), 100.0)
SMALL = scene.ImagetteRanges(size=192)


def still_sea(speed=6.0, incidence=36.8):
    """A sea of uniform wind across the look: every later change comes from the phenomenon under test."""
    wind = np.full(GRID.shape, speed, np.float32)
    return sea.Sea(GRID, np.full(GRID.shape[1], incidence), 0 * wind, wind)


def clean(state):
    return sea.clean_sigma0(state, np.zeros(GRID.shape, np.float32))


@pytest.mark.parametrize("code", CODES)
def test_every_class_is_drawn_with_its_mask(code):
    labels = np.stack([scene.simulate(seed, code, SMALL).labels for seed in range(3)])
    assert (labels == class_index(code) + 1).any()
    assert labels.max() <= len(CODES)


def test_the_same_seed_gives_the_same_image_and_another_seed_another():
    first, again, other = (scene.simulate(seed, "RC", SMALL) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.roughness, again.roughness)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert np.abs(first.roughness - other.roughness).mean() > 0.01


def test_roughness_stays_in_its_range():
    image = scene.simulate(3, "IB", SMALL).roughness
    assert image.dtype == np.float32
    assert image.min() >= 0 and image.max() <= 2


@pytest.mark.parametrize("incidence", [23.8, 36.8, 46.0])
def test_uniform_wind_gives_cmod5n(incidence):
    expected = cmod5n(6.0, 90.0, incidence)
    np.testing.assert_allclose(clean(still_sea(6.0, incidence)), expected, rtol=2e-3)


def test_wind_across_a_swath_follows_cmod5n_in_every_column():
    state = still_sea()
    state.incidence_deg = np.linspace(29.0, 46.0, GRID.shape[1])
    np.testing.assert_allclose(clean(state)[0], cmod5n(6.0, 90.0, state.incidence_deg), rtol=5e-3)


def test_upwind_is_wind_blowing_towards_the_radar():
    state = still_sea()
    state.wind_x, state.wind_y = -state.wind_y, state.wind_x
    np.testing.assert_allclose(clean(state), cmod5n(6.0, 0.0, 36.8), rtol=2e-3)


def test_the_reference_wind_has_roughness_one():
    state = still_sea(10.0)
    state.wind_x = -state.wind_y * np.sqrt(0.5, dtype=np.float32)
    state.wind_y = state.wind_y * np.sqrt(0.5, dtype=np.float32)
    np.testing.assert_allclose(sea.roughness(clean(state), state.incidence_deg), 1.0, rtol=2e-3)


def test_speckle_has_the_looks_of_its_pixel():
    noisy = sea.observe(np.random.default_rng(1), np.full((400, 400), 0.1, np.float32), 50.0)
    assert noisy.std() / noisy.mean() == pytest.approx(1 / np.sqrt(70), rel=0.1)


def test_wave_spectrum_has_the_height_it_was_asked_for():
    power = sea._wave_spectrum(GRID, 2.0, 400.0, 0.3, 0.3)
    elevation = fields.filtered_noise(np.random.default_rng(2), GRID, np.sqrt(power))
    assert 4 * elevation.std() == pytest.approx(2.0, rel=0.1)


def test_waves_too_short_for_the_grid_are_not_squeezed_into_it():
    fine, coarse = (
        fields.filtered_noise(
            np.random.default_rng(2), grid, np.sqrt(sea._wave_spectrum(grid, 2.0, 120.0, 0.3, 0.3))
        )
        for grid in (fields.Grid((512, 512), 25.0), fields.Grid((512, 512), 100.0))
    )
    assert 4 * fine.std() == pytest.approx(2.0, rel=0.1)
    assert 4 * coarse.std() < 1.0


def test_azimuth_cutoff_removes_waves_along_the_track_only():
    ky_wave, kx_wave = sea._cutoff(GRID, 300.0)[GRID.shape[0] // 2, 0], sea._cutoff(GRID, 300.0)[0, -1]
    assert ky_wave < 1e-3 and kx_wave == 1.0


def test_low_wind_is_dark_inside_its_mask():
    state = still_sea(5.0)
    low_wind.apply(state, np.random.default_rng(4))
    mask = state.labels == class_index("LWA") + 1
    assert 0.02 < mask.mean() < 0.9
    assert state.speed[mask].max() < 3.0
    assert clean(state)[mask].mean() < 0.5 * clean(state)[~mask].mean()


def test_slicks_are_darker_than_the_water_around():
    state = still_sea(4.0)
    slicks.apply(state, np.random.default_rng(5))
    mask = state.labels == class_index("BS") + 1
    assert state.gain_db[mask].mean() < state.gain_db[~mask].mean() - 0.5
    assert state.gain_db.max() <= 0


def test_rain_pushes_the_wind_outwards():
    state = still_sea(5.0)
    ranges = rain.RainRanges(count=(1, 1), radius_m=(5000.0, 5001.0), outflow=(4.0, 4.01))
    rain.apply(state, np.random.default_rng(6), ranges=ranges)
    mask = state.labels == class_index("RC") + 1
    assert mask.any()
    # Far away nothing has changed; inside, the cross-wind component points away from the centre.
    assert np.abs(state.wind_x[~mask]).mean() < 0.2 * np.abs(state.wind_x[mask]).mean()
    x = np.broadcast_to(GRID.coordinates()[0], GRID.shape)
    assert np.corrcoef(x[mask], state.wind_x[mask])[0, 1] > 0.5


@pytest.mark.parametrize("apply, code", [(fronts.atmospheric, "AF"), (fronts.oceanic, "OF")])
def test_front_masks_are_as_wide_as_annotators_draw(apply, code):
    state = still_sea()
    apply(state, np.random.default_rng(8))
    mask = state.labels == class_index(code) + 1
    # At least one column or row is crossed once: the shortest crossings are the width.
    runs = [np.diff(np.flatnonzero(np.diff(np.r_[0, line, 0]))) for line in (*mask, *mask.T) if line.any()]
    narrowest = np.median([run[0] for run in runs]) * GRID.spacing_m
    assert 1200 < narrowest < 8000


def test_icebergs_are_bright_and_masked_at_least_200_m_around():
    state = still_sea()
    icebergs.apply(state, np.random.default_rng(9))
    mask = state.labels == class_index("IB") + 1
    assert state.targets[mask].max() > 1
    assert (state.targets[~mask] > 0.5).mean() < 1e-3
    assert mask.sum() * GRID.spacing_m**2 >= 0.8 * np.pi * 200**2


def test_convection_keeps_the_mean_wind():
    state = still_sea()
    convection.apply(state, np.random.default_rng(10))
    assert state.speed.mean() == pytest.approx(6.0, rel=0.05)
    assert state.speed.std() > 0.05


def test_a_weight_keeps_the_rest_of_the_scene_untouched():
    weight = np.zeros(GRID.shape, np.float32)
    weight[:, :96] = 1
    state = still_sea()
    scene.PROCESSES["WS"](state, np.random.default_rng(11), weight)
    assert np.all(state.speed[:, 96:] == 6.0)
    assert np.all(state.labels[:, 96:] == class_index("POW") + 1)


def test_network_labels_by_hand():
    labels = np.zeros((8, 32), np.uint8)
    labels[:, :8] = class_index("POW") + 1
    labels[0, 0] = class_index("IB") + 1  # one pixel is enough
    labels[:, 8:10] = class_index("OF") + 1  # a quarter of the cell
    labels[:, 10:16] = class_index("POW") + 1
    labels[:, 16:19] = class_index("RC") + 1  # three eighths and the rest unlabelled
    labels[:4, 24:] = class_index("WS") + 1  # exactly half
    expected = [[class_index("IB") + 1, class_index("OF") + 1, 0, class_index("WS") + 1]]
    np.testing.assert_array_equal(scene.network_labels(labels, 8), expected)


def test_network_input_averages_power():
    image = np.array([[0.0, 2.0], [0.0, 0.0]], np.float32)
    np.testing.assert_allclose(scene.network_input(image), [[1.0]])


def test_swath_holds_several_processes():
    swath = scene.simulate_swath(1, (401, 503), 100.0, np.linspace(30, 45, 503))
    assert swath.sigma0.shape == swath.labels.shape == (401, 503)
    assert swath.sigma0.min() >= 0 and np.isfinite(swath.sigma0).all()
    assert len(np.unique(swath.labels)) >= 5


def test_command_writes_shards_and_a_sheet_and_keeps_what_is_complete(tmp_path, monkeypatch):
    monkeypatch.setattr(simulate, "write_sheet", lambda path, seed: path.write_bytes(b"sheet"))
    options = ["--out", str(tmp_path), "--count", "3", "--shard", "2", "--workers", "1"]
    simulate.main(options)
    images, labels = (np.load(tmp_path / "shard-000" / name) for name in ("images.npy", "labels.npy"))
    assert images.shape == (2, 256, 256) and labels.shape == (2, 64, 64)
    np.testing.assert_array_equal(images[1], simulate.training_pair(10_000_001)[0])
    before = (tmp_path / "shard-000" / "images.npy").stat().st_mtime_ns
    simulate.main(options)
    assert (tmp_path / "shard-000" / "images.npy").stat().st_mtime_ns == before
    assert np.load(tmp_path / "shard-001" / "images.npy").shape == (1, 256, 256)
    with pytest.raises(InputError, match="other images"):
        simulate.main([*options, "--seed", "2"])
