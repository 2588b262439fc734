"""Tables and figures of the benchmark from results that are made up."""

from __future__ import annotations

import csv
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from metocean.core.classes import CODES
from metocean.core.quantity import to_uint8
from metocean.training.benchmark import bundled, figure3, figure4, paper, report, settings, table1, table2
from metocean.training.benchmark.bench import Bench
from metocean.training.benchmark.figure3 import fit_power_law
from metocean.training.benchmark.images import Images, Source, first_of_each_class
from metocean.training.benchmark.methods import METHODS, dice
from metocean.training.benchmark.progress_log import ProgressLog
from metocean.training.benchmark.settings import QUICK, Bundled
from metocean.training.data.shards import Content, open_shard, write_shard
from metocean.training.metrics.dice import PooledDice


class MadeUp(Bench):
    """Results by hand: ``value(use, variant, code)`` is the Dice, ``accuracy(use)`` the accuracy."""

    def __init__(self, folder, value=lambda *_: 0.5, accuracy=lambda _: 0.5):
        self.settings, self.value, self.accuracy = QUICK, value, accuracy
        self.test_set = "real test set"
        self.images = Images(Source((folder,)), Source((folder,)), (folder,))

    def shards(self, use):
        return [SimpleNamespace(images=np.zeros(12 if use.images == "few" else 40))]

    def card(self, training):
        per_class = None if isinstance(training, Bundled) else training.recipe.per_class
        pool = 10 * (per_class or 50)
        return SimpleNamespace(training={**dict.fromkeys(report.FACTS, "x"), "images_in_pool": pool})

    def scores(self, use):
        if use.method == "categorizer":
            return {"accuracy": self.accuracy(use), "alone": self.accuracy(use) + 0.01}
        codes = (*CODES, "mean")
        return {
            variant: {code: self.value(use, variant, code) for code in codes} for variant in table2.MEANING
        }


@pytest.fixture
def folder(tmp_path):
    """Sixty images with masks, as many of each class."""
    tags = (np.arange(60) % 10 + 1).astype(np.uint8)
    labels = tags[:, None, None].repeat(4, 1).repeat(4, 2)
    write_shard(tmp_path / "shard-000", Content(labels.repeat(4, 1).repeat(4, 2), labels, tags), {})
    return tmp_path


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cells(page, title):
    """Return the cells of the rows of a page that begin with ``title``."""
    lines = [line for line in page.splitlines() if line.startswith(f"| {title} |")]
    return [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines]


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


@pytest.fixture(autouse=True)
def weights(tmp_path_factory, monkeypatch):
    """A folder instead of that of the bundled weights: what they are does not matter here."""
    monkeypatch.setattr(settings, "WEIGHTS", tmp_path_factory.mktemp("weights"))
    return settings.WEIGHTS


def test_bundled_weights_have_a_page_to_themselves(folder, weights):
    (weights / "unet.safetensors").touch()
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
    assert list(paper.TABLE_2) == list(paper.TABLE_2_DEVIATIONS) == list(METHODS)


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


def test_figure_4_shows_class_colours_and_black_below_the_methods_threshold(folder, weights, monkeypatch):
    assert {use.training.recipe.seed for use in figure4.uses(QUICK)} == {0}
    for model in ("unet", "categorizer", "im2px"):
        (weights / f"{model}.safetensors").touch()
    assert {type(use.training) for use in figure4.uses(QUICK)} == {Bundled}
    drawn = {}
    bench = MadeUp(folder)
    bench.shards = lambda use: first_of_each_class([open_shard(folder / "shard-000")], 1)

    def maps(use):
        values = np.zeros((10, 10, 4, 4), np.float32)
        threshold = {"im2px": 0.3, "mask_mean": 0.01, "mask_zero": 0.01}.get(use.method, 0.5)
        values[:, list(METHODS).index(use.method)] = 1.2 * threshold
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


class Sure:
    """Gives 0.91 to the class of the grey level, 20 x class."""

    output_stride = 4

    def predict(self, image, feedback):
        grey = to_uint8(image.read(slice(0, image.shape[0]), slice(0, image.shape[1]))[::4, ::4])
        return (np.round(grey / 20) - 1 == np.arange(10)[:, None, None]) * np.float32(0.9) + np.float32(0.01)


def test_a_method_is_scored_on_labelled_cells_of_all_images(tmp_path):
    labels = np.random.default_rng(0).integers(1, 11, (5, 4, 4), dtype=np.uint8)
    images = (labels * 20).repeat(4, 1).repeat(4, 2)
    labels[:, 1] = labels[:, 1] % 10 + 1  # wrong
    labels[:, 0] = 0
    write_shard(tmp_path, Content(images, labels, None), {})
    expected = PooledDice()
    for image, truth in zip(images, labels):
        probabilities = np.full((10, 4, 4), 0.01)
        for line, sample in np.ndindex(4, 4):
            probabilities[image[4 * line, 4 * sample] // 20 - 1, line, sample] = 0.91
        expected.add(probabilities, truth)
    found = dice(Sure(), [open_shard(tmp_path)])
    for variant, row in expected.scores().items():
        for code, value in row.items():
            assert found[variant][code] == pytest.approx(value, rel=1e-4, nan_ok=True)


def test_what_is_left_to_do_is_told(capsys):
    log = ProgressLog({"a": 120.0, "b": 30.0})
    with log.doing("a"):
        pass
    with pytest.raises(KeyboardInterrupt), log.doing("b"):
        raise KeyboardInterrupt
    first, _, second = capsys.readouterr().out.splitlines()
    assert first == "[1/2] a: about 2.0 min; all that is left: 2.5 min"
    assert second == "[2/2] b: about 30 s; all that is left: 30 s"
