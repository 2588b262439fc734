import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from metocean.core.errors import ModelError
from metocean.models.checkpoint import load_weights
from metocean.models.unet import UNetConfig
from metocean.training import evaluate, train
from metocean.training.augment import PAPER
from metocean.training.publish import Data, publish
from metocean.training.recipe import OURS, PUBLISHED, Job, learning_rate, update_average
from metocean.training.train import Trainer

SIZE = 32
TINY = replace(
    OURS,
    network=UNetConfig(width=1, norm=True),
    batch=4,
    augmentation=replace(OURS.augmentation, size_px=SIZE),
)


@pytest.fixture(autouse=True)
def one_thread():
    """Networks this small wait for threads longer than they compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Two shards of images whose texture says their class."""
    root = tmp_path_factory.mktemp("shards")
    rng = np.random.default_rng(0)
    for name, simulated in (("shard-000", True), ("shard-001", True), ("shard-002", False)):
        codes = rng.permutation(np.arange(12) % 2 * 6 + 1)
        stripes = 30 * np.sign(np.sin(np.arange(SIZE) * 0.8)) * (codes == 1)[:, None, None]
        images = rng.normal(100, 10, (12, SIZE, SIZE)) + stripes
        labels = np.broadcast_to(codes[:, None, None], (12, SIZE // 4, SIZE // 4)).astype(np.uint8).copy()
        labels[:, :4] = 0
        (root / name).mkdir()
        np.save(root / name / "images.npy", images.clip(0, 255).astype(np.uint8))
        np.save(root / name / "labels.npy", labels)
        (root / name / "meta.json").write_text(json.dumps({"count": 12, "simulated": simulated}))
    return root


def job(data: Path, out: Path, **changes) -> Job:
    settings = {"recipe": TINY, "data": (data / "shard-000",), "out": out, "steps": 4}
    return Job(**{**settings, **changes})


class KilledError(Exception):
    pass


def killed_at(step: int, monkeypatch):
    def interrupted(*arguments):
        if interrupted.calls == step:
            raise KilledError
        interrupted.calls += 1
        return augment(*arguments)

    augment, interrupted.calls = train.augment, 0
    monkeypatch.setattr(train, "augment", interrupted)


def test_killed_and_resumed_equals_unbroken(data, tmp_path, monkeypatch):
    unbroken = Trainer(job(data, tmp_path / "a"))
    unbroken.run()
    with monkeypatch.context() as patch:
        killed_at(2, patch)
        with pytest.raises(KilledError):
            Trainer(job(data, tmp_path / "b", save_s=0.0)).run()
    resumed = Trainer(job(data, tmp_path / "b"))
    assert resumed.state.progress.step == 2
    resumed.run()
    for part in ("network", "average"):
        expected, found = (getattr(t.state, part).state_dict() for t in (unbroken, resumed))
        assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert resumed.state.progress.images == 16


def test_other_settings_do_not_resume(data, tmp_path):
    Trainer(job(data, tmp_path)).run()
    with pytest.raises(ModelError, match="other settings"):
        Trainer(job(data, tmp_path, recipe=replace(TINY, learning_rate=0.5)))


def test_damaged_state_is_named(data, tmp_path):
    Trainer(job(data, tmp_path)).run()
    (tmp_path / "state.pt").write_bytes(b"no state")
    with pytest.raises(ModelError, match=r"state\.pt"):
        Trainer(job(data, tmp_path))


def test_run_leaves_weights_card_scores_and_log(data, tmp_path, capsys):
    validation = (data / "shard-001",)
    test = (data / "shard-002",)
    settings = {"validation": validation, "test": test, "log_s": 0.0, "validate_s": 0.0, "commit": "abc123"}
    path = Trainer(job(data, tmp_path, **settings)).run()
    network, card = load_weights(path)
    assert card.training["steps"] == 4 and card.training["images"] == 16
    assert card.training["commit"] == "abc123" and card.training["data"] == "simulated scenes"
    assert card.scores["test_set"] == "real, used for nothing else"
    assert card.scores["images"] == 12 and set(card.scores["argmax"]) >= {"AF", "WS", "mean"}
    assert 0.25 <= card.temperature <= 4
    assert network.config == TINY.network
    assert (tmp_path / "log.csv").read_text().count("\n") == 5  # a heading and four steps
    assert "12 images, real, used for nothing else" in (tmp_path / "scores.md").read_text()
    assert "simulated, validation" in (tmp_path / "validation.md").read_text()
    assert capsys.readouterr().out.count("argmax Dice") == 5
    json.loads((tmp_path / "unet.json").read_text(), parse_constant=pytest.fail)  # no NaN in JSON


def test_it_learns_and_the_command_line_scores_it(data, tmp_path, capsys):
    recipe = replace(
        TINY,
        network=UNetConfig(width=3, norm=True),
        batch=12,
        ema=0.8,
        learning_rate=5e-3,
        augmentation=replace(PAPER, size_px=SIZE),
    )
    trainer = Trainer(job(data, tmp_path, recipe=recipe, steps=70))
    trainer.dtype = torch.float32  # faster than bf16 in so narrow a network
    losses = [trainer.step() for _ in range(70)]
    assert np.mean(losses[-5:]) < 0.5 * np.mean(losses[:5])
    used = Data(trainer.pool.shards, [], [])
    path = publish(trainer.job, trainer.state.average, trainer.state.progress, used)
    evaluate.main(
        ["--weights", str(path), "--data", str(data / "shard-001"), "--out", str(tmp_path / "scores")]
    )
    content = json.loads((tmp_path / "scores" / "scores.json").read_text())
    assert content["test_set"] == "simulated"
    assert np.sum(content["confusion"]) == 12 * 4 * 8  # the first four rows are unlabelled
    assert content["scores"]["argmax"]["AF"] > 0.8 and content["scores"]["argmax"]["POW"] > 0.8
    assert "| argmax |" in capsys.readouterr().out


def test_paper_preset_keeps_the_best_network(data, tmp_path, monkeypatch):
    recipe = replace(
        PUBLISHED, network=UNetConfig(width=1), batch=4, augmentation=replace(PAPER, size_px=SIZE)
    )
    trainer = Trainer(
        job(data, tmp_path, recipe=recipe, steps=3, validation=(data / "shard-001",), validate_s=0.0)
    )
    losses = iter([3.0, 1.0, 2.0, 2.0])
    monkeypatch.setattr(trainer, "_held_out_loss", lambda: next(losses))
    after = []
    step = trainer.step
    monkeypatch.setattr(
        trainer, "step", lambda: (step(), after.append(trainer.state.network.head.weight.clone()))[0]
    )
    trainer.run()
    torch.testing.assert_close(trainer.state.average.head.weight, after[1])  # not the last
    assert not torch.equal(after[1], after[2])


def test_paper_preset_is_the_papers():
    assert (PUBLISHED.batch, PUBLISHED.optimiser, PUBLISHED.network) == (
        32,
        "Adam",
        UNetConfig(32, False, 10),
    )
    assert PUBLISHED.ema == PUBLISHED.balance == PUBLISHED.decay == 0
    assert [learning_rate(PUBLISHED, p) for p in (0, 0.5, 1)] == [PUBLISHED.learning_rate] * 3


def test_learning_rate_warms_up_and_comes_down():
    rates = [learning_rate(OURS, p) for p in np.linspace(0, 1, 201)]
    assert rates[0] == pytest.approx(OURS.learning_rate / 100)
    assert max(rates) == pytest.approx(OURS.learning_rate) and rates.index(max(rates)) == 6  # 3 %
    assert all(a > b for a, b in zip(rates[6:-4], rates[7:]))
    assert rates[-1] <= OURS.learning_rate / 1000
    assert learning_rate(OURS, 1.2) == rates[-1]


def test_time_budget_counts_earlier_parts(tmp_path):
    settings = Job(TINY, (), tmp_path, minutes=2.0)
    progress = train.Progress(step=10, seconds=90.0)
    assert settings.share_done(progress) == 0.75


def test_average_follows_fast_at_first():
    network, average = torch.nn.Linear(1, 1, bias=False), torch.nn.Linear(1, 1, bias=False)
    network.weight.data.fill_(1.0)
    average.weight.data.fill_(0.0)
    update_average(average, network, 0.995, step=0)
    assert float(average.weight.detach()) == pytest.approx(0.9)
    update_average(average, network, 0.995, step=10**6)
    assert float(average.weight.detach()) == pytest.approx(0.9 + 0.1 * 0.005)


def test_training_stops_at_a_loss_that_is_not_finite(data, tmp_path):
    trainer = Trainer(job(data, tmp_path))
    trainer.state.network.head.weight.data.fill_(float("nan"))
    with pytest.raises(ModelError, match="not finite"):
        trainer.step()
