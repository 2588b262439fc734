# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of the benchmark from results that are made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_up_bench import MadeUp
from metocean.core.classes import CODES
from metocean.training.benchmark import figure3, figure4
from metocean.training.benchmark.figure3 import fit_power_law
from metocean.training.benchmark.images import first_of_each_class
from metocean.training.benchmark.methods import BENCHMARKED_METHODS
from metocean.training.benchmark.settings import QUICK, Bundled
from metocean.training.data.shards import open_shard
from result_tables import cells, rows

pytestmark = pytest.mark.usefixtures("weights_folder")


def test_a_power_law_is_found_again():
    n = np.array([50.0, 100, 200, 400, 700, 1000])
    law = fit_power_law(n, 2.5 * n**-0.6 + 0.2)
    assert (law.scale, law.exponent, law.floor) == pytest.approx((2.5, 0.6, 0.2), rel=1e-3)
    few = fit_power_law(n[:3], 2.5 * n[:3] ** -0.6)  # too few to tell a floor
    assert (few.scale, few.exponent, few.floor) == pytest.approx((2.5, 0.6, 0.0))
    np.testing.assert_allclose(law(n), 2.5 * n**-0.6 + 0.2, rtol=1e-3)
    noise = 1 + 0.03 * np.random.default_rng(0).standard_normal(6)
    assert fit_power_law(n, 2.5 * n**-0.6 * noise).exponent == pytest.approx(0.6, abs=0.15)


def test_an_error_that_does_not_fall_has_a_law_too():
    law = fit_power_law(np.array([5.0, 10, 20, 40]), np.array([0.8, 0.82, 0.81, 0.83]))
    np.testing.assert_allclose(law(np.array([5.0, 40])), 0.815, atol=0.03)


def test_figure_3_has_points_and_the_law(folder):
    def value(use, variant, code):
        return 1 - (0.9 if variant == "soft" else 0.8) * use.training.recipe.per_class**-0.3

    bench = MadeUp(folder, value)
    bench.settings = replace(QUICK, masks_per_class=(2, 4, 5, 9, 20))
    figure3.write(bench, folder)
    written = rows(folder / "figure3.csv")
    # Six of each class: nine are all there are, twenty would be the same again.
    assert [float(row["masks_per_class"]) for row in written] == [2, 4, 5, 9]
    assert float(written[1]["argmax"]) == pytest.approx(1 - 0.8 * 4**-0.3)
    page = (folder / "figure3.md").read_text()
    assert "- argmax: 1 − Dice = 0.8 · n^−0.3 + " in page and "- soft: 1 − Dice = 0.9 · n^−0.3 + " in page
    assert cells(page, "4") == [[f"{100 * (1 - 0.8 * 4**-0.3):.1f}", f"{100 * (1 - 0.9 * 4**-0.3):.1f}"]]
    assert (folder / "figure3.png").read_bytes().startswith(b"\x89PNG")


def test_figure_4_shows_class_colours_and_black_below_the_methods_threshold(
    folder, weights_folder, monkeypatch
):
    assert {use.training.recipe.seed for use in figure4.uses(QUICK)} == {0}
    for model in ("unet", "categorizer", "im2px"):
        (weights_folder / f"{model}.safetensors").touch()
    assert {type(use.training) for use in figure4.uses(QUICK)} == {Bundled}
    drawn = {}
    bench = MadeUp(folder)
    bench.shards = lambda use: first_of_each_class([open_shard(folder / "shard-000")], 1)

    def maps(use):
        values = np.zeros((10, 10, 4, 4), np.float32)
        threshold = {"im2px": 0.3, "mask_mean": 0.01, "mask_zero": 0.01}.get(use.method, 0.5)
        values[:, list(BENCHMARKED_METHODS).index(use.method)] = 1.2 * threshold
        values[:, :, 0] *= 0.8
        return values

    bench.maps = maps
    draw = figure4.draw_panel
    monkeypatch.setattr(
        figure4, "draw_panel", lambda path, title, rows: drawn.update(rows) or draw(path, title, rows)
    )
    figure4.write(bench, folder)
    assert list(drawn) == list(CODES)
    for number, (image, truth, *methods) in enumerate(drawn.values(), 1):
        assert (image == number).all() and (truth == number).all()
        for method, classes in enumerate(methods, 1):
            assert (classes[0] == 0).all() and (classes[1:] == method).all()
    assert (folder / "figure4.png").read_bytes().startswith(b"\x89PNG")
