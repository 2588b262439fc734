# SPDX-License-Identifier: GPL-2.0-or-later
"""Which folder may import which, how long a module may be, and the examples in the docstrings."""

from __future__ import annotations

import ast
import doctest
import importlib
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = "core", "models", "training", "ui"
LONGEST_MODULE = 200
# Each folder with the others that it may import from: some of those above it in this table.
_CORE = "core core.files core.methods core.geometry core.scenes.types"
_SCENES = "core.scenes.rasters core.scenes.sentinel1 core.scenes"
_RUNS = "core.roughness core.results core.runs"
_MODELS = "models.networks models models.methods"
_TRAINING = "training.metrics training.recipes training.data training.data.readers training.fit"
_SIMULATOR = (
    "training.simulator training.simulator.processes training.simulator.scenes training.simulator.product"
)
_ABOVE = {
    "core": "",
    "core.files": "core",
    "core.methods": "core",
    "core.geometry": "core core.files",
    "core.scenes.types": "core core.geometry",
    "core.scenes.rasters": "core core.files core.geometry core.scenes.types",
    "core.scenes.sentinel1": "core core.files core.geometry core.scenes.types",
    "core.scenes": "core core.files core.geometry core.scenes.types "
    "core.scenes.rasters core.scenes.sentinel1",
    # Of a scene only what it is, not how it was opened.
    "core.roughness": "core core.files core.geometry core.scenes.types",
    "core.results": "core core.files core.geometry core.methods core.roughness",
    "core.runs": f"{_CORE} core.scenes core.roughness core.results",
    "models.networks": "core core.methods",
    "models": "core core.methods models.networks",
    "models.methods": "core core.methods models.networks models",
    "training.metrics": "core",
    "training.recipes": "core models.networks models training.metrics",
    "training.data": "core core.files core.geometry models.networks training.metrics training.recipes",
    "training.data.readers": "core core.files core.geometry training.data",
    "training.fit": "core models.networks models training.metrics training.recipes training.data "
    "training.data.readers",
    "training.simulator": "core core.geometry",
    "training.simulator.processes": "core training.simulator",
    "training.simulator.scenes": "core training.data training.simulator training.simulator.processes",
    "training.simulator.product": "core core.geometry training.simulator training.simulator.scenes",
    "training.benchmark": f"core core.methods core.results {_MODELS} {_TRAINING} {_SIMULATOR}",
    "training.speed": f"{_CORE} {_SCENES} {_RUNS} {_MODELS} {_TRAINING} {_SIMULATOR}",
    # What is typed stands on everything that does the work.
    "training": f"core core.methods core.results {_MODELS} {_TRAINING} {_SIMULATOR} "
    "training.benchmark training.speed",
    "ui.parameters": "core core.scenes.sentinel1",
    "ui.maps": "core core.files core.geometry core.results",
    "ui.algorithms": f"{_CORE} core.scenes.rasters {_RUNS} models ui.parameters ui.maps",
    "ui": "models ui.algorithms ui.parameters ui.maps",
    "plugin": "ui",
}
ALLOWED = {folder: set(names.split()) for folder, names in _ABOVE.items()}
FOREIGN = {
    "core": {"qgis", "processing", "torch"},
    "models": {"qgis", "processing"},
    "training": {"qgis", "processing"},
}


def sources(room: str) -> list[Path]:
    return [ROOT / "plugin.py"] if room == "plugin" else sorted((ROOT / room).rglob("*.py"))


def module_of(path: Path) -> str:
    return ".".join(("metocean", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def imported(source: str, package: str) -> set[str]:
    """Return the absolute names of everything that a module of ``package`` imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = parts[: len(parts) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{stem}.{alias.name}" for alias in node.names}
    return names


def folder_of(name: str) -> str:
    """Return the folder, such as ``core.files``, of a module of ours or of what it holds."""
    parts = name.split(".")[1:]
    while len(parts) > 1 and not ROOT.joinpath(*parts).is_dir():
        parts = parts[:-1]
    return ".".join(parts)


def violations(source: str, folder: str) -> list[str]:
    """Return the imports that a module in ``folder`` must not have."""
    package = "metocean" if folder == "plugin" else f"metocean.{folder}"
    room = folder.split(".")[0]
    wrong = []
    for name in sorted(imported(source, package)):
        top = name.split(".")[0]
        ours = top == "metocean" and folder_of(name) in ALLOWED
        if ours and folder_of(name) not in ALLOWED[folder] | {folder}:
            wrong.append(name)
        if top in FOREIGN.get(room, set()):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("room", [*ROOMS, "plugin"])
def test_folders_import_only_what_they_may(room):
    wrong = {}
    for path in sources(room):
        folder = "plugin" if room == "plugin" else ".".join(path.parent.relative_to(ROOT).parts)
        if found := violations(path.read_text(encoding="utf-8"), folder):
            wrong[str(path.relative_to(ROOT))] = found
    assert wrong == {}


def test_the_table_has_every_folder_and_no_circle():
    folders = {".".join(path.parent.relative_to(ROOT).parts) for room in ROOMS for path in sources(room)}
    assert set(ALLOWED) == folders | {"plugin"}
    TopologicalSorter(ALLOWED).prepare()  # raises for a circle


@pytest.mark.parametrize(
    ("source", "folder", "found"),
    [
        ("import torch", "core", ["torch"]),
        ("def f():\n    from qgis.core import QgsProject", "models", ["qgis.core.QgsProject"]),
        ("from ...models import registry", "core.files", ["metocean.models.registry"]),
        ("from ... import ui", "core.files", ["metocean.ui"]),
        (
            "from ..scenes.opening import open_scene",
            "core.roughness",
            ["metocean.core.scenes.opening.open_scene"],
        ),
        ("from ..scenes.types.scene import Scene\nfrom . import seams", "core.roughness", []),
        ("from .files.raster import sample", "core", ["metocean.core.files.raster.sample"]),
        ("from .classes import CLASSES\nimport numpy", "core", []),
        ("from ..core.classes import CLASSES", "models", []),
        ("from .ui.provider import MetoceanProvider", "plugin", []),
        ("from metocean.training import train", "ui", ["metocean.training.train"]),
    ],
)
def test_the_rule_itself_finds_what_it_should(source, folder, found):
    assert violations(source, folder) == found


def test_core_loads_neither_qgis_nor_torch():
    modules = [module_of(path) for path in sources("core")]
    code = (
        f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\n"
        "print([m for m in ('qgis', 'torch', 'PyQt5') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, "[]"), run.stderr


def test_no_module_is_too_long_to_read():
    paths = [path for room in (*ROOMS, "plugin", "tests", "tools") for path in sources(room)]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in paths}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def _with_examples():
    paths = [path for room in (*ROOMS, "plugin") for path in sources(room)]
    return [path for path in paths if ">>>" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", _with_examples(), ids=lambda p: p.stem)
def test_docstring_examples(path):
    results = doctest.testmod(importlib.import_module(module_of(path)))
    assert results.attempted > 0 and results.failed == 0


def test_no_statement_the_plugin_gate_refuses():
    """QGIS's plugin site blocks versions with these; the full check is Bandit's."""
    wrong = []
    for path in [path for room in (*ROOMS, "plugin") for path in sources(room)]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assert):
                wrong.append(f"{path.name}:{node.lineno} assert")
            if isinstance(node, ast.ExceptHandler) and [type(n) for n in node.body] == [ast.Pass]:
                wrong.append(f"{path.name}:{node.lineno} except: pass")
    assert wrong == []
