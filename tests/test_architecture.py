"""The rules of import, held by the sources themselves, and the examples in the docstrings."""

from __future__ import annotations

import ast
import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = {
    "core": {"core"},
    "models": {"core", "models"},
    "training": {"core", "models", "training"},
    "ui": {"core", "models", "ui"},
    "plugin": {"core", "models", "ui"},
}
FOREIGN = {"core": {"qgis", "torch", "processing"}, "models": {"qgis", "processing"}, "training": {"qgis"}}


def _sources(layer):
    return [ROOT / "plugin.py"] if layer == "plugin" else sorted((ROOT / layer).rglob("*.py"))


def _module(path):
    return ".".join(("metocean", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def imported(source: str, module: str) -> set[str]:
    """Return the absolute names of everything ``source`` imports, wherever in it."""
    names = set()
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            names |= {f"{stem}.{alias.name}" for alias in node.names}
    return names


def violations(source: str, module: str, layer: str) -> list[str]:
    """Return the imports that ``layer`` must not have."""
    wrong = []
    for name in sorted(imported(source, module)):
        top, *rest = name.split(".")
        if top == "metocean" and rest and rest[0] not in LAYERS[layer] and (ROOT / rest[0]).is_dir():
            wrong.append(name)
        if top in FOREIGN.get(layer, set()):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_import_only_what_is_below(layer):
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in _sources(layer)
        if (found := violations(path.read_text(encoding="utf-8"), _package_aware(path), layer))
    }
    assert wrong == {}


def _package_aware(path):
    name = _module(path)
    return f"{name}.__init__" if path.name == "__init__.py" else name


@pytest.mark.parametrize(
    ("source", "layer", "found"),
    [
        ("import torch", "core", ["torch"]),
        ("def f():\n    from qgis.core import QgsProject", "models", ["qgis.core.QgsProject"]),
        ("from ..models import registry", "core", ["metocean.models.registry"]),
        ("from .. import ui", "core", ["metocean.ui"]),
        ("from .classes import CLASSES\nimport numpy", "core", []),
        ("from ..core.classes import CLASSES", "models", []),
        ("from metocean.training import train", "ui", ["metocean.training.train"]),
    ],
)
def test_the_rule_itself_finds_what_it_should(source, layer, found):
    assert violations(source, f"metocean.{layer}.example", layer) == found


def test_core_loads_neither_qgis_nor_torch():
    modules = [_module(path) for path in _sources("core")]
    code = (
        f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\n"
        "print([m for m in ('qgis', 'torch', 'PyQt5') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stdout.strip()) == (0, "[]"), run.stderr


def _with_examples():
    sources = [path for layer in LAYERS for path in _sources(layer)]
    return [path for path in sources if ">>>" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", _with_examples(), ids=lambda p: p.stem)
def test_docstring_examples(path):
    results = doctest.testmod(importlib.import_module(_module(path)))
    assert results.attempted > 0 and results.failed == 0


def test_no_statement_the_plugin_gate_refuses():
    """QGIS's plugin site blocks versions with these; the full check is Bandit's."""
    wrong = []
    for path in [p for layer in LAYERS for p in _sources(layer)]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assert):
                wrong.append(f"{path.name}:{node.lineno} assert")
            if isinstance(node, ast.ExceptHandler) and [type(n) for n in node.body] == [ast.Pass]:
                wrong.append(f"{path.name}:{node.lineno} except: pass")
    assert wrong == []
