# SPDX-License-Identifier: GPL-2.0-or-later
"""A run of ``metocean:segment`` between two folders: of what goes in, and of what comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OUTPUTS = {"PROBABILITIES": "p.tif", "CLASSES": "c.tif", "AREAS": "a.csv", "ROUGHNESS": "r.tif"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder for what goes in."""
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def run(run_algorithm: Any, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Run ``metocean:segment`` as qgis_process does: check, then run; outputs go to ``tmp_path / out``."""
    target = tmp_path / "out"
    target.mkdir()

    def start(**parameters: Any) -> dict[str, Any]:
        given = {**{name: str(target / file) for name, file in OUTPUTS.items()}, **parameters}
        given["INPUT"] = str(given["INPUT"])
        return run_algorithm("segment", given)

    return start


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, brightness_method: Any) -> None:
    """No network is needed to refuse a scene."""
    from metocean.ui.algorithms import method

    monkeypatch.setattr(method, "_method", lambda *_: brightness_method())
