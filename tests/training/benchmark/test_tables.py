# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of the benchmark from results that are made up."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_bench import MadeUp
from metocean.core.classes import CODES
from metocean.training.benchmark import bundled, paper, table1, table2
from metocean.training.benchmark.methods import BENCHMARKED_METHODS
from metocean.training.benchmark.settings import QUICK, Bundled
from result_tables import cells, rows

pytestmark = pytest.mark.usefixtures("weights_folder")


def test_table_1_has_both_accuracies_beside_the_papers(folder):
    def accuracy(use):
        assert use.training.steps == QUICK.by_resolution.steps  # all see as many images
        return 0.9 / use.training.recipe.coarser + (0.05 if use.images == "test" else 0)

    bench = MadeUp(folder, accuracy=accuracy)
    table1.write(bench, folder)
    page = (folder / "table1.md").read_text()
    assert page.startswith("# Table 1: accuracy of the categorizer by resolution, real test set\n")
    assert cells(page, "100 m") == [["45.0", "46.0", "50.0", "51.0", "98", "75"]]
    assert cells(page, "340 m") == [["13.2", "14.2", "18.2", "19.2", "88", "59"]]
    assert rows(folder / "table1.csv")[10] == {
        "resolution_m": "200.0",
        "images": "test",
        "which": "all",
        "accuracy": str(0.9 / 4 + 0.05),
        "test_set": "real test set",
    }


def test_bundled_weights_have_a_page_to_themselves(folder, weights_folder):
    (weights_folder / "unet.safetensors").touch()
    bench = MadeUp(folder, lambda use, *_: 0.9 if isinstance(use.training, Bundled) else 0.5)
    bundled.write(bench, folder)
    page = (folder / "bundled.md").read_text()
    assert page.count("90.0") == 11 and "CAM" not in page and "unet, bundled" in page
    written = rows(folder / "bundled.csv")
    assert {row["method"] for row in written} == {"unet"} and len(written) == 4 * 11
    assert {(row["dice"], row["trainings"]) for row in written} == {("0.9", "1")}


def test_table_2_has_mean_and_deviation_over_the_seeds(folder):
    def value(use, variant, code):
        if code == "IB":
            return None  # neither there nor predicted
        first = 0.2 if variant == "argmax" else 0.6
        return first + 0.1 * use.training.recipe.seed + (0.05 if use.method == "cam" else 0)

    bench = MadeUp(folder, value)
    table2.write(bench, folder)
    page = (folder / "table2.md").read_text()
    soft, hard, argmax, image_mean, theirs = cells(page, "D, class activation map")
    # 0.25, 0.35, 0.45 and 0.65, 0.75, 0.85: the deviation of a sample is 0.1.
    assert argmax == ["–" if code == "IB" else "35.0 ± 10.0" for code in (*CODES, "mean")]
    assert soft == hard == image_mean == ["–" if code == "IB" else "75.0 ± 10.0" for code in (*CODES, "mean")]
    assert theirs[0] == "16.6 ± 3.4" and theirs[-1] == "19.3 ± 4.0"
    assert page.index("The paper's own, on its real test set") < page.index("16.6 ± 3.4")
    assert "over 3 trainings" in page and "B is scored on 12 images, the others on 40" in page
    written = rows(folder / "table2.csv")
    assert len(written) == 7 * 4 * 11
    row = next(r for r in written if (r["method"], r["variant"], r["class"]) == ("mask_zero", "soft", "WS"))
    assert float(row["dice"]) == pytest.approx(0.7) and float(row["deviation"]) == pytest.approx(0.1)
    assert row["images"] == "12" and row["trainings"] == "3"


def test_the_papers_means_are_those_of_its_classes():
    for numbers in paper.TABLE_2.values():
        assert np.mean(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.06)
    assert list(paper.TABLE_2) == list(paper.TABLE_2_DEVIATIONS) == list(BENCHMARKED_METHODS)
