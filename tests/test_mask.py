import numpy as np
import pytest
import torch
from metocean.core.errors import OptionError
from metocean.models.inception import Inception, InceptionConfig
from metocean.models.mask import Masks, mask_maps
from metocean.models.networks import initialise
from metocean.models.predictor import Predictor

TEMPERATURE = 0.01


@pytest.fixture
def network():
    made = Inception(InceptionConfig(width=0.01))
    initialise(made, 0)
    return made.eval()


def scene(lines: int, samples: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    values = rng.uniform(0, 1, (lines, samples)).astype(np.float32)
    values[20:50, 40:90] += 1
    return values


def scores(network, roughness):
    with torch.no_grad():
        logits = network(torch.from_numpy(roughness)[None, None] / 2)[0].double().numpy()
    powers = np.exp(logits / TEMPERATURE)
    return powers / powers.sum()


def literally(network, roughness, fill, side, centres_y, centres_x):
    """Equations 3 and 4, pixel by pixel and mask by mask, then the mean of each 8 x 8 pixels."""
    height, width = roughness.shape
    whole, sums, counts = scores(network, roughness), np.zeros((10, height, width)), np.zeros((height, width))
    for b in centres_y:
        for a in centres_x:
            masked, covered = roughness.copy(), []
            for y in range(height):
                for x in range(width):
                    if not (abs(x - a) > side / 2 or abs(y - b) > side / 2):
                        masked[y, x] = fill
                        covered.append((y, x))
            drop = np.maximum(0, whole - scores(network, masked))
            for y, x in covered:
                sums[:, y, x] += drop
                counts[y, x] += 1
    return (sums / counts).reshape(10, height // 8, 8, width // 8, 8).mean(axis=(2, 4))


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("batch", [1, 8])
def test_equals_the_equations(network, mean, batch):
    roughness = scene(80, 104)
    fill = roughness.mean() if mean else 0.0
    expected = literally(network, roughness, fill, 33, [8, 24, 40, 56, 72], [8, 24, 40, 56, 72, 88])
    found = mask_maps(Predictor(network, TEMPERATURE, batch), roughness, Masks(mean, side_px=33, pitch_px=16))
    assert found.shape == (10, 10, 13) and found.dtype == np.float32
    assert expected.max() > 0.02 and np.ptp(expected, axis=(1, 2)).max() > 0.02
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_the_paper_size_takes_257_forwards(network, monkeypatch):
    seen = []

    def answer(x):
        seen.append(x)
        return torch.zeros(len(x), 10)

    monkeypatch.setattr(network, "forward", answer)
    roughness = np.full((512, 512), 1.0, np.float32)
    maps = mask_maps(Predictor(network, batch=32), roughness, Masks(mean=False))
    images = torch.cat(seen)
    assert maps.shape == (10, 64, 64) and not maps.any()
    assert images.shape == (257, 1, 512, 512)
    assert (images[0] == 0.5).all()
    hidden = (images[1:, 0] == 0).numpy()
    centres = [(16 + 32 * i, 16 + 32 * j) for i in range(16) for j in range(16)]
    for image, (y, x) in zip(hidden, centres):
        assert image[max(y - 37, 0) : y + 38, max(x - 37, 0) : x + 38].all()
        assert image.sum() == (min(y + 38, 512) - max(y - 37, 0)) * (min(x + 38, 512) - max(x - 37, 0))


def test_only_losses_count_and_a_mask_over_everything_hides_everything(network):
    """One mask covers the whole image: the answer is known everywhere."""
    roughness = scene(80, 80)
    blank = np.full_like(roughness, roughness.mean())
    expected = np.maximum(0, scores(network, roughness) - scores(network, blank))
    assert expected.max() > 0.02 and (expected == 0).any()
    found = mask_maps(Predictor(network, TEMPERATURE), roughness, Masks(side_px=161, pitch_px=80))
    np.testing.assert_allclose(found, np.broadcast_to(expected[:, None, None], (10, 10, 10)), atol=2e-5)


def test_masks_that_leave_gaps_are_refused():
    with pytest.raises(OptionError, match=r"pitch_px .* 1 to 75"):
        Masks(pitch_px=76)
