# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics of blocks against scipy, block by block; and what is unlike the ranges by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from feedback import Recorder
from metocean.core.errors import ModelError
from metocean.core.feedback import Silent
from metocean.core.geometry.georeference import Georeference
from metocean.core.methods.training_ranges import STATISTICS, TrainingRanges
from metocean.core.results.familiarity import Familiarity, familiarity, texture_blocks
from metocean.core.roughness.roughness import Roughness
from scipy import stats

# By hand: plain images have a mean of 0.9 to 1.1, others one of 0.2 to 0.4, and any texture.
ANY = [-100.0, 100.0]
KINDS = {
    "plain": {"mean": [0.9, 1.1], "variation": ANY, "skew": ANY, "fine_share": ANY},
    "dark": {"mean": [0.2, 0.4], "variation": ANY, "skew": ANY, "fine_share": ANY},
}


def _file(path, ranges):
    path.write_text(json.dumps({"ranges": ranges}))
    return path


@pytest.mark.parametrize("step", [4, 8])
def test_statistics_block_by_block(rng, step):
    side = 16 * step
    image = rng.gamma(3, 0.2, (2 * side + 7, side + 50))
    image[:side] += np.repeat(rng.uniform(0, 1, side // 4), 4)[:, None]
    found = texture_blocks(image, step)
    for line, values in enumerate(found.statistics):
        block = image[line * side : (line + 1) * side, :side]
        cells = block.reshape(16, step, 16, step).mean(axis=(1, 3))
        expected = [block.mean(), block.std() / block.mean(), stats.skew(block, axis=None)]
        np.testing.assert_allclose(values, [*expected, 1 - cells.var() / block.var()], rtol=1e-9)
    assert found.known_pixels.tolist() == [side**2, side**2]


def test_holes_do_not_count(rng):
    image = rng.gamma(3, 0.2, (64, 192))
    image[:, 64:][rng.random((64, 128)) < 0.2] = -1
    image[:20, 128:] = -1  # of the third block too little is left
    found = texture_blocks(image, 4)
    block = image[:, 64:128]
    known = block[block >= 0]
    assert found.known_pixels.tolist() == [64 * 64, known.size]
    means = np.array(
        [
            known_cell.mean() - known.mean()
            for cell in block.reshape(16, 4, 16, 4).transpose(0, 2, 1, 3).reshape(-1, 16)
            for known_cell in [cell[cell >= 0]]
            for _ in known_cell
        ]
    )
    expected = [
        known.mean(),
        known.std() / known.mean(),
        stats.skew(known),
        1 - (means**2).mean() / known.var(),
    ]
    np.testing.assert_allclose(found.statistics[1], expected, rtol=1e-9)


def test_white_noise_is_fine_and_a_slope_is_coarse(rng):
    noise = 1 + 0.1 * rng.standard_normal((64, 64))
    slope = 1 + np.repeat(np.linspace(0, 0.5, 16), 4)[:, None] * np.ones((1, 64))
    fine = STATISTICS.index("fine_share")
    assert texture_blocks(noise, 4).statistics[0, fine] == pytest.approx(15 / 16, abs=0.01)
    assert texture_blocks(slope, 4).statistics[0, fine] == pytest.approx(0, abs=1e-9)


def test_a_block_without_any_texture_is_finite():
    for level in (0.0, 1.0):
        assert np.isfinite(texture_blocks(np.full((64, 64), level), 4).statistics).all()


def test_what_lies_in_any_box_is_familiar(tmp_path):
    ranges = TrainingRanges.read(_file(tmp_path / "s.json", {"100": KINDS}))
    statistics = np.array([[mean, 0.2, 0.0, 0.5] for mean in (0.1, 0.3, 0.5, 1.0, 1.2)])
    assert ranges.unlike(statistics, 100.0).tolist() == [True, False, True, False, True]


def _scene(roughness_file, levels):
    """Blocks of 64 pixels side by side, with a mean of each of ``levels``; two rows of them."""
    row = np.repeat(levels, 64)[None] * np.ones((140, 1))
    values = row + 0.1 * np.random.default_rng(0).standard_normal(row.shape)
    path = roughness_file(values)
    return Roughness(path, values.shape, (100.0, 100.0), Georeference(), 1.0, None, (), ())


def _knowing(kind, ranges):
    method = kind()
    method.training_ranges = ranges
    return method


def test_the_share_of_a_scene(roughness_file, brightness_method, tmp_path):
    ranges = TrainingRanges.read(_file(tmp_path / "s.json", {"100": KINDS}))
    roughness = _scene(roughness_file, [1.0, 0.6, 0.3, 1.0, 1.9])
    found = familiarity(roughness, _knowing(brightness_method, ranges), Silent())
    assert found == Familiarity(10, 4, 4 * 64 * 64) and found.percent == 40


def test_nothing_is_said_where_nothing_is_known(roughness_file, brightness_method, tmp_path):
    roughness = _scene(roughness_file, [1.0])
    absent = TrainingRanges.read(tmp_path / "no.json")
    assert familiarity(roughness, _knowing(brightness_method, absent), Silent()) is None
    coarse = TrainingRanges.read(_file(tmp_path / "s.json", {"50": KINDS}))
    assert familiarity(roughness, _knowing(brightness_method, coarse), Silent()) is None
    fine = TrainingRanges.read(_file(tmp_path / "s.json", {"100": KINDS}))
    small = Roughness(roughness.path, (50, 50), None, Georeference(), 1.0, None, (), ())
    assert familiarity(small, _knowing(brightness_method, fine), Silent()) is None


@pytest.mark.parametrize(("unlike", "kind"), [(10, "info"), (30, "warn")])
def test_much_is_a_warning(unlike, kind):
    recorder = Recorder()
    Familiarity(100, unlike, 0).tell(recorder)
    said = {"info": recorder.decisions, "warn": recorder.warnings}[kind]
    assert len(recorder.messages) == 1 and f"{unlike} % of the scene's 100 blocks" in said[0]


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"ranges": {"100": {"a": {}}}}',
        '{"ranges": {"x": {}}}',
        '{"ranges": {"100": {}}}',
        "x" * 200_000,
    ],
)
def test_a_damaged_file_is_said(tmp_path, content):
    path = tmp_path / "s.json"
    path.write_text(content)
    with pytest.raises(ModelError, match="delete it"):
        TrainingRanges.read(path)


def test_the_bundled_ranges_are_for_both_resolutions():
    from metocean.models.registry import STATISTICS_FILE

    ranges = TrainingRanges.read(STATISTICS_FILE)
    assert set(ranges.boxes) == {50.0, 100.0}
    assert all(
        boxes.shape == (2, 4, 2) and (boxes[..., 0] < boxes[..., 1]).all() for boxes in ranges.boxes.values()
    )
