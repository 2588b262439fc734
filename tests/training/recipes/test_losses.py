import math

import numpy as np
import pytest
import torch
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.receptive_field import receptive_field
from metocean.models.networks.registry import initialise
from metocean.training.recipes.localisation_head import WithLocalisation
from metocean.training.recipes.localised_loss import MAP_FIRST, MAP_STEP, LocalisedCrossEntropy, besides_waves
from metocean.training.recipes.losses import INDEPENDENT_LOSSES, LOSSES, CrossEntropy, CrossEntropyDice
from metocean.training.recipes.paper_losses import SquaredError, WeightedBCE
from metocean.training.recipes.targets import one_hot


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


def test_what_there_is_besides_waves():
    found = torch.zeros(4, 10)
    found[0, 6], found[0, 0], found[0, 3] = 50, 1, 3  # waves, a front and low wind
    found[1, 6] = 9
    found[2, 8] = 0.5
    shares = besides_waves(found)
    assert shares[0].tolist() == [0.5, 0, 0, 0.5, 0, 0, 0, 0, 0, 0]
    assert shares[1, 6] == shares[2, 8] == 1
    assert shares[3].sum() == 0  # nothing labelled


def test_names_and_places_by_hand():
    """Images of 15 label cells: two lines of two cells of the map, from the fourth label cell on."""
    labels = torch.full((2, 15, 15), 7, dtype=torch.uint8)
    labels[0, 4, 8] = 3  # an iceberg in the upper right cell of the map
    labels[0, 11, 3:7] = 0
    labels[0, :3] = 9  # ice that no cell of the map looks at
    labels[1] = 0
    tags = torch.tensor([3, 10], dtype=torch.uint8)
    whole, places = torch.randn(2, 10), torch.randn(2, 10, 2, 2)
    names, cells = whole.log_softmax(1), places.log_softmax(1)
    image = -((names[0, 2] + names[0, 8]) / 2 + names[1, 9]) / 2
    where = -(cells[0, 6, 0, 0] + cells[0, 2, 0, 1] + cells[0, 6, 1, 0] + cells[0, 6, 1, 1]) / 4
    loss = LocalisedCrossEntropy()
    torch.testing.assert_close(loss(whole, (labels, tags)), image)
    torch.testing.assert_close(loss((whole, places), (labels, tags)), image + where)
    whole[:, 0] = -math.inf  # a class that the network does without
    assert math.isfinite(loss(whole, (labels, tags)))


def test_cells_of_the_map_are_where_the_network_looks():
    network = Inception(InceptionConfig(width=0.01)).eval()
    field = receptive_field(network.layers)
    assert field.stride_px == network.STEP * MAP_STEP
    assert abs(network.STEP * (MAP_FIRST + MAP_STEP / 2) - field.centre_px) < network.STEP / 2
    for side in (75, 256, 512):
        cells = network.maps(torch.zeros(1, 1, side, side)).shape[-1]
        assert MAP_FIRST + cells * MAP_STEP <= side // network.STEP


def test_a_second_head_leaves_the_network_as_it_is():
    network = Inception(InceptionConfig(width=0.01)).eval()
    initialise(network, 0)
    images = torch.rand(2, 1, 107, 107)
    whole, places = WithLocalisation(network).eval()(images)
    torch.testing.assert_close(whole, network(images))
    assert places.shape == (2, 10, 2, 2) and not places.any()


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


def test_a_second_head_is_found_under_its_former_name():
    """Runs that were begun before it was renamed go on."""
    network = WithLocalisation(Inception(InceptionConfig(width=0.01)))
    torch.nn.init.ones_(network.localisation.weight)
    state = {
        name.replace("localisation.", "places."): value.clone()
        for name, value in network.state_dict().items()
    }
    other = WithLocalisation(Inception(InceptionConfig(width=0.01)))
    other.load_state_dict(state)
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in network.state_dict().items())
