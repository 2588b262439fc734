# SPDX-License-Identifier: GPL-2.0-or-later
"""What a developer types: set-up, environment, the checks, and what a zip of the plugin leaves out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from checkout import CHECKOUT, READY, needs_setup


def run(command: list[str], folder: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """Run as from a plain shell: without what an outer make leaves in the environment."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def variables(exports: str) -> dict[str, str]:
    """Return what a shell has after evaluating the lines."""
    names = "QGIS_CUSTOM_CONFIG_PATH QGIS_PLUGINPATH METOCEAN_PACKAGES"
    done = run(["bash", "-c", f'{exports}\nfor name in {names}; do echo "$name=${{!name}}"; done'])
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


@needs_setup
def test_env_prints_nothing_but_exports_that_lead_to_this_checkout() -> None:
    done = run(["make", "-s", "env"])
    assert done.returncode == 0, done.stderr
    assert all(line.startswith("export ") for line in done.stdout.splitlines())
    found = variables(done.stdout)
    assert (Path(found["QGIS_PLUGINPATH"]) / "metocean").resolve() == CHECKOUT
    settings = Path(found["QGIS_CUSTOM_CONFIG_PATH"]) / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    assert "metocean=true" in settings.read_text()
    assert (Path(found["METOCEAN_PACKAGES"]) / "torch").is_dir()


def test_env_survives_spaces_in_the_path(tmp_path: Path) -> None:
    clone = tmp_path / "a clone's folder"
    (clone / "tools").mkdir(parents=True)
    shutil.copy(CHECKOUT / "tools" / "env.sh", clone / "tools")
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to("/usr/bin/python3")
    done = run(["bash", "tools/env.sh"], clone)
    assert done.returncode == 0, done.stderr
    assert variables(done.stdout)["QGIS_PLUGINPATH"] == str(clone / ".cache" / "plugins")


@needs_setup
def test_a_second_setup_does_nothing() -> None:
    before = READY.stat().st_mtime_ns
    # Make's own word that there is nothing to do.
    assert run(["make", "--question", "setup"]).returncode == 0
    assert run(["make", "setup"]).returncode == 0
    assert READY.stat().st_mtime_ns == before


@needs_setup
def test_numpy_is_the_one_qgis_was_built_with() -> None:
    assert not Path(np.__file__).is_relative_to(CHECKOUT / ".venv")


def test_continuous_integration_runs_make_test_and_nothing_else() -> None:
    script = CHECKOUT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    (command,) = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]
    assert command.startswith("exec ") and command.endswith(" make test")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, ""),
        ({"CI": "true"}, "../shared"),
        ({"METOCEAN_SHARED": "/there"}, "/there"),
        ({"METOCEAN_SHARED": "/there", "CI": "true"}, "/there"),
    ],
)
def test_continuous_integration_expects_the_real_material(tmp_path: Path, given: dict, wanted: str) -> None:
    """Run with a stand-in for make, which says what it was given."""
    (tmp_path / "make").write_text('#!/bin/sh\necho "$1 $METOCEAN_SHARED"\n')
    (tmp_path / "make").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **given}
    done = subprocess.run(
        [CHECKOUT / ".ci" / "run"], env=environment, capture_output=True, text=True, check=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, f"test {wanted}".strip())


@pytest.mark.parametrize(("promised", "outcome"), [("/no/such/folder", "1 error"), ("", "1 skipped")])
def test_missing_material_is_an_error_where_it_is_promised(
    tmp_path: Path, promised: str, outcome: str
) -> None:
    """In a copy of the tests' foundation, beside which no material lies."""
    clone = tmp_path / "clone"
    shutil.copytree(CHECKOUT / "tests" / "support", clone / "tests" / "support")
    for file in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(CHECKOUT / file, clone / file)
    (clone / "tests" / "test_real.py").write_text("def test_real(shared_data): pass\n")
    environment = {**os.environ, "METOCEAN_SHARED": promised}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    assert outcome in done.stdout, done.stdout + done.stderr


def test_make_test_runs_every_check() -> None:
    """Dry run: what would be executed."""
    commands = run(["make", "-n", "test"]).stdout
    for wanted in ("ruff check .", "ruff format --check .", "mypy", "pytest"):
        assert f"-m {wanted}" in commands, wanted


def test_help_names_every_target() -> None:
    listed = run(["make", "help"]).stdout
    for target in ("setup", "env", "demo", "docs", "screenshots", "test", "lint", "format", "clean"):
        assert f"make {target}:" in listed


@pytest.mark.parametrize("script", sorted((CHECKOUT / "tools").glob("*.sh")), ids=lambda path: path.name)
def test_shell_scripts_parse(script: Path) -> None:
    assert run(["bash", "-n", str(script)]).returncode == 0


def test_zip_leaves_out_what_only_developers_need() -> None:
    if not shutil.which("git") or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout")
    left_out = ["tests", "tools", "Makefile", "pyproject.toml", ".ci", ".gitignore"]
    kept = ["metadata.txt", "LICENSE", "docs", "core", "models", "training", "ui", "plugin.py", "__init__.py"]
    done = run(["git", "check-attr", "export-ignore", *left_out, *kept])
    state = {line.split(": ")[0]: line.split(": ")[2] for line in done.stdout.splitlines()}
    assert {name for name, value in state.items() if value == "set"} == set(left_out)
    assert set(kept) <= set(state)


def test_licence_is_gpl_2() -> None:
    text = (CHECKOUT / "LICENSE").read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in text and "Version 2, June 1991" in text


@needs_setup
def test_the_crosscheck_asks_for_a_folder_before_it_installs_anything() -> None:
    done = run(["make", "-s", "crosscheck"])
    assert done.returncode != 0 and "METADATA=folder" in done.stdout
