# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import replace

import numpy as np
import pytest
import torch
from metocean.core.errors import InputError
from metocean.models.card import Card
from metocean.models.checkpoint import save_weights
from metocean.models.networks.blocks import Network
from metocean.models.networks.registry import initialise
from metocean.models.networks.unet import UNet, UNetConfig
from metocean.training import evaluate
from metocean.training.data.shards import Content, open_shard, write_shard
from metocean.training.fit.evaluation import Judge
from metocean.training.recipes.losses import CrossEntropy
from metocean.training.recipes.tasks import TASKS

pytestmark = pytest.mark.usefixtures("one_thread")


class GreyNetwork(Network):
    """Knows the class by the grey level, 20 x class, and remembers what sizes it saw."""

    def __init__(self, step, whole=False):
        super().__init__()
        self.STEP, self.whole, self.sizes = step, whole, []
        self.scale = torch.nn.Parameter(torch.tensor(50.0))

    def forward(self, x):
        self.sizes.append(tuple(x.shape))
        grey = torch.nn.functional.avg_pool2d(x, self.STEP)[:, 0] * 255 / 20 - 1
        logits = -self.scale * (grey[:, None] - torch.arange(10.0).view(1, -1, 1, 1)).abs()
        return logits.amax((2, 3)) if self.whole else logits


def shard(path, step=4, cells=16, labelled=True):
    """Three images; all cells of the first are class 2, of the others 5."""
    tags = np.array([2, 5, 5], np.uint8)
    labels = np.broadcast_to(tags[:, None, None], (3, cells, cells)).copy()
    images = (20 * labels).repeat(step, 1).repeat(step, 2)
    write_shard(path, Content(images, labels if labelled else None, tags), {"step": step, "simulated": True})
    return open_shard(path)


@pytest.mark.parametrize(("stored", "wanted"), [(4, 4), (8, 8), (8, 4)])
def test_whole_images_are_scored_at_the_networks_resolution(tmp_path, stored, wanted):
    network = GreyNetwork(wanted)
    result = Judge(TASKS["unet"]).evaluate(network, [shard(tmp_path / "s", stored)])
    assert network.sizes == [(3, 1, 16 * wanted, 16 * wanted)]
    assert result.scores.confusion[1, 1] == 256 and result.scores.confusion[4, 4] == 512
    assert result.scores.accuracy() == 1.0 and result.images == 3


def test_images_are_scored_as_coarse_as_they_were_learnt(tmp_path):
    network = GreyNetwork(8, whole=True)
    result = Judge(TASKS["categorizer"], coarser=4.0).evaluate(network, [shard(tmp_path / "s", 8)])
    assert network.sizes == [(3, 1, 32, 32)] and result.scores.accuracy() == 1.0


def test_large_images_come_in_small_batches(tmp_path):
    network = GreyNetwork(8)
    tags = np.ones(5, np.uint8)
    write_shard(tmp_path, Content(np.full((5, 512, 512), 20, np.uint8), None, tags), {"step": 8})
    Judge(TASKS["im2px"]).evaluate(network, [open_shard(tmp_path)])
    assert [size[0] for size in network.sizes] == [4, 1]


def test_images_are_scored_by_tag_or_by_pixels(tmp_path):
    plain = shard(tmp_path / "plain", 8, labelled=False)
    tagged = Judge(TASKS["categorizer"]).evaluate(GreyNetwork(8, whole=True), [plain])
    assert tagged.scores.scores()["recall"]["BS"] == 1.0 and tagged.scores.confusion.sum() == 3
    # Without labels an image counts as one of its tag all over, with them by pixels.
    spread = Judge(TASKS["im2px"]).evaluate(GreyNetwork(8), [plain])
    assert spread.scores.confusion.sum() == 3 * 256
    labelled = shard(tmp_path / "labelled", 8)
    labelled.tags[:] = 9
    assert Judge(TASKS["im2px"]).evaluate(GreyNetwork(8), [labelled]).scores.accuracy() == 1.0


def test_excluded_classes_are_neither_truth_nor_answer(tmp_path):
    result = Judge(TASKS["unet"], exclude=("BS",)).evaluate(GreyNetwork(4), [shard(tmp_path / "s")])
    assert result.scores.confusion[1].sum() == result.scores.confusion[:, 1].sum() == 0
    assert result.scores.confusion[4, 4] == 512


def test_the_loss_is_that_of_what_is_learnt(tmp_path):
    images = shard(tmp_path / "s", 8)
    images.tags[:] = 9  # learnt by IM2PX, though pixels say otherwise
    judge = Judge(TASKS["im2px"], loss=CrossEntropy())
    assert judge.evaluate(GreyNetwork(8), [images]).loss > 100
    assert Judge(TASKS["unet"], loss=CrossEntropy()).evaluate(GreyNetwork(8), [images]).loss < 0.01


def test_temperature_softens_what_is_too_sure(tmp_path):
    images = shard(tmp_path / "s")
    labels = images.labels.copy()
    labels[:, ::3] = 3  # a third of what it says is wrong, and it is quite sure of everything
    images, network = replace(images, labels=labels), GreyNetwork(4)
    network.scale.data.fill_(5.0)
    judge = Judge(TASKS["unet"])
    softer = replace(judge, temperature=judge.temperature_of(network, [images]))
    assert softer.temperature > 2
    result = softer.evaluate(network, [images])
    assert result.before.error() > 0.3 and result.after.error() < 0.15
    assert result.scores.accuracy() == judge.evaluate(network, [images]).scores.accuracy()


def test_command_line_names_a_folder_without_images(tmp_path):
    network = UNet(UNetConfig(width=1))
    initialise(network, 0)
    save_weights(
        tmp_path / "unet.safetensors",
        network,
        Card(evaluate.CODES, 100.0, 1.0, "x", {}, {}, independent=False),
    )
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        evaluate.main(["--weights", str(tmp_path / "unet.safetensors"), "--data", str(tmp_path / "empty")])
