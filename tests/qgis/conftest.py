# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS from an empty home folder, a product for it, and the algorithms with a stand-in for the network."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from checkout import CHECKOUT
from metocean.core.methods.training_ranges import TrainingRanges
from metocean.models import registry
from metocean.training.simulator.product.imaging import Acquisition
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from metocean.ui.algorithms import method as method_module
from qgis import core


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A profile and a home that nothing was ever done in, with the plugin enabled."""
    base = tmp_path_factory.mktemp("an empty home")
    settings = base / "config" / "profiles" / "default" / "QGIS"
    settings.mkdir(parents=True)
    (settings / "QGIS3.ini").write_text("[PythonPlugins]\nmetocean=true\n")
    (base / "plugins").mkdir()
    (base / "plugins" / "metocean").symlink_to(CHECKOUT)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LD_LIBRARY_PATH")}
    return {
        **kept,
        "HOME": str(base),
        "QGIS_CUSTOM_CONFIG_PATH": str(base / "config"),
        "QGIS_PLUGINPATH": str(base / "plugins"),
        "METOCEAN_PACKAGES": sysconfig.get_path("purelib"),
        "QT_QPA_PLATFORM": "offscreen",
    }


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated scene of 16 km by 24 km in the Atlantic."""
    field = SeaSigma0(np.full((160, 240), 0.05, np.float32), 100.0)
    return write_safe(tmp_path_factory.mktemp("scene"), field, Acquisition(), Product(seed=4))


@pytest.fixture
def run(run_algorithm, brightness_method, monkeypatch, tmp_path):
    """A function that runs an algorithm; unnamed outputs go to ``tmp_path / out``."""

    def load(method_id, device, precision, settings):
        method = brightness_method()
        method.settings = {"method": method_id, **settings}
        method.training_ranges = TrainingRanges.read(registry.STATISTICS_FILE)
        return method

    monkeypatch.setattr(method_module, "_method", load)
    folder = tmp_path / "out"
    folder.mkdir()
    files = {
        "segment": {"PROBABILITIES": "p.tif", "CLASSES": "c.tif", "AREAS": "a.csv"},
        "preprocess": {"OUTPUT": "r.tif"},
    }

    def start(name, feedback=None, context=None, **parameters):
        outputs = {key: str(folder / file) for key, file in files[name].items()}
        context = context or core.QgsProcessingContext()
        context.setProject(core.QgsProject.instance())
        return run_algorithm(name, {**outputs, **parameters}, context, feedback)

    start.folder = folder
    return start


@pytest.fixture
def project(qgis_app):
    project = core.QgsProject.instance()
    yield project
    project.clear()
