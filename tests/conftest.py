# SPDX-License-Identifier: GPL-2.0-or-later
"""Shared fixtures. QGIS runs offscreen with a profile of its own, whatever the developer's desktop has."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from methods import BrightnessMethod
from rasters import utm, write_geotiff, write_picture

# Before anything imports QGIS: a GUI-less session aborts without a platform.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_PROFILE = tempfile.TemporaryDirectory(prefix="metocean-test-profile-")
os.environ.setdefault("QGIS_CUSTOM_CONFIG_PATH", _PROFILE.name)

# So that their assertions say as much as those of tests.
pytest.register_assert_rewrite("qgis_process", "refusals")
pytest_plugins = ["pytest_qgis.plugin"]

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root():
    """The plugin's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data():
    """The real Sentinel-1 material, which is not part of the repository.

    Where METOCEAN_SHARED names its folder it has to be there; where nobody names it, tests that need it are
    skipped.
    """
    named = os.environ.get("METOCEAN_SHARED")
    folder = ROOT / (named or "../shared") / "data"
    if not folder.is_dir():
        if named:
            pytest.fail(f"METOCEAN_SHARED promises real material, and there is no {folder}")
        pytest.skip("the real material in ../shared/data is not here")
    return folder.resolve()


@pytest.fixture
def real_product(shared_data, tmp_path):
    """A function that unpacks the metadata of the real product whose name matches a pattern."""

    def unpack(pattern):
        (archive,) = (shared_data / "s1_metadata").glob(f"{pattern}.zip")
        with zipfile.ZipFile(archive) as file:
            file.extractall(tmp_path)
        return tmp_path / f"{archive.stem}.SAFE"

    return unpack


@pytest.fixture
def rng():
    return np.random.default_rng(20260)


@pytest.fixture
def provider(qgis_app, qgis_processing):
    """The plugin's provider, registered."""
    from metocean.ui.provider import MetoceanProvider
    from qgis.core import QgsApplication

    registry = QgsApplication.processingRegistry()
    added = MetoceanProvider()
    registry.addProvider(added)
    yield added
    registry.removeProvider("metocean")


@pytest.fixture
def run_algorithm(provider):
    """A function that runs an algorithm as qgis_process does: check the parameters, then run."""
    from qgis import core

    def run(name, parameters, context=None, feedback=None):
        algorithm = provider.algorithm(name).create()
        context = context or core.QgsProcessingContext()
        accepted, message = algorithm.checkParameterValues(parameters, context)
        if not accepted:
            raise core.QgsProcessingException(message)
        feedback = feedback or core.QgsProcessingFeedback()
        results, fine = algorithm.run(parameters, context, feedback, catchExceptions=False)
        assert fine
        return results

    return run


@pytest.fixture
def card_of():
    """A function that makes up the card of a network's weights."""
    from metocean.core.classes import CODES
    from metocean.models.card import Card
    from metocean.models.networks.registry import resolution_m

    def card(network, temperature=1.0):
        return Card(
            CODES, resolution_m(network), temperature, "test", training={}, scores={}, independent=False
        )

    return card


@pytest.fixture
def brightness_method():
    return BrightnessMethod


@pytest.fixture
def roughness_file(tmp_path):
    """A function that writes prepared roughness: a GeoTIFF in UTM 30N, or without any place on earth."""

    def write(values, name="scene.tif", georeferenced=True):
        grid = utm(30, 400_000.0, 5_100_000.0) if georeferenced else None
        return write_geotiff(
            tmp_path / name,
            np.asarray(values, np.float32),
            grid,
            nodata=-1,
            metadata={
                "METOCEAN_QUANTITY": "sqrt_roughness",
                "RESOLUTION_M": "100",
                "ACQUIRED": "2021-03-04T05:06:07+00:00",
            },
        )

    return write


@pytest.fixture
def scene(roughness_file):
    """Roughness whose halves the stand-in of a method calls AF and POW."""
    values = np.full((64, 128), 0.05)
    values[:, 64:] = 1.3
    return roughness_file(values)


@pytest.fixture
def write_raster():
    """A function that writes values in the format that the file's suffix says."""
    return write_picture


@pytest.fixture
def one_thread():
    """Networks as small as those of tests wait for threads longer than they compute."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def write_textures():
    """A function that writes a shard of images whose texture says their class, AF (striped) or POW (plain).

    Images have ``cells`` cells of ``step`` pixels; the right third shows POW in all of them, and the first
    line of cells is unlabelled.
    """
    from metocean.training.data.shards import Content, write_shard

    def write(path, count=12, seed=0, cells=8, step=4, simulated=True):
        rng = np.random.default_rng(seed)
        tags = rng.permutation(np.arange(count) % 2 * 6 + 1).astype(np.uint8)
        labels = np.broadcast_to(tags[:, None, None], (count, cells, cells)).copy()
        labels[:, :, 2 * cells // 3 :] = 7
        stripes = 30 * np.sign(np.sin(np.arange(cells * step) * 3.2 / step))
        striped = (labels == 1).repeat(step, 1).repeat(step, 2)
        images = rng.normal(100, 10, striped.shape) + stripes * striped
        labels[:, 0] = 0
        write_shard(
            path, Content(images.clip(0, 255).astype(np.uint8), labels, tags), {"simulated": simulated}
        )
        return path

    return write
