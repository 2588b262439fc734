# SPDX-License-Identifier: GPL-2.0-or-later
"""What all losses have in common, and cross entropy in its forms."""

import pytest
import torch
from metocean.training.recipes.losses import INDEPENDENT_LOSSES, LOSSES, CrossEntropy, CrossEntropyDice
from metocean.training.recipes.targets import one_hot
from random_labels import random_batch

ONE_HEAD = {name: make(torch.full((10,), 0.1)) for name, make in LOSSES.items() if name != "names-and-places"}


of_one_head = pytest.mark.parametrize("loss", ONE_HEAD.values(), ids=ONE_HEAD)


@of_one_head
def test_unlabelled_pixels_have_neither_loss_nor_gradient(loss):
    logits, labels = random_batch()
    logits.requires_grad_(True)
    value = loss(logits, labels)
    value.backward()
    assert (logits.grad.abs().sum(1)[labels == 0] == 0).all()
    assert (logits.grad.abs().sum(1)[labels > 0] > 0).all()
    altered = torch.where((labels == 0)[:, None], torch.randn_like(logits), logits)
    torch.testing.assert_close(loss(altered, labels), value)
    # Nothing labelled: a constant, and no NaN.
    assert float(loss(logits.detach(), torch.zeros_like(labels))) in (0.0, 1.0)


@of_one_head
def test_right_answers_cost_little_and_wrong_ones_much(loss):
    labels = torch.randint(1, 11, (1, 8, 8), generator=torch.Generator().manual_seed(0))
    right = one_hot(labels, 10) * 60 - 30
    assert float(loss(right, labels)) < 0.01
    assert float(loss(right.roll(1, 1), labels)) > 0.19  # squares: two of ten are wrong


def test_cross_entropy_dice_without_weights_is_the_textbook_one():
    logits, labels = random_batch(3)
    labels = labels.clamp(min=1)
    p, y = logits.softmax(1), one_hot(labels, 10)
    dice = (2 * (p * y).sum((0, 2, 3)) / (p.sum((0, 2, 3)) + y.sum((0, 2, 3)))).mean()
    entropy = -(p.log() * y).sum(1).mean()
    loss = CrossEntropyDice(torch.full((10,), 0.1))(logits, labels)
    torch.testing.assert_close(loss, entropy + 1 - dice)


def test_weights_go_as_one_over_the_root_of_the_prior():
    prior = torch.tensor([0.64, 0.16, 0.04, 0.16])
    weight = CrossEntropyDice(prior).weight
    assert float(weight[2] / weight[0]) == pytest.approx(4.0)
    assert float((weight * prior).sum()) == pytest.approx(1.0)  # one for the mean pixel


@of_one_head
def test_losses_compute_in_float32(loss):
    logits, labels = random_batch()
    assert loss(logits.bfloat16(), labels).dtype == torch.float32


def test_one_label_an_image_is_enough():
    logits, tags = torch.randn(6, 10), torch.tensor([1, 0, 10, 4, 4, 0], dtype=torch.uint8)
    expected = [-logits[n].log_softmax(0)[tags[n].item() - 1] for n in (0, 2, 3, 4)]
    assert float(CrossEntropy()(logits, tags)) == pytest.approx(float(torch.stack(expected).mean()), rel=1e-5)


def test_the_table_of_independent_losses_is_true():
    """An error that a class's own logit alone decides is one of independent classes."""
    logits, other = torch.randn(4, 10), torch.randn(4, 10)
    tags = torch.tensor([1, 4, 7, 10])
    for name, make in LOSSES.items():
        labels = (tags[:, None, None], tags) if name == "names-and-places" else tags
        gradients = []
        for rest in (logits, other):
            values = torch.cat([logits[:, :1], rest[:, 1:]], dim=1).requires_grad_()
            make(torch.full((10,), 0.1))(values, labels).backward()
            gradients.append(values.grad[:, 0])
        assert torch.allclose(*gradients) == (name in INDEPENDENT_LOSSES), name
