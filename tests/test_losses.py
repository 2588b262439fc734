import math

import numpy as np
import pytest
import torch
from metocean.training.losses import (
    LOSSES,
    CrossEntropy,
    CrossEntropyDice,
    SquaredError,
    WeightedBCE,
    one_hot,
)


def random_batch(seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, 10, 6, 6, generator=generator)
    labels = torch.randint(0, 11, (2, 6, 6), generator=generator, dtype=torch.uint8)
    return logits, labels


def wbce_by_loops(logits, labels, rarity, swapped=False) -> float:
    """The formula of the authors' code, pixel by pixel."""
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    count = logits.shape[1]
    weights = rarity * count / rarity.sum()
    share = (labels > 0).sum() / probabilities.size
    positive, negative = (share, 1 - share) if swapped else (1 - share, share)
    total, pixels = 0.0, 0
    for n, i, j in np.ndindex(*labels.shape):
        if labels[n, i, j] == 0:
            continue
        pixels += 1
        for c in range(count):
            p = probabilities[n, c, i, j]
            if labels[n, i, j] == c + 1:
                total -= weights[c] * positive * math.log(min(p + 0.01, 1))
            else:
                total -= weights[c] * negative * math.log(min(1 - p + 0.01, 1))
    return total / (pixels * count)


@pytest.mark.parametrize("variant", ["code", "printed"])
def test_weighted_bce_is_the_formula(variant):
    logits, labels = random_batch()
    rarity = torch.tensor([34.5, 11.8, 250.0, 14.1, 8.2, 71.4, 2.3, 50.0, 9.1, 8.3])
    loss = WeightedBCE(1 / rarity, variant)(logits, labels)
    expected = wbce_by_loops(
        logits.double().numpy(), labels.numpy(), rarity.double().numpy(), variant == "printed"
    )
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_class_weights_are_those_of_the_paper():
    rarity = torch.tensor([34.5, 11.8, 250.0, 14.1, 8.2, 71.4, 2.3, 50.0, 9.1, 8.3])
    printed = [0.75, 0.26, 5.44, 0.31, 0.18, 1.55, 0.05, 1.09, 0.20, 0.18]
    np.testing.assert_allclose(WeightedBCE(1 / rarity).weight.numpy(), printed, atol=0.006)


def test_unknown_variant_lists_the_choices():
    with pytest.raises(ValueError, match="code, printed"):
        WeightedBCE(torch.ones(10), "swapped")


ALL = [make(torch.full((10,), 0.1)) for make in LOSSES.values()]


@pytest.mark.parametrize("loss", ALL, ids=LOSSES)
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


@pytest.mark.parametrize("loss", ALL, ids=LOSSES)
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


@pytest.mark.parametrize("loss", ALL, ids=LOSSES)
def test_losses_compute_in_float32(loss):
    logits, labels = random_batch()
    assert loss(logits.bfloat16(), labels).dtype == torch.float32


def test_absent_classes_have_no_weight_in_the_papers_loss():
    weight = WeightedBCE(torch.tensor([0.5, 0.0, 0.25, 0.25])).weight
    assert weight.tolist() == pytest.approx([0.8, 0.0, 1.6, 1.6])


def test_squared_error_by_loops():
    logits, labels = random_batch(1)
    squares = []
    for n, i, j in np.ndindex(*labels.shape):
        for c in range(10 if labels[n, i, j] else 0):
            said = 1 / (1 + math.exp(-float(logits[n, c, i, j])))
            squares.append((said - (labels[n, i, j] == c + 1).item()) ** 2)
    assert float(SquaredError()(logits, labels)) == pytest.approx(np.mean(squares), rel=1e-5)


def test_one_label_an_image_is_enough():
    logits, tags = torch.randn(6, 10), torch.tensor([1, 0, 10, 4, 4, 0], dtype=torch.uint8)
    expected = [-logits[n].log_softmax(0)[tags[n].item() - 1] for n in (0, 2, 3, 4)]
    assert float(CrossEntropy()(logits, tags)) == pytest.approx(float(torch.stack(expected).mean()), rel=1e-5)
