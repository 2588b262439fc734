# SPDX-License-Identifier: GPL-2.0-or-later
"""The measurement of speed and memory: what is compared gives the same, and the table says what was found."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from metocean.core.feedback import Silent
from metocean.core.files.raster import open_raster
from metocean.core.methods.image import Image
from metocean.core.roughness.prepare import prepare
from metocean.core.roughness.roughness import RoughnessOptions
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.sentinel1.product import open_product
from metocean.core.scenes.sentinel1.product_files import choose_image
from metocean.models.methods.mask import Mask, score_drops
from metocean.models.methods.mask_geometry import Masks
from metocean.models.methods.part import TileByTile, Tiles
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.training.speed import networks, scenes
from metocean.training.speed.__main__ import main, page
from metocean.training.speed.measure import Row, at_least, at_most, peak_mb, take_turns
from metocean.training.speed.sizes import QUICK

pytestmark = pytest.mark.usefixtures("one_thread")


def test_contestants_take_turns_and_the_first_round_is_not_counted(monkeypatch):
    now, order = [0.0], []
    monkeypatch.setattr("time.perf_counter", lambda: now[0])

    def runner(name, seconds):
        def run():
            order.append(name)
            now[0] += seconds.pop(0)

        return run

    runs = {"slow": runner("slow", [100.0, 4.0, 6.0]), "fast": runner("fast", [90.0, 2.0, 1.0])}
    seconds = take_turns(runs, rounds=2)
    assert order == ["slow", "fast"] * 3
    assert seconds["slow"].tolist() == [4, 6] and seconds["fast"].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (Row("a", "x", [2.0, 6.0, 5.0], at_least(4)), "| a | ≥ 4 x | 5 x (2 – 6) | yes |"),
        (Row("a", "x", [2.0, 6.0, 3.0], at_least(4)), "| a | ≥ 4 x | 3 x (2 – 6) | **no** |"),
        (Row("a", "MB", [300.0], at_most(300)), "| a | ≤ 300 MB | 300 MB | yes |"),
        (Row("a", "x", [1.5]), "| a | – | 1.5 x | – |"),
        (Row("a", "s", [], at_most(15), "no QGIS"), "| a | ≤ 15 s | no QGIS | not measured |"),
    ],
)
def test_a_row_of_the_table(row, cells):
    facts = dict.fromkeys(("day", "setting", "rounds", "slow_rounds", "machine"), "")
    content = {**facts, "rows": [row.as_json()]}
    assert cells in page(content).splitlines()


def test_page_and_numbers_are_written(tmp_path, capsys):
    main(["--out", str(tmp_path / "docs" / "bench"), "--quick", "--parts", "unet", "part"])
    content = json.loads((tmp_path / "docs" / "bench.json").read_text())
    rows = {row["what"]: row for row in content["rows"]}
    assert len(rows) == 5
    exact = rows["U-Net swath, fp32: largest difference from the whole scene"]
    assert exact["met"] and 0 < exact["median"] < 1e-5
    ratio = rows["U-Net swath against the paper's tiles, eager: fp32"]
    assert ratio["median"] > 0 and ratio["goal"] == "≥ 4" and ratio["rounds"] == 1
    text, printed = (tmp_path / "docs" / "bench.md").read_text(), capsys.readouterr().out
    assert all(f"| {what} | " in text and f"{what} | " in printed for what in rows)
    assert f"torch {torch.__version__}" in text and "*quick*" in text


def test_the_naive_ways_give_what_ours_give():
    network = networks.random(Inception(InceptionConfig(width=0.02)))
    sea = networks.noise((150, 150))
    tiles, masks, image = Tiles(75, 60), Masks(75, 64, "zero"), Image.from_array(sea, 8)
    part = networks.methods(TileByTile, network, side_px=75, stride_px=60)["fp32"]
    expected = networks.one_by_one(network, image, tiles)
    assert np.ptp(expected, axis=(1, 2)).max() > 1e-3
    np.testing.assert_allclose(part.tile_scores(image, Silent()), expected, atol=1e-5)
    mask = networks.methods(Mask, network, fill="zero", side_px=75, stride_px=64)["fp32"]
    drops = networks.every_mask(
        lambda x: network(x).softmax(1), networks.network_input(sea[:144, :144]), masks
    )
    assert drops.max() > 1e-3
    np.testing.assert_allclose(score_drops(mask, sea[:144, :144], masks, Silent(), 4), drops, atol=1e-5)


def test_tiles_that_overlap_by_half_keep_their_centres():
    """A forward pass that says where in its tile a cell lies, and what is there."""
    sea = networks.noise((64, 96))

    def forward(tile):
        place = torch.arange(32.0).view(1, 1, 1, -1).expand(1, 10, 32, 32)[..., ::4, ::4].clone()
        place[:, 1] = tile[0, 0, ::4, ::4]
        return place

    maps = networks.half_overlapping(forward, sea, 32, 4)
    assert (maps[0] == np.tile([8, 12, 16, 20], 6)).all()
    np.testing.assert_array_equal(maps[1], sea[::4, ::4] / 2)


def test_preprocessing_at_full_resolution_gives_what_ours_gives(tmp_path):
    path = scenes.simulated(tmp_path, (60, 80), scenes.PIXEL_M)
    prepare(open_scene(str(path)), str(tmp_path / "r.tif"), RoughnessOptions(), Silent())
    ours = open_raster(str(tmp_path / "r.tif")).ReadAsArray()
    naive = scenes.windowed(open_product(str(path), choose_image(str(path), str(path))))
    assert ours.shape == naive.shape == (60, 80)
    np.testing.assert_allclose(ours, naive, atol=4e-3)


def test_peak_memory_is_that_of_the_command_alone():
    held = b"x" * (300 * 2**20)
    nothing, much = (peak_mb(sys.executable, "-c", f"b'x' * ({size} * 2**20)") for size in (0, 150))
    assert len(held) > 1 and nothing < 100 and 145 < much - nothing < 170
    with pytest.raises(subprocess.CalledProcessError):
        peak_mb(sys.executable, "-c", "raise SystemExit(1)")


def test_what_cannot_be_measured_is_a_row_that_says_why(monkeypatch):
    monkeypatch.setattr(scenes, "QGIS", ("no_such_program",))
    time_s, memory_mb = (row.as_json() for row in scenes.qgis(QUICK))
    for row in (time_s, memory_mb):
        assert row["median"] is None and row["met"] is None and "QGIS does not run" in row["note"]
