# SPDX-License-Identifier: GPL-2.0-or-later
"""PROJ's data base is this installation's, or that is what is said."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest
from osgeo import osr

OPEN = """
import sys
from metocean.core.errors import InputError
from metocean.core.scenes.opening import open_scene
try:
    open_scene(sys.argv[1])
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize("outdated", [True, False])
def test_a_foreign_data_base_is_named(tmp_path, outdated):
    """Of another version, as PROJ_LIB of other programs leads to, or none."""
    (own,) = [path for path in osr.GetPROJSearchPaths() if os.path.exists(f"{path}/proj.db")][:1] or [""]
    if not own:
        pytest.skip("PROJ's own data base is not where it says")
    if outdated:
        shutil.copy(f"{own}/proj.db", tmp_path / "proj.db")
        with sqlite3.connect(tmp_path / "proj.db") as base:
            base.execute("UPDATE metadata SET value = '0' WHERE key = 'DATABASE.LAYOUT.VERSION.MINOR'")
        base.close()
    foreign = {name: str(tmp_path) for name in ("PROJ_LIB", "PROJ_DATA")}
    run = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path)],
        env={**os.environ, **foreign},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PROJ's data base" in run.stdout and "unset the environment variables PROJ_LIB" in run.stdout
    assert run.stdout.count("\n") == 1
