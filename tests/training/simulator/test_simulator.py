"""The simulator: reproducible, physical where physics can be checked, masks where the change is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from metocean.core.classes import CODES, class_index
from metocean.core.cmod5n import cmod5n, vv_over_hh
from metocean.core.errors import InputError
from metocean.training import simulate
from metocean.training.data.label_cells import network_labels
from metocean.training.simulator import fields, sea, sensor, shapes, waves
from metocean.training.simulator.draws import HELD_OUT, Draws, choose, log_uniform, uniform
from metocean.training.simulator.processes import (
    convection,
    distractors,
    fronts,
    ice,
    icebergs,
    low_wind,
    rain,
    slicks,
)
from metocean.training.simulator.scenes import imagette as scene
from metocean.training.simulator.scenes import mixture, swath
from metocean.training.simulator.scenes.labels import leave_unlabelled
from metocean.training.simulator.scenes.training_images import training_image
from scipy import ndimage

GRID = fields.Grid((192, 192), 100.0)
SMALL = scene.ImagetteRanges(size=192)


def still_sea(speed=6.0, incidence=36.8):
    """A sea of uniform wind across the look: every later change comes from the phenomenon under test."""
    wind = np.full(GRID.shape, speed, np.float32)
    return sea.Sea(GRID, np.full(GRID.shape[1], incidence), 0 * wind, wind)


def clean(state):
    """What a radar would see without any waves."""
    still = np.zeros(GRID.shape, np.float32)
    return waves.clean_sigma0(state, waves.Waves(still, still, 0.0))


def system(height_m=2.0, length_m=400.0, angle=0.3, spread=0.3):
    return waves.WaveSystem(height_m, length_m, angle, spread, 2.0)


@pytest.mark.parametrize("code", CODES)
def test_every_class_is_drawn_with_its_mask(code):
    labels = np.stack([scene.simulate(seed, code, ranges=SMALL).labels for seed in range(3)])
    assert (labels == class_index(code) + 1).any()
    assert labels.max() <= len(CODES)


def test_the_same_seed_gives_the_same_image_and_another_seed_another():
    first, again, other = (scene.simulate(seed, "RC", ranges=SMALL) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.roughness, again.roughness)
    np.testing.assert_array_equal(first.labels, again.labels)
    assert np.abs(first.roughness - other.roughness).mean() > 0.01


def test_roughness_stays_in_its_range():
    image = scene.simulate(3, "IB", ranges=SMALL).roughness
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
    np.testing.assert_allclose(sensor.roughness(clean(state), state.incidence_deg), 1.0, rtol=2e-3)


@pytest.mark.parametrize("name", mixture.MODES)
def test_speckle_has_the_looks_of_its_mode(name):
    """Over areas much wider than what a point is smeared into, also where that is wider than the pixels."""
    mode = mixture.MODES[name].sensor
    quiet = replace(mode, noise_floor_db=(-60.0, -59.0), looks_50m=(mode.looks_50m[0], mode.looks_50m[0]))
    noisy = sensor.observe(Draws(1), np.full((800, 800), 0.1, np.float32), 50.0, quiet)
    areas = noisy.reshape(100, 8, 100, 8).mean((1, 3))
    assert (areas.std() / areas.mean()) ** 2 * 64 * mode.looks_50m[0] == pytest.approx(1, rel=0.15)
    neighbours = np.corrcoef(noisy[:, 1:].ravel(), noisy[:, :-1].ravel())[0, 1]
    assert neighbours > 0.3 if mode.blur_m else abs(neighbours) < 0.01


def test_noise_may_differ_within_an_image():
    louder = np.zeros((200, 200), np.float32)
    louder[:, 100:] = 6.0
    still = replace(sensor.INTERFEROMETRIC, ripple_db=(0.0, 0.0), subtracted=(0.0, 0.0))
    dark = sensor.observe(Draws(1), np.zeros((200, 200), np.float32), 50.0, still, louder)
    assert dark[:, 100:].mean() / dark[:, :100].mean() == pytest.approx(10**0.6, rel=0.02)


def surface(grid, one):
    return fields.filtered_noise(Draws(2), grid, np.sqrt(waves.spectrum(grid, one)))


def test_wave_spectrum_has_the_height_it_was_asked_for():
    assert 4 * surface(fields.Grid((512, 512), 40.0), system()).std() == pytest.approx(2.0, rel=0.1)


def test_waves_too_short_for_the_grid_are_not_squeezed_into_it():
    short = system(length_m=120.0)
    fine, coarse = (surface(fields.Grid((512, 512), spacing), short) for spacing in (20.0, 100.0))
    assert 4 * fine.std() == pytest.approx(2.0, rel=0.12)
    assert 4 * coarse.std() < 1.0


def test_waves_run_where_they_are_sent():
    power = waves.spectrum(GRID, system(angle=np.pi / 2, spread=0.1))
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


def test_calm_water_gives_next_to_no_echo():
    assert clean(still_sea(0.5)).mean() < 0.03 * cmod5n(0.5, 90.0, 36.8)


def test_held_out_parameters_are_never_seen_in_training():
    seen, held = (np.sort([Draws(seed, out).share() for seed in range(3000)]) for out in (False, True))
    inside = np.any([(seen > low) & (seen < high) for low, high in HELD_OUT], axis=0)
    assert not inside.any()
    assert np.any([(held >= low) & (held <= high) for low, high in HELD_OUT], axis=0).all()
    # Both cover the range evenly: from faint to strong.
    assert seen[0] < 0.01 and seen[-1] > 0.99 and abs(np.median(seen) - 0.5) < 0.06
    assert held[0] < 0.1 and held[-1] > 0.88


def test_draws_stay_in_their_range():
    rng = Draws(3)
    values = [uniform(rng, (-2.0, 3.0)) for _ in range(500)]
    assert min(values) >= -2 and max(values) <= 3 and np.mean(values) == pytest.approx(0.5, abs=0.3)
    values = [log_uniform(rng, (10.0, 1000.0)) for _ in range(500)]
    assert min(values) >= 10 and max(values) <= 1000 and np.median(values) == pytest.approx(100, rel=0.35)
    assert {choose(rng, {"a": 1.0, "b": 0.0}) for _ in range(20)} == {"a"}


def test_stirring_does_not_gather_or_thin_water():
    """A flow without divergence: the map's area is kept, on average over any part of the scene."""
    grid = fields.Grid((256, 256), 50.0)
    x, y = shapes.stirred(Draws(5), grid, shapes.Stirring(8000.0, 1500.0, 2500.0, steps=40))
    (x_row, x_column), (y_row, y_column) = (np.gradient(part, grid.spacing_m) for part in (x, y))
    area = (x_column * y_row - x_row * y_column)[16:-16, 16:-16]
    assert area.mean() == pytest.approx(1.0, abs=0.05)
    moved = np.hypot(*(part - start for part, start in zip((x, y), grid.coordinates())))
    assert 500 < np.sqrt((moved**2).mean()) < 2600


def test_low_wind_is_dark_inside_its_mask():
    state = still_sea(5.0)
    low_wind.apply(state, Draws(4), ranges=low_wind.LowWindRanges(share=(0.1, 0.75)))
    mask = state.labels == class_index("LWA") + 1
    assert 0.02 < mask.mean() < 0.9
    assert state.speed[mask].max() < 3.0
    assert clean(state)[mask].mean() < 0.5 * clean(state)[~mask].mean()


def test_slicks_are_darker_than_the_water_around():
    state = still_sea(4.0)
    slicks.apply(state, Draws(5))
    mask = state.labels == class_index("BS") + 1
    assert state.gain_db[mask].mean() < state.gain_db[~mask].mean() - 0.5
    assert state.gain_db.max() <= 0


def test_rain_pushes_the_wind_outwards():
    state = still_sea(5.0)
    ranges = rain.RainRanges(count=(1, 1), radius_m=(5000.0, 5001.0), outflow=(4.0, 4.01))
    rain.apply(state, Draws(6), ranges=ranges)
    mask = state.labels == class_index("RC") + 1
    assert mask.any()
    # Far away nothing has changed; inside, the cross-wind component points away from the centre.
    assert np.abs(state.wind_x[~mask]).mean() < 0.2 * np.abs(state.wind_x[mask]).mean()
    x = np.broadcast_to(GRID.coordinates()[0], GRID.shape)
    assert np.corrcoef(x[mask], state.wind_x[mask])[0, 1] > 0.5


@pytest.mark.parametrize("apply, code", [(fronts.atmospheric, "AF"), (fronts.oceanic, "OF")])
def test_front_masks_are_as_wide_as_annotators_draw(apply, code):
    state = still_sea()
    apply(state, Draws(8))
    mask = state.labels == class_index(code) + 1
    # At least one column or row is crossed once: the shortest crossings are the width.
    runs = [np.diff(np.flatnonzero(np.diff(np.r_[0, line, 0]))) for line in (*mask, *mask.T) if line.any()]
    narrowest = np.median([run[0] for run in runs]) * GRID.spacing_m
    assert 1200 < narrowest < 8000


def test_icebergs_are_bright_and_masked_at_least_200_m_around():
    state = still_sea()
    icebergs.apply(state, Draws(9))
    mask = state.labels == class_index("IB") + 1
    assert state.targets[mask].max() > 1
    assert (state.targets[~mask] > 0.5).mean() < 1e-3
    assert mask.sum() * GRID.spacing_m**2 >= 0.8 * np.pi * 200**2


def test_an_iceberg_between_pixels_is_marked_where_it_is():
    grid = fields.Grid((40, 40), 50.0)
    nothing = np.zeros(grid.shape, bool)
    mask = icebergs._mask(grid, (1000.0, 1000.0), nothing, 80.0, 200.0)
    x, y = grid.coordinates()
    np.testing.assert_array_equal(mask, np.hypot(x - 1000, y - 1000) <= 200)


def test_ice_and_land_darken_less_with_the_angle_than_the_sea():
    """The same ice: dark against the water where the radar looks down, bright where it looks far."""
    still = ice.IceRanges(edge_share=0.0, level_db=(-14.0, -14.0), fall_db=(0.2, 0.2))
    steep, flat = still_sea(incidence=23.8), still_sea(incidence=45.0)
    for state in (steep, flat):
        state.wind_x -= 1e-3  # upwind: else the ice has no quadrant to take
        ice.apply(state, Draws(3), ranges=still)
    fall_db = 10 * np.log10(clean(steep).mean() / clean(flat).mean())
    assert fall_db == pytest.approx(0.2 * (45.0 - 23.8), abs=0.1)


def test_in_hh_all_but_the_sea_is_brighter():
    still = ice.IceRanges(edge_share=0.5)
    vertical, horizontal = still_sea(), still_sea()
    horizontal.solid_db = 3.0
    masks = [ice.apply(state, Draws(4), ranges=still) for state in (vertical, horizontal)]
    np.testing.assert_array_equal(*masks)
    ratio = clean(horizontal) / clean(vertical)
    frozen = ndimage.binary_erosion(masks[0], iterations=8)
    assert frozen.any() and ratio[frozen] == pytest.approx(10**0.3, rel=0.02)


def test_in_hh_noise_is_brighter_too(monkeypatch):
    noise_db = {}

    def spy(rng, sigma0, spacing_m, sensor, more_db):
        noise_db[horizontal] = np.broadcast_to(more_db, sigma0.shape)
        return sensor_observe(rng, sigma0, spacing_m, sensor, more_db)

    sensor_observe = scene.observe
    monkeypatch.setattr(scene, "observe", spy)
    for horizontal in (0.0, 1.0):
        mode = replace(mixture.MODES["EW"], incidence_deg=(44.0, 44.0), hh=horizontal)
        monkeypatch.setattr(scene, "MODES", {"EW": mode})
        scene.simulate(3, "POW", ranges=SMALL)
    excess_db = noise_db[1.0] - noise_db[0.0]
    assert excess_db == pytest.approx(10 * np.log10(float(vv_over_hh(np.array([44.0]))[0])), abs=1e-3)


def test_sizes_of_held_out_icebergs_are_unseen(monkeypatch):
    sizes_m = []

    def spy(rng, grid, centre, size_m):
        sizes_m.append(size_m)
        return drawn(rng, grid, centre, size_m)

    drawn = icebergs._berg
    monkeypatch.setattr(icebergs, "_berg", spy)
    for seed in range(12):
        icebergs.apply(still_sea(), Draws(seed, held_out=True))
    least_m, most_m = icebergs.IcebergRanges().size_m
    shares = 1 - (np.array([size for size in sizes_m if size < most_m]) / least_m) ** (-1 / 0.8)
    assert len(shares) > 20
    assert all(any(low <= share <= high for low, high in HELD_OUT) for share in shares)


def test_short_waves_smear_the_water_and_not_the_ice():
    patches, state = np.random.default_rng(1).gamma(4.0, 0.25, GRID.shape), still_sea()
    state.gain_db = (10 * np.log10(patches)).astype(np.float32)
    state.wave_gain[:, :96] = 0
    no_waves = np.zeros(GRID.shape, np.float32)
    smeared = waves.clean_sigma0(state, waves.Waves(no_waves, no_waves, 100.0))
    np.testing.assert_array_equal(smeared[:, :96], clean(state)[:, :96])
    assert smeared[:, 96:].std() < 0.8 * clean(state)[:, 96:].std()


def test_plain_water_under_internal_waves_is_plain_water():
    state = still_sea()
    state.label(np.arange(192)[:, None] < 96, "WS")
    distractors.internal_waves(state, Draws(2))
    assert np.abs(state.gain_db).max() > 0.2
    assert (state.labels[96:] == class_index("POW") + 1).all()
    assert (state.labels[:96] == 0).any()


def test_gravity_waves_swell_the_wind_and_leave_the_labels():
    state = still_sea()
    distractors.gravity_waves(state, Draws(2))
    assert 0.02 < state.speed.std() / state.speed.mean() < 0.2
    assert (state.labels == class_index("POW") + 1).all()


def test_only_plain_water_is_named_plain_water():
    labels = np.full((8, 8), class_index("POW") + 1, np.uint8)
    assert scene._tag(labels, "POW") == scene._tag(labels, "RC") == class_index("POW") + 1
    labels[0, :3], labels[1, :2] = class_index("OF") + 1, class_index("AF") + 1
    assert scene._tag(labels, "POW") == scene._tag(labels, "RC") == class_index("OF") + 1
    assert scene._tag(labels, "AF") == class_index("AF") + 1


def test_convection_keeps_the_mean_wind():
    state = still_sea()
    convection.apply(state, Draws(10))
    assert state.speed.mean() == pytest.approx(6.0, rel=0.05)
    assert state.speed.std() > 0.05


def test_a_weight_keeps_the_rest_of_the_scene_untouched():
    weight = np.zeros(GRID.shape, np.float32)
    weight[:, :96] = 1
    state = still_sea()
    mixture.PROCESSES["WS"](state, Draws(11), weight)
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
    np.testing.assert_array_equal(network_labels(labels, 8), expected)


def bordered():
    """Plain water, streaks from the middle on, icebergs at their border."""
    labels = np.full((256, 256), class_index("POW") + 1, np.uint8)
    labels[:, 128:] = class_index("WS") + 1
    labels[96:160, 120:136] = class_index("IB") + 1
    return labels


@pytest.mark.parametrize("seed", range(5))
def test_part_of_an_image_is_left_unlabelled(seed):
    labels = bordered()
    leave_unlabelled(Draws(seed), labels, 0.2)
    assert (labels == 0).mean() == pytest.approx(0.2, abs=0.06)
    assert (labels[96:160, 120:136] == class_index("IB") + 1).all()


def test_what_is_left_unlabelled_lies_where_classes_meet_and_spares_what_is_thin():
    near, spared = [], []
    for seed in range(20):
        labels = bordered()
        labels[40:56] = class_index("OF") + 1
        leave_unlabelled(Draws(seed), labels, 0.3)
        left = labels == 0
        near.append(left[:, 96:160].mean() > left[:, :32].mean())
        spared.append((labels == class_index("OF") + 1).any())
    assert np.mean(near) > 0.6 and np.mean(spared) > 0.6


def test_ice_lies_over_the_water_whatever_the_wind():
    calm, windy = still_sea(3.0), still_sea(11.0)
    everywhere = ice.IceRanges(edge_share=0.0)
    masks = [ice.apply(state, Draws(12), ranges=everywhere) for state in (calm, windy)]
    assert masks[0].all() and masks[1].all()
    np.testing.assert_allclose(clean(calm), clean(windy), rtol=1e-3)


def test_swath_holds_several_processes():
    wide = swath.simulate_swath(Draws(1), fields.Grid((401, 503), 100.0), np.linspace(30, 45, 503))
    assert wide.sigma0.shape == wide.labels.shape == (401, 503)
    assert wide.sigma0.min() >= 0 and np.isfinite(wide.sigma0).all()
    assert len(np.unique(wide.labels)) >= 5


def test_command_writes_shards_and_a_sheet_and_keeps_what_is_complete(tmp_path, monkeypatch):
    monkeypatch.setattr(simulate, "write_sheet", lambda path, rows: path.write_bytes(b"sheet"))
    options = ["--out", str(tmp_path), "--count", "3", "--shard", "2", "--workers", "1", "--held-out"]
    simulate.main(options)
    images, labels = (np.load(tmp_path / "shard-000" / name) for name in ("images.npy", "labels.npy"))
    assert images.shape == (2, 512, 512) and labels.shape == (2, 64, 64)
    assert np.load(tmp_path / "shard-000" / "tags.npy").min() >= 1
    np.testing.assert_array_equal(images[1], training_image(10_000_001, held_out=True)[0])
    before = (tmp_path / "shard-000" / "images.npy").stat().st_mtime_ns
    simulate.main(options)
    assert (tmp_path / "shard-000" / "images.npy").stat().st_mtime_ns == before
    assert np.load(tmp_path / "shard-001" / "images.npy").shape == (1, 512, 512)
    with pytest.raises(InputError, match="other images"):
        simulate.main([*options, "--seed", "2"])
