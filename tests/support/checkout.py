"""The checkout that the tests belong to, and whether it is set up."""

from __future__ import annotations

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
READY = CHECKOUT / ".venv" / "ready"
# As in the Makefile: where one of these is newer, every target of make first installs packages.
_SETUP_DEPENDS_ON = [
    CHECKOUT / name for name in ("pyproject.toml", "tools/setup.sh", "tools/requirements.txt")
]


def _is_set_up() -> bool:
    return READY.exists() and all(file.stat().st_mtime <= READY.stat().st_mtime for file in _SETUP_DEPENDS_ON)


# A test must not install anything: the environment may be shared with other checkouts.
needs_setup = pytest.mark.skipif(not _is_set_up(), reason="run make setup in this checkout first")
