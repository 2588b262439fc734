# SPDX-License-Identifier: GPL-2.0-or-later
"""One suite for all methods: what the pipeline may rely on, whatever the method."""

import sys

import numpy as np
import pytest
import torch
from feedback import CancelAfter, Recorder
from metocean.core.errors import Cancelled
from metocean.core.feedback import Silent
from metocean.core.methods import tiling
from metocean.core.methods.image import Image
from metocean.models import registry
from metocean.models.methods import blockwise, cam, image_to_pixel, mask, mosaic, supervised
from metocean.models.networks.im2px import Im2px, Im2pxConfig
from metocean.models.networks.inception import Inception, InceptionConfig
from metocean.models.networks.registry import initialise
from metocean.models.networks.unet import UNet, UNetConfig
from swell import without_holes

METHODS = list(registry.METHODS)
# Those whose modules describe their network as stages, which run over blocks; the others see part by part.
ON_BLOCKS = [
    name for name in METHODS if hasattr(sys.modules[registry.method_class(name).__module__], "Stage")
]
# MASK saves memory by fewer masks at once, in tests of its own: the image itself it always needs whole.
IN_PARTS = [name for name in METHODS if registry.method_class(name) is not mask.Mask]
# Sees each cell alike wherever it lies; grids of tiles and masks, and steps down without padding, do not.
SYMMETRIC = "im2px"
NETWORKS = {
    UNet: UNetConfig(width=2, norm=True),
    Inception: InceptionConfig(width=0.01),
    Im2px: Im2pxConfig(width=2, norm=True),
}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Blocks and imagettes so small that a small scene has several."""
    monkeypatch.setattr(supervised, "FINE_BLOCK", 64)
    monkeypatch.setattr(supervised, "COARSE_BLOCK", 16)
    monkeypatch.setattr(image_to_pixel, "BLOCK", 64)
    monkeypatch.setattr(cam, "STEM_BLOCK", 64)
    monkeypatch.setattr(cam, "TRUNK_BLOCK", 12)
    monkeypatch.setattr(mask, "IMAGETTE_PX", 128)


@pytest.fixture
def make(card_of):
    """A function that makes a method with a small network of random weights."""

    def method(name, **changes):
        kind = registry.method_class(name)
        network = kind.NETWORK(NETWORKS[kind.NETWORK])
        initialise(network, 3)
        generator = torch.Generator().manual_seed(4)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1, generator=generator)
                module.running_var.uniform_(0.5, 2, generator=generator)
        settings = {**registry.METHODS[name].settings, **changes}
        return kind(network.eval(), card_of(network, 0.1), **settings)

    return method


def scene(*shape):
    values = np.random.default_rng(5).uniform(0, 1, shape).astype(np.float32)
    values[shape[0] // 4 : shape[0] // 2, shape[1] // 3 :] += 1
    return values


SILENT = Silent()


def predict(method, values, feedback=SILENT):
    return method.predict(Image.from_array(values, method.output_stride), feedback)


def recording(forward, sizes):
    """Return a function that notes how many pixels it is given, and passes them on."""
    return lambda images: (sizes.append(images.size), forward(images))[1]


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("shape", [(160, 192), (101, 143), (20, 90), (9, 1)])
def test_shape_range_and_type(make, name, shape):
    method = make(name)
    found = predict(method, scene(*shape))
    assert found.shape == (10, *(-(-n // method.output_stride) for n in shape)) and found.dtype == np.float32
    assert np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1 + 1e-6
    if method.exclusive:
        np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_what_is_far_from_anything_known_is_not_computed(make, name, monkeypatch):
    """Known pixels give the same, whether the rest of the scene is some nodata or twice as much."""
    found, computed = [], []
    # The method that sees furthest, cam, looks at 650 px around: from 800 lines on nothing may change.
    for lines in (800, 1600):
        method, values, sizes = make(name), np.full((lines, 96), -1.0, np.float32), []
        values[:96] = scene(96, 96)
        monkeypatch.setattr(method, "tensor", recording(method.tensor, sizes))
        found.append(predict(method, values)[:, : 96 // method.output_stride])
        computed.append(sum(sizes))
    assert 0 < computed[0] == computed[1]
    np.testing.assert_allclose(*found, atol=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_holes_show_what_the_image_shows_there(make, name):
    method, holed = make(name), scene(128, 128)
    holed[40:56] = -1
    filled = without_holes(holed)
    known = np.ones(128 // method.output_stride, bool)
    known[40 // method.output_stride : 56 // method.output_stride] = False
    found, expected = predict(method, holed), predict(method, filled)
    np.testing.assert_allclose(found[:, known], expected[:, known], atol=1e-5)


@pytest.mark.parametrize("name", ON_BLOCKS)
def test_no_trace_of_blocks(make, name, monkeypatch):
    method, values = make(name), scene(301, 430)
    values[100:140] = -1
    image = Image.from_array(values, method.output_stride)
    parts = method.predict(image, Silent())
    # The tiling itself, but for blocks so large that one has the whole scene.
    monkeypatch.setattr(blockwise, "blocks", lambda shape, _, *rest: tiling.blocks(shape, 4096, *rest))
    whole = method.predict(image, Silent())
    known = image.known_pixels > 0
    np.testing.assert_allclose(parts[:, known], whole[:, known], atol=1e-5)
    assert np.ptp(whole[:, known], axis=1).max() > 0.05


@pytest.mark.parametrize("turn", range(8))
def test_symmetries_of_the_square_for_a_symmetric_network(make, turn):
    method, values = make(SYMMETRIC), scene(64, 96)
    for module in method.network.modules():
        if isinstance(module, torch.nn.Conv2d):
            both = module.weight.data, module.weight.data.flip(3)
            module.weight.data = sum(torch.rot90(w, k, (2, 3)) for w in both for k in range(4)) / 8
    move = lambda x: np.rot90(x[..., ::-1] if turn > 3 else x, turn, axes=(-2, -1))  # noqa: E731
    moved = predict(method, np.ascontiguousarray(move(values)))
    np.testing.assert_allclose(moved, move(predict(method, values)), atol=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_tiles_of_the_paper_say_what_they_say_by_themselves(make, name, monkeypatch):
    """A cell in the middle of a tile has what the method makes of that tile alone."""
    monkeypatch.setattr(mosaic, "TILE_M", 6400.0)
    method, values = make(name), scene(192, 256) if name == "unet" else scene(256, 320)
    side = mosaic.tile_px(method)
    maps = predict(method.in_tiles(), values)
    assert maps.shape == (10, *(n // method.output_stride for n in values.shape))
    tile = predict(make(name), values[side // 4 : side // 4 + side, side // 4 : side // 4 + side])
    cells, margin = side // method.output_stride, side // 4 // method.output_stride
    inner = maps[:, 2 * margin : cells, 2 * margin : cells]
    np.testing.assert_allclose(inner, tile[:, margin:-margin, margin:-margin], atol=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_progress_grows_and_a_user_can_stop(make, name):
    method, values = make(name), scene(240, 240)
    method.batch = 8  # there is a look at the bar between batches, and this is a small image
    watcher = Recorder()
    predict(method, values, watcher)
    assert len(watcher.fractions) >= 4
    assert watcher.fractions == sorted(watcher.fractions) and 0 <= watcher.fractions[-1] <= 1
    with pytest.raises(Cancelled):
        predict(method, values, CancelAfter(looks=3))


@pytest.mark.parametrize("name", IN_PARTS)
def test_little_memory_is_enough(make, name, monkeypatch):
    """A device that holds half of what is tried first gives the same."""
    method, values = make(name), scene(200, 260)
    expected, sizes = predict(method, values), []
    forward = method.tensor
    monkeypatch.setattr(method, "tensor", recording(forward, sizes))
    predict(method, values)
    limit, refusals = max(sizes) // 2, []

    def tensor(x):
        if x.size > limit:
            refusals.append(x.size)
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return forward(x)

    monkeypatch.setattr(method, "tensor", tensor)
    np.testing.assert_allclose(predict(method, values), expected, atol=1e-5)
    assert refusals
