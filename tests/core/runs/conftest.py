# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a run's results go."""

from __future__ import annotations

import pytest
from metocean.core.results.rasters import OutputPaths


@pytest.fixture
def outputs(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return OutputPaths(
        *(str(folder / name) for name in ("p.tif", "c.tif", "a.csv", "r.tif")),
    )
