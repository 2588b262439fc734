# SPDX-License-Identifier: GPL-2.0-or-later
"""The checkout that the tests belong to, and whether it is set up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
READY = CHECKOUT / ".venv" / "ready"


def _is_set_up() -> bool:
    """Whether make goes straight to a target; where a prerequisite is newer, it installs packages first."""
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    (prerequisites,) = re.findall(r"^\$\(ready\): (.*)", makefile, re.MULTILINE)
    changed = [(CHECKOUT / name).stat().st_mtime for name in prerequisites.split()]
    return READY.exists() and max(changed) <= READY.stat().st_mtime


# A test must not install anything: the environment may be shared with other checkouts.
needs_setup = pytest.mark.skipif(not _is_set_up(), reason="run make setup in this checkout first")
