# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated imagettes against the real ones: statistics that a network could tell them apart by."""

from __future__ import annotations

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.training import realism
from metocean.training.data.quicklooks import read_quicklooks, stretch
from metocean.training.metrics.texture import statistics
from metocean.training.realism import simulated_quicklook

DRAWN = 30
NAMES = ("mean", "variation", "skew", "wave_share", "roundness")


@pytest.fixture(scope="module")
def simulated():
    """Statistics of simulated imagettes by class, (DRAWN, 5 + bands)."""
    return {
        code: np.array([row(simulated_quicklook(40_000 + seed, code)) for seed in range(DRAWN)])
        for code in ("POW", "WS", "MCC")
    }


def row(look):
    found = statistics(look.grey, look.spacing_m)
    return [*(getattr(found, name) for name in NAMES), *found.bands]


def test_simulated_imagettes_bracket_the_real_ones(shared_data, simulated):
    """Each real imagette lies within what is simulated of its tag, or of water where it has none of ours."""
    outside = []
    for look in read_quicklooks(shared_data / "wv_imagettes"):
        codes = [code for code in ("WS", "MCC") if code in look.codes] or ["POW", "WS"]
        drawn = np.concatenate([simulated[code] for code in codes])
        low, high = drawn.min(axis=0), drawn.max(axis=0)
        room = 0.1 * (high - low)
        inside = (row(look) >= low - room) & (row(look) <= high + room)
        outside += [(look.path.name, i) for i in np.flatnonzero(~inside)]
    assert outside == []


def test_typical_water_is_like_typical_real_water(shared_data, simulated):
    real = np.median([row(look) for look in read_quicklooks(shared_data / "wv_imagettes")], axis=0)
    drawn = np.median(np.concatenate([simulated["POW"], simulated["WS"]]), axis=0)
    tolerances = {"mean": 10, "variation": 0.06, "skew": 0.2, "wave_share": 0.12}
    for (name, tolerance), expected, found in zip(tolerances.items(), real, drawn):
        assert found == pytest.approx(expected, abs=tolerance), name


def test_statistics_of_a_known_wave():
    x = np.arange(512) * 50.0
    grey = np.broadcast_to(100 + 50 * np.sin(2 * np.pi * x / 320.0), (512, 512))
    found = statistics(grey, (50.0, 50.0))
    assert found.mean == pytest.approx(100, abs=0.5)
    assert found.variation == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    assert found.skew == pytest.approx(0, abs=0.01)
    assert found.wave_share > 0.99
    assert found.bands.argmax() == 3 and found.bands[3] > 0.99


def test_roundness_tells_streaks_from_cells():
    x, rng = np.arange(256) * 50.0, np.random.default_rng(3)
    stripes = np.broadcast_to(np.sin(2 * np.pi * x / 1000.0), (256, 256))
    noise = rng.normal(0, 1, (256, 256))
    assert statistics(100 + 50 * stripes, (50.0, 50.0)).roundness < 0.05
    assert statistics(100 + 10 * noise, (50.0, 50.0)).roundness > 0.8


def test_pixels_need_not_be_square():
    x = np.arange(400) * 40.0
    grey = np.broadcast_to(100 + 50 * np.sin(2 * np.pi * x / 1000.0), (300, 400)).T
    assert statistics(grey, (40.0, 60.0)).bands[5] > 0.99


def test_stretch_puts_one_per_cent_at_either_end():
    grey = stretch(np.random.default_rng(0).gamma(2.0, 1.0, (200, 200)))
    assert grey.dtype == np.uint8
    assert (grey == 0).mean() == pytest.approx(0.01, abs=0.005)
    assert (grey >= 254).mean() == pytest.approx(0.01, abs=0.005)


def test_folders_without_quicklooks_are_refused(tmp_path):
    with pytest.raises(InputError, match="no PNG or TIFF"):
        read_quicklooks(tmp_path)


def test_command_writes_a_table_and_a_sheet(shared_data, tmp_path):
    realism.main(
        ["--real", str(shared_data / "wv_imagettes"), "--out", str(tmp_path), "--beside", "1", "--seed", "5"]
    )
    lines = (tmp_path / "realism.md").read_text().splitlines()
    assert len(lines) == 2 + 16 and len({line.count("|") for line in lines}) == 1
    assert (tmp_path / "realism.png").stat().st_size > 100_000
