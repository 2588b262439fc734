# SPDX-License-Identifier: GPL-2.0-or-later
from dataclasses import asdict

import numpy as np
import pytest
import torch
from metocean.core.feedback import Silent
from metocean.core.methods.image import Image
from metocean.models.methods.part import BATCH_PX, TileByTile, Tiles
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from swell import without_holes

TEMPERATURE = 0.01
PART_75, PART_129 = Tiles(75, 25), Tiles(129, 43)


@pytest.fixture
def network():
    made = Inception(InceptionConfig(width=0.01))
    initialise(made, 0)
    return made.eval()


def scene(lines: int, samples: int) -> np.ndarray:
    values = np.random.default_rng(1).uniform(0, 1, (lines, samples)).astype(np.float32)
    values[20:50, 40:90] += 1
    return values


def literally(network, roughness, side, centres_y, centres_x):
    """Equation 7 tile by tile, then bilinear interpolation cell by cell."""
    half = side // 2
    padded = np.pad(roughness, half, mode="reflect")
    scores = {}
    for y in centres_y:
        for x in centres_x:
            tile = padded[y - half + half : y + half + 1 + half, x - half + half : x + half + 1 + half]
            assert tile.shape == (side, side)
            with torch.no_grad():
                logits = network(torch.from_numpy(tile.copy())[None, None] / 2)[0].double().numpy()
            powers = np.exp(logits / TEMPERATURE)
            scores[y, x] = powers / powers.sum()
    maps = np.zeros((10, *(-(-length // 8) for length in roughness.shape)))
    for line, sample in np.ndindex(*maps.shape[1:]):
        for y, weight_y in neighbours(8 * line + 3.5, centres_y):
            for x, weight_x in neighbours(8 * sample + 3.5, centres_x):
                maps[:, line, sample] += weight_y * weight_x * scores[y, x]
    return maps


def neighbours(place, centres):
    if place <= centres[0]:
        return [(centres[0], 1.0)]
    for before, after in zip(centres[:-1], centres[1:]):
        if place <= after:
            share = (place - before) / (after - before)
            return [(before, 1 - share), (after, share)]
    return [(centres[-1], 1.0)]


@pytest.mark.parametrize("batch", [1, 8])
@pytest.mark.parametrize(
    ("tiles", "centres_y", "centres_x"),
    [(PART_75, [12, 37, 62], [12, 37, 62, 87]), (PART_129, [21, 64], [21, 64])],
)
def test_equals_the_equation(network, card_of, tiles, centres_y, centres_x, batch):
    roughness = scene(80, 104)
    expected = literally(network, roughness, tiles.side_px, centres_y, centres_x)
    method = TileByTile(network, card_of(network, TEMPERATURE), batch=batch, **asdict(tiles))
    found = method.predict(Image.from_array(roughness, 8), Silent())
    assert found.shape == (10, 10, 13) and found.dtype == np.float32
    assert np.ptp(expected, axis=(1, 2)).max() > 0.02
    np.testing.assert_allclose(found, expected, atol=2e-5)
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize("tiles", [PART_75, PART_129])
def test_equals_the_equation_on_a_swath_with_holes(network, card_of, tiles):
    """Of 1101 x 899 pixels, more of which are missing than a tile is wide."""
    swath = scene(1101, 899)
    swath[300:521, 200:643], swath[777, 111] = -1, -1
    filled = without_holes(swath)
    centres = (range(tiles.side_px // 2 % tiles.stride_px, length, tiles.stride_px) for length in swath.shape)
    expected = literally(network, filled, tiles.side_px, *map(list, centres))
    image = Image.from_array(swath, 8)
    method = TileByTile(network, card_of(network, TEMPERATURE), **asdict(tiles))
    known = image.known_pixels > 0
    assert known.shape == (138, 113) and not known.all()
    np.testing.assert_allclose(method.predict(image, Silent())[:, known], expected[:, known], atol=1e-5)


@pytest.mark.parametrize(("tiles", "inside", "before", "after"), [(PART_75, 18, 1, 1), (PART_129, 9, 1, 2)])
def test_positions_on_512_px(tiles, inside, before, after):
    centres, half = tiles.centres(512), tiles.side_px // 2
    whole = [c for c in centres if c - half >= 0 and c + half < 512]
    assert whole == [half + tiles.stride_px * i for i in range(inside)]
    assert list(centres).index(whole[0]) == before and len(centres) == before + inside + after


def test_inner_tiles_are_pieces_of_the_image(network, card_of):
    """Answers that name the tile's middle pixel: what a tile shows is what lies around its centre."""
    network.forward = lambda x: torch.log(x[:, 0, 37, 37, None] * torch.arange(1, 11) + 1e-3)
    method = TileByTile(network, card_of(network), **asdict(PART_75))
    roughness = scene(104, 128)
    found = method.tile_scores(Image.from_array(roughness, 8), Silent())
    centres = PART_75.centres(104), PART_75.centres(128)
    middles = roughness[np.ix_(*centres)] / 2
    powers = middles * np.arange(1, 11)[:, None, None] + 1e-3
    np.testing.assert_allclose(found, powers / powers.sum(axis=0), rtol=1e-4)


def test_batches_go_on_over_lines_and_leave_out_what_is_far(network, card_of):
    """Of a scene known in two corners: there tiles have what each has alone, others are never asked about."""
    roughness = np.full((400, 450), -1, np.float32)
    roughness[:60, :60], roughness[-50:, -40:] = scene(60, 90)[:, :60], scene(60, 90)[10:, 50:]
    image, sizes = Image.from_array(roughness, 8), []
    method = TileByTile(network, card_of(network, TEMPERATURE), batch=7, **asdict(PART_75))
    forward = method.tensor
    method.tensor = lambda tiles: (sizes.append(len(tiles)), forward(tiles))[1]
    found = method.tile_scores(image, Silent())
    asked = found.any(axis=0)
    assert (
        asked[:3, :3].all() and asked[-2:, -2:].all() and not asked[6:10].any() and not asked[:, 7:10].any()
    )
    assert sum(sizes) == asked.sum() and set(sizes[:-1]) == {7}
    padded = np.pad(without_holes(roughness), 37, mode="reflect")
    for line, sample in np.argwhere(asked):
        top, left = PART_75.centres(400)[line], PART_75.centres(450)[sample]
        tile = torch.from_numpy(padded[top : top + 75, left : left + 75].astype(np.float32))
        with torch.no_grad():
            alone = (network(tile[None, None] / 2)[0] / TEMPERATURE).softmax(0).numpy()
        np.testing.assert_allclose(found[:, line, sample], alone, atol=1e-5)


@pytest.mark.parametrize("tiles", [PART_75, PART_129, Tiles(1023, 500)])
def test_large_tiles_come_in_small_batches(network, card_of, tiles):
    batch = TileByTile(network, card_of(network), **asdict(tiles)).batch
    assert batch == 1 or batch * tiles.side_px**2 <= BATCH_PX < (batch + 1) * tiles.side_px**2
