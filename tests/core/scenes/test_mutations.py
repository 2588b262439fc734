# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hundred damaged or hostile products: each ends in one clear sentence, or in a sound map."""

from __future__ import annotations

import random
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from metocean.core.errors import MetoceanError
from metocean.core.feedback import Silent
from metocean.core.runs.preprocess import PreprocessOptions, preprocess
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import Product
from metocean.training.simulator.product.safe import write_safe
from mutations import MUTATIONS
from osgeo import gdal

MEMORY = 2 * 1024**3  # more than what is in use before


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    field = SeaSigma0(np.full((20, 30), 0.05, np.float32), 100.0)
    return write_safe(folder, field, product=Product(pixel_m=10.0, seed=3))


@pytest.fixture
def little_memory() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(file), file.stat().st_size) for file in folder.rglob("*") if file.is_file())


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("seed", range(200))
def test_a_mutated_product_ends_well(original: Path, tmp_path: Path, seed: int) -> None:
    mutation, rng = MUTATIONS[seed % len(MUTATIONS)], random.Random(seed)
    safe = Path(shutil.copytree(original, tmp_path / "in" / original.name))
    path = mutation(safe, rng)
    (tmp_path / "out").mkdir()
    target, before = tmp_path / "out" / "r.tif", listing(tmp_path)
    try:
        preprocess(str(path), PreprocessOptions(), str(target), Silent())
    except MetoceanError as error:
        message = str(error)
        assert 20 < len(message) < 500 and "\n" not in message and "Traceback" not in message
        assert listing(tmp_path) == before
    else:
        values = gdal.Open(str(target)).ReadAsArray()
        assert np.isfinite(values).all() and ((values == -1) | ((values >= 0) & (values <= 2))).all()
        assert [file for file, _ in listing(tmp_path) if (file, _) not in before] == [str(target)]
