"""The simulated product whose files several modules look into."""

from __future__ import annotations

from pathlib import Path

import pytest
from metocean.training.simulator.product.safe import Product, write_safe
from safe_xml import field


@pytest.fixture(scope="session")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    product = Product(polarisations=("VV", "VH"), seed=5)
    return write_safe(tmp_path_factory.mktemp("safe"), field(), product=product)
