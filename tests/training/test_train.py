import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from metocean.core.classes import class_index
from metocean.core.errors import ModelError
from metocean.models.checkpoint import load_weights
from metocean.models.networks.im2px import Im2pxConfig
from metocean.models.networks.inception import InceptionConfig
from metocean.models.networks.unet import UNetConfig
from metocean.training import evaluate, train
from metocean.training.fit.devices import Hardware, launch
from metocean.training.fit.evaluation import Evaluation
from metocean.training.fit.job import Job
from metocean.training.fit.run_state import Progress, moving_average
from metocean.training.fit.trainer import Trainer
from metocean.training.recipes.augmentation import PAPER
from metocean.training.recipes.initial_weights import NEVER, first_network
from metocean.training.recipes.presets import RECIPES
from metocean.training.recipes.recipe import Stage

pytestmark = pytest.mark.usefixtures("one_thread")
EXACT = Hardware(device="cpu", precision="32-true")  # faster than bf16 in networks so narrow
TINY = replace(
    RECIPES["unet", "ours"], network=UNetConfig(width=1, norm=True), batch=4, stages=(Stage(1.0, 32),)
)
# Crops of a phenomenon, then whole images.
TWO_STAGES = replace(
    RECIPES["categorizer", "ours"],
    network=InceptionConfig(width=0.01),
    batch=4,
    stages=(Stage(0.5, 80, on_phenomenon=True), Stage(1.0, 96)),
)
ENCODER = replace(
    RECIPES["im2px", "ours"], network=Im2pxConfig(width=1, norm=True), batch=4, stages=(Stage(1.0, 64, True),)
)


@pytest.fixture(scope="module")
def data(tmp_path_factory, write_textures) -> Path:
    root = tmp_path_factory.mktemp("data")
    for i, simulated in enumerate((True, True, False)):
        write_textures(root / f"shard-00{i}", seed=i, simulated=simulated)
    write_textures(root / "large" / "shard-000", cells=12, step=8)
    return root


def trainer(data: Path, out: Path, recipe=TINY, **changes) -> Trainer:
    shard = "shard-000" if recipe.model == "unet" else "large"
    settings = {"data": (data / shard,), "out": out, "steps": 4, "hardware": EXACT, **changes}
    job = Job(recipe, **settings)
    return Trainer(job, launch(job.hardware))


def row_count(path: Path) -> int:
    return path.read_text().count("\n") - 1


class KilledError(Exception):
    pass


def kill_at(step: int, run: Trainer, monkeypatch):
    read = run.batches.read

    def interrupted(number, stage):
        if number == step:
            raise KilledError
        return read(number, stage)

    monkeypatch.setattr(run.batches, "read", interrupted)


@pytest.mark.parametrize("recipe", [TINY, TWO_STAGES], ids=["unet", "categorizer in two stages"])
def test_killed_and_resumed_equals_unbroken(data, tmp_path, monkeypatch, recipe):
    unbroken = trainer(data, tmp_path / "a", recipe)
    unbroken.run()
    killed = trainer(data, tmp_path / "b", recipe, save_s=0.0)
    kill_at(3, killed, monkeypatch)
    with pytest.raises(KilledError):
        killed.run()
    resumed = trainer(data, tmp_path / "b", recipe)
    assert resumed.state.progress.step == 3
    resumed.run()
    for part in ("network", "average"):
        expected, found = (getattr(t.state, part).state_dict() for t in (unbroken, resumed))
        assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert resumed.state.progress.images == unbroken.state.progress.images


def test_other_settings_do_not_resume(data, tmp_path):
    trainer(data, tmp_path).run()
    with pytest.raises(ModelError, match="other settings"):
        trainer(data, tmp_path, replace(TINY, learning_rate=0.5))


def test_damaged_state_is_named(data, tmp_path):
    trainer(data, tmp_path).run()
    (tmp_path / "state.pt").write_bytes(b"no state")
    with pytest.raises(ModelError, match=r"state\.pt"):
        trainer(data, tmp_path)


def test_run_leaves_weights_card_scores_log_and_curves(data, tmp_path, capsys):
    folders = {"validation": (data / "shard-001",), "test": (data / "shard-002",)}
    run = trainer(data, tmp_path, **folders, log_s=0.0, commit="abc123")
    network, card = load_weights(run.run())
    assert card.training["steps"] == 4 and card.training["images"] == 16
    assert card.training["commit"] == "abc123" and card.training["data"] == "simulated scenes"
    assert card.training["begun_with"] == "random weights" and "cpu" in card.training["device"]
    assert card.scores["test_set"] == "real, used for nothing else"
    assert card.scores["images"] == 12 and set(card.scores["argmax"]) >= {"AF", "WS", "mean"}
    assert 0 <= card.scores["calibration_error"]["with_temperature"] <= 1
    assert 0.25 <= card.temperature <= 4
    assert network.config == TINY.network
    assert row_count(tmp_path / "log.csv") == 4 and row_count(tmp_path / "validation.csv") == 5
    assert "12 images, real, used for nothing else" in (tmp_path / "scores.md").read_text()
    assert "simulated, validation" in (tmp_path / "validation.md").read_text()
    assert len(capsys.readouterr().out.splitlines()) == 4 + 5
    for picture in ("curves.png", "unet-reliability.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
    json.loads((tmp_path / "unet.json").read_text(), parse_constant=pytest.fail)  # no NaN in JSON


@pytest.mark.parametrize("recipe", [TINY, TWO_STAGES, ENCODER], ids=lambda recipe: recipe.model)
def test_every_model_trains_and_is_scored_on_what_was_held_out(data, tmp_path, recipe):
    path = trainer(data, tmp_path, recipe, steps=2).run()
    assert path == tmp_path / f"{recipe.model}.safetensors"
    _, card = load_weights(path)
    assert card.training["images_in_pool"] == 10 and card.scores["images"] == 2  # of twelve
    # Only where images have one class each is it asked which of them leave no doubt.
    assert ("alone" in card.scores) == (recipe.model == "categorizer")
    assert card.scores.get("alone", {"images": 0})["images"] <= 2


def test_it_learns_and_the_command_line_scores_it(data, tmp_path, capsys):
    recipe = replace(
        TINY,
        network=UNetConfig(width=3, norm=True),
        batch=12,
        ema=0.8,
        learning_rate=5e-3,
        augmentation=PAPER,
    )
    run = trainer(data, tmp_path, recipe, steps=70, validation=(data / "shard-001",))
    for _ in range(70):
        run.step()
    losses = torch.stack(run.losses)
    assert losses[-5:].mean() < 0.5 * losses[:5].mean()
    path = run._publish()
    arguments = ["--weights", str(path), "--data", str(data / "shard-001"), "--out", str(tmp_path / "scores")]
    evaluate.main(arguments)
    content = json.loads((tmp_path / "scores" / "scores.json").read_text())
    assert content["test_set"] == "simulated"
    assert np.sum(content["confusion"]) == 12 * 7 * 8  # the first line is unlabelled
    assert content["argmax"]["AF"] > 0.8 and content["argmax"]["POW"] > 0.8
    assert "| argmax |" in capsys.readouterr().out


def test_paper_preset_keeps_the_best_network(data, tmp_path, monkeypatch):
    recipe = replace(RECIPES["unet", "paper"], network=UNetConfig(width=1), batch=4, stages=(Stage(1.0, 32),))
    run = trainer(data, tmp_path, recipe, steps=3, validation=(data / "shard-001",), validations=3)
    losses = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr(Evaluation, "loss", property(lambda _: next(losses)))
    after, step = [], run.step
    head = run.state.network.head.weight
    monkeypatch.setattr(run, "step", lambda: (step(), after.append(head.detach().clone())))
    run.run()
    torch.testing.assert_close(run.state.average.module.head.weight, after[1])  # not the last
    assert not torch.equal(after[1], after[2])


def test_a_best_network_found_since_the_last_save_is_kept(data, tmp_path, monkeypatch):
    recipe = replace(RECIPES["unet", "paper"], network=UNetConfig(width=1), batch=4, stages=(Stage(1.0, 32),))
    losses = iter([0.5, 0.7])
    monkeypatch.setattr(Evaluation, "loss", property(lambda _: next(losses)))
    run = trainer(data, tmp_path, recipe)
    run.step()
    run._save()
    run._validate()  # and is killed before it saves
    resumed = trainer(data, tmp_path, recipe)
    resumed.step()
    resumed._validate()
    assert torch.load(tmp_path / "best.pt", weights_only=True)["loss"] == 0.5


def test_validations_depend_on_the_budget_alone(tmp_path):
    job = Job(TINY, (), tmp_path, steps=20, validations=4)
    due = [job.validations_due(Progress(step=step)) for step in range(21)]
    assert [step for step in range(1, 21) if due[step] > due[step - 1]] == [5, 10, 15]  # and at the end


def test_time_budget_counts_earlier_parts(tmp_path):
    job = Job(TINY, (), tmp_path, minutes=2.0)
    assert job.share_done(Progress(step=10, seconds=90.0)) == 0.75


def test_average_follows_fast_at_first():
    network = torch.nn.Linear(1, 1, bias=False)
    average = moving_average(network, 0.995)
    network.weight.data.fill_(0.0)
    average.update_parameters(network)
    network.weight.data.fill_(1.0)
    average.update_parameters(network)
    first = 1 - 2 / 11  # of the decay, after one step
    assert float(average.module.weight.detach()) == pytest.approx(first)
    average.n_averaged.fill_(10**6)
    average.update_parameters(network)
    assert float(average.module.weight.detach()) == pytest.approx(first + 0.005 * (1 - first))


def test_average_of_a_normalised_network_has_its_statistics():
    network = torch.nn.BatchNorm2d(2)
    average = moving_average(network, 0.0)
    for _ in range(3):
        network(torch.randn(4, 2, 5, 5) + 3)
        average.update_parameters(network)
    for name, value in network.state_dict().items():
        torch.testing.assert_close(average.module.state_dict()[name], value)


def test_nothing_is_saved_of_a_loss_that_is_not_finite(data, tmp_path):
    run = trainer(data, tmp_path, save_s=0.0)
    run.state.network.head.weight.data.fill_(float("nan"))
    with pytest.raises(ModelError, match="not finite"):
        run.run()
    assert not (tmp_path / "state.pt").exists()


def test_fine_tuning_begins_with_the_weights_it_is_given(data, tmp_path):
    path = trainer(data, tmp_path / "a", steps=2).run()
    kept, card = load_weights(path)
    run = trainer(data, tmp_path / "b", init=path)
    for name, value in kept.state_dict().items():
        if value.is_floating_point():
            assert torch.equal(run.state.network.state_dict()[name], value)
    _, tuned = load_weights(run.run())
    assert tuned.training["begun_with"] == card.model_id
    with pytest.raises(ModelError, match=r"width=1.*width=2.*set --width"):
        first_network(replace(TINY, network=UNetConfig(width=2, norm=True)), path)


@pytest.mark.parametrize("recipe", [TINY, TWO_STAGES, ENCODER], ids=lambda recipe: recipe.model)
def test_an_excluded_class_is_neither_learnt_nor_predicted(data, tmp_path, recipe):
    run = trainer(data, tmp_path, replace(recipe, exclude=("AF",)), steps=3)
    network, card = load_weights(run.run())
    with torch.no_grad():
        probabilities = network(torch.rand(2, 1, 96, 96)).softmax(1)
    assert (probabilities[:, class_index("AF")] == 0).all()
    head = [p for p in run.plain.parameters() if p.ndim == 1][-1]
    assert float(head[class_index("AF")].detach()) == NEVER  # no gradient has moved it
    assert card.training["recipe"]["exclude"] == ["AF"]
    assert np.sum(np.array(json.loads(json.dumps(card.scores["confusion"])))[class_index("AF")]) == 0


@pytest.mark.parametrize(("loss", "independent"), [("cross-entropy", False), ("squared-error", True)])
def test_a_card_says_whether_the_loss_made_the_classes_independent(data, tmp_path, loss, independent):
    _, card = load_weights(trainer(data, tmp_path, replace(ENCODER, loss=loss), steps=1).run())
    assert card.independent is independent


def test_the_command_line_trains_on_a_published_data_set(tmp_path, write_raster, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    for part, count in (("train", 3), ("val", 2)):
        for i in range(count):
            folder = tmp_path / "masks" / part
            write_raster(folder / "input" / f"{i}.png", rng.integers(0, 255, (40, 40), dtype=np.uint8))
            write_raster(folder / "output" / f"{i}.png", np.full((64, 64), 1 + i, np.uint8))
    line = f"--data {tmp_path / 'masks'} --out {tmp_path / 'run'} --steps 1 --batch 2 --width 1 --device cpu"
    train.main(line.split())
    assert str(tmp_path / "run" / "unet.safetensors") in capsys.readouterr().out
    _, card = load_weights(tmp_path / "run" / "unet.safetensors")
    assert card.training["images_in_pool"] == 3 and card.scores["images"] == 2
    assert card.scores["test_set"] == "real, used to fit the temperature, too"
    with pytest.raises(SystemExit, match="other settings"):
        train.main([*line.split(), "--loss", "wbce"])
