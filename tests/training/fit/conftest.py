# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that trainings of a few steps are about."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def data(tmp_path_factory, write_textures) -> Path:
    """Two simulated shards and a real one of 32 px, and one of larger images."""
    root = tmp_path_factory.mktemp("data")
    for i, simulated in enumerate((True, True, False)):
        write_textures(root / f"shard-00{i}", seed=i, simulated=simulated)
    write_textures(root / "large" / "shard-000", cells=12, step=8)
    return root
