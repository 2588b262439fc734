# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user sees of a run that must fail: one clear sentence, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis import core

LONGEST_MESSAGE = 300


def contents(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def refusal(run: Callable[..., Any], source: Path, parameters: dict[str, Any]) -> str:
    """Return the message of a run that must fail and leave both folders as they were."""
    before = contents(source)
    with pytest.raises(core.QgsProcessingException) as raised:
        run(**parameters)
    assert contents(source) == before
    assert contents(source.parent / "out") == []
    return str(raised.value)


def check_clear(message: str) -> None:
    assert 10 < len(message) < LONGEST_MESSAGE, message
    assert "Traceback" not in message and "\n" not in message.strip()
    assert message.strip()[-1] in ".?", message
