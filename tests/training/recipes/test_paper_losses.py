# SPDX-License-Identifier: GPL-2.0-or-later
"""The losses of the paper against its formulas, pixel by pixel."""

import math

import numpy as np
import pytest
import torch
from metocean.training.recipes.paper_losses import SquaredError, WeightedBCE
from random_labels import random_batch


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
