"""The benchmark as a whole, on textures of 96 px and networks that are as narrow as can be."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from metocean.core.classes import CODES
from metocean.core.errors import InputError
from metocean.models.card import Card
from metocean.models.checkpoint import save_weights
from metocean.models.methods.supervised import Supervised
from metocean.models.networks.im2px import Im2pxConfig
from metocean.models.networks.inception import InceptionConfig
from metocean.models.networks.registry import initialise
from metocean.models.networks.unet import UNet, UNetConfig
from metocean.training.benchmark import __main__ as command
from metocean.training.benchmark import bench as benches
from metocean.training.benchmark import bundled, images, report, settings, table2
from metocean.training.benchmark.bench import Bench
from metocean.training.benchmark.settings import QUICK, Counts, Training
from metocean.training.benchmark.works import ImageSet, Use
from metocean.training.data.pool import open_folders
from metocean.training.fit.trainer import Trainer
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import Stage
from metocean.training.simulator.scenes.shard_writer import Order

SIDE_PX = 96


def brief(model, network, size_px=SIDE_PX):
    recipe = replace(RECIPES[model, "ours"], network=network, batch=2, stages=(Stage(1.0, size_px),))
    return Training(recipe, steps=1)


TINY = replace(
    QUICK,
    name="tiny",
    supervised=brief("unet", UNetConfig(width=1, norm=True), SIDE_PX // 2),
    categorizer=brief("categorizer", InceptionConfig(width=0.01)),
    im2px=brief("im2px", Im2pxConfig(width=1, norm=True)),
    by_masks=brief("unet", UNetConfig(width=1, norm=True), SIDE_PX // 2),
    by_resolution=brief("categorizer", InceptionConfig(width=0.01)),
    seeds=(0, 1),
    resolutions_m=(50.0, 60.0),
    masks_per_class=(2, 4, 10, 20),
    masking_images=2,
)
# Two of Table 1; three networks of Table 2, twice, less one that Table 1 has too, as its recipe is the same;
# three numbers of masks, since no class has more than 6.
TRAININGS = 2 + 3 * 2 - 1 + 3


class KilledError(Exception):
    pass


@pytest.fixture(scope="module")
def simulated(tmp_path_factory, write_textures):
    folder = tmp_path_factory.mktemp("simulated")
    for seed, (part, count) in enumerate((("train", 12), ("validation", 4), ("test", 6))):
        write_textures(folder / part / "shard-000", count, seed, cells=12, step=8)
    return folder


@pytest.fixture
def counted(monkeypatch, tmp_path):
    """Count trainings and scorings; ``kill_at`` ends the process, as it were, in a later one of them."""
    calls = {"trained": [], "scored": [], "kill_at": None}
    train, dice = Trainer.run, benches.dice

    def count(name, what):
        if calls["kill_at"] == len(calls["trained"]) + len(calls["scored"]):
            raise KilledError
        calls[name].append(what)

    def counting_run(trainer):
        count("trained", trainer.job.out.name)
        return train(trainer)

    def counting_dice(method, *rest):
        count("scored", method)
        return dice(method, *rest)

    monkeypatch.setattr(Trainer, "run", counting_run)
    monkeypatch.setattr(benches, "dice", counting_dice)
    monkeypatch.setattr(command, "QUICK", TINY)
    monkeypatch.setattr(settings, "WEIGHTS", tmp_path / "weights")
    return calls


def run(work, simulated, *more):
    arguments = ["--work", work, "--out", work / "out", "--simulated", simulated, "--quick", *more]
    command.main(list(map(str, arguments)))


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("one_thread")
def test_a_killed_benchmark_goes_on_and_writes_everything(simulated, counted, tmp_path, capsys):
    for kill_at in (3, 9):
        counted["kill_at"] = kill_at
        with pytest.raises(KilledError):
            run(tmp_path, simulated)
    counted["kill_at"] = None
    run(tmp_path, simulated)
    assert len(counted["trained"]) == len(set(counted["trained"])) == TRAININGS
    assert len(counted["scored"]) == 7 * 2 + 3
    said = capsys.readouterr().out
    assert "categorizer-0.01-coarser1.2-seed0" in said and "unet-1-4masks-seed0" in said
    assert "mask_mean of categorizer-0.01-seed1 on few images" in said and "all that is left" in said
    out = tmp_path / "out"
    written = "README.md bundled.csv bundled.md figure3.csv figure3.md figure3.png figure4.md figure4.png"
    assert sorted(path.name for path in out.iterdir()) == [
        *written.split(),
        *("table1.csv", "table1.md", "table2.csv", "table2.md"),
    ]
    for page in out.glob("*.md"):
        assert "simulated test set" in page.read_text().splitlines()[0]
    for picture in out.glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
    for part in ("table1", "table2", "figure3"):
        assert {row["test_set"] for row in rows(out / f"{part}.csv")} == {"simulated test set"}
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    counted["kill_at"] = TRAININGS + 7 * 2 + 3  # nothing is left to do
    run(tmp_path, simulated)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    check_contents(out)


def check_contents(out):
    assert [row["resolution_m"] for row in rows(out / "table1.csv")] == ["50.0"] * 4 + ["60.0"] * 4
    few = {row["method"]: (row["images"], row["trainings"]) for row in rows(out / "table2.csv")}
    assert few["mask_mean"] == ("4", "2") and few["cam"] == few["unet"] == ("6", "2")
    assert [row["masks_per_class"] for row in rows(out / "figure3.csv")] == ["2.0", "4.0", "6.0"]
    index = (out / "README.md").read_text()
    assert "12 simulated images" in index and "6 simulated images" in index and "tiny" in index
    assert "| categorizer-0.01-seed1 | simulated scenes | 12 |" in (out / "table2.md").read_text()


@pytest.mark.usefixtures("one_thread")
def test_bundled_weights_are_scored_and_left_as_they_are(simulated, counted, tmp_path):
    network = UNet(UNetConfig(width=1))
    initialise(network, 0)
    card = Card(
        CODES, 100.0, 1.0, "tiny", training=dict.fromkeys(report.FACTS, "x"), scores={}, independent=False
    )
    save_weights(tmp_path / "weights" / "unet.safetensors", network, card)
    bench = Bench(tmp_path, TINY, images.simulated(simulated))
    (use,) = bundled.uses(TINY, "unet")
    assert set(bench.scores(use)) == set(table2.MEANING) and bench.scores(use) == bench.scores(use)
    assert len(counted["scored"]) == 1 and not counted["trained"]
    assert len(list((tmp_path / "weights").iterdir())) == 2
    assert bundled.uses(TINY, "cam") == []


@pytest.mark.usefixtures("one_thread")
def test_scores_belong_to_weights_images_and_method(simulated, counted, tmp_path, write_textures):
    run(tmp_path, simulated, "--parts", "figure3")
    assert [type(method) for method in counted["scored"]] == [Supervised] * 3
    training = TINY.supervised.changed(per_class=2)
    write_textures(tmp_path / "other" / "shard-000", 3, seed=9, cells=12, step=8)
    other = replace(images.simulated(simulated), test=(tmp_path / "other",))
    bench = Bench(tmp_path, TINY, other)
    bench.scores(Use("unet", training))
    bench.scores(Use("unet", training))
    bench.scores(Use("unet", training, ImageSet.FEW))
    assert len(counted["scored"]) == 5 and len(counted["trained"]) == 3
    bench.scores(Use("unet", replace(training, steps=2)))  # another budget is another training
    assert len(counted["scored"]) == 6 and len(counted["trained"]) == 4


@pytest.mark.usefixtures("one_thread")
def test_a_training_belongs_to_the_weights_it_began_with(simulated, counted, tmp_path):
    bench = Bench(tmp_path, TINY, images.simulated(simulated))
    training = replace(TINY.supervised, begun="unet")
    for seed in (0, 0, 1):
        network = UNet(UNetConfig(width=1, norm=True))
        initialise(network, seed)
        begun = Card(CODES, 100.0, 1.0, f"seed {seed}", training={}, scores={}, independent=False)
        save_weights(tmp_path / "weights" / "unet.safetensors", network, begun)
        card = bench.card(training)
        assert card.training["begun_with"] == f"seed {seed}"
    assert len(counted["trained"]) == 2


def test_images_are_told_apart_by_what_they_hold(simulated):
    shards = open_folders([simulated / "train"])
    labels = np.array(shards[0].labels)
    assert images.identity([replace(shards[0], labels=labels, path=simulated)]) == images.identity(shards)
    labels[5, 3, 3] = 9
    assert images.identity([replace(shards[0], labels=labels)]) != images.identity(shards)


def test_the_first_images_of_each_class_are_taken_across_shards(tmp_path, write_textures):
    for i in range(3):
        write_textures(tmp_path / f"shard-00{i}", count=3, seed=i)
    shards = open_folders([tmp_path])
    wanted, left = [], {1: 2, 7: 2}
    for shard in shards:
        for image, tag in zip(shard.images, shard.tags):
            if left[tag]:
                left[tag] -= 1
                wanted.append(image.tobytes())
    chosen = images.first_of_each_class(shards, 2)
    assert [image.tobytes() for shard in chosen for image in shard.images] == wanted
    assert images.count(chosen) == 4


def test_images_are_simulated_once_with_a_held_out_test_set(tmp_path, monkeypatch, write_textures):
    asked = []

    def simulate(out, order):
        asked.append(order)
        write_textures(out / "shard-000", order.count)

    monkeypatch.setattr(images, "write_shards", simulate)
    for _ in range(2):
        found = images.simulate_images(tmp_path, Counts(4, 2, 3))
    assert asked == [Order(4, seed=1), Order(2, seed=2), Order(3, seed=3, held_out=True)]
    assert found.tagged == found.masks and found.test == (tmp_path / "test",)
    assert images.describe(found.test) == "3 simulated images"
    path = tmp_path / "test" / "shard-000" / "meta.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "generator": 5, "held_out": True}))
    said = (
        "3 simulated images (simulator's version 5), "
        "their parameters from parts of each range that training never saw"
    )
    assert images.describe(found.test) == said


def test_real_data_sets_give_the_same_tables(counted, tmp_path, write_raster):
    rng = np.random.default_rng(0)
    for i in range(4):
        greys = rng.integers(0, 255, (3, SIDE_PX, SIDE_PX), dtype=np.uint8)
        write_raster(tmp_path / "tags" / "GeoTIFF" / "FG"[i % 2] / f"{i}.tiff", greys[2])
        for part, grey in zip(("train", "val"), greys):
            write_raster(tmp_path / "masks" / part / "input" / f"{i}.png", grey)
            write_raster(
                tmp_path / "masks" / part / "output" / f"{i}.png", np.full((64, 64), 1 + i, np.uint8)
            )
    real = ["--data", tmp_path / "tags", "--masks", tmp_path / "masks" / "train", "--test"]
    line = ["--work", tmp_path / "work", "--out", tmp_path / "out", "--quick", "--parts", "figure3", *real]
    command.main([*map(str, line), str(tmp_path / "masks" / "val")])
    assert "real test set" in (tmp_path / "out" / "figure3.md").read_text().splitlines()[0]
    assert "simulated" not in (tmp_path / "out" / "figure3.md").read_text()
    with pytest.raises(SystemExit, match="--data, --masks and --test"):
        command.main([*map(str, line[:-3])])
    with pytest.raises(SystemExit, match="no images for test; it has 4 for train, 4 for val"):
        command.main([*map(str, line), str(tmp_path / "masks")])


def test_folders_without_shards_are_named(tmp_path):
    with pytest.raises(InputError, match="No complete shards"):
        Bench(tmp_path, TINY, images.simulated(tmp_path))
