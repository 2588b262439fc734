# SPDX-License-Identifier: GPL-2.0-or-later
"""What docstrings, comments and pages call by its full name is there, under that name."""

from __future__ import annotations

import ast
import importlib
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = "core", "models", "training", "ui", "tools"
_DOCUMENTED = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
_NAME = re.compile(r"\bmetocean(?:\.[A-Za-z_]\w*)+")
# Names of files, which only look like modules.
_FILES = {"metocean.zip"}


def prose(path: Path) -> str:
    """Return what people read of a file: all of a page; docstrings and comments of a module."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, _DOCUMENTED)]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return "\n".join([*comments, *(ast.get_docstring(node) or "" for node in nodes)])


def exists(name: str) -> bool:
    """Tell whether a name leads to a module or to something in one, such as a field of a dataclass."""
    parts = name.split(".")
    for modules in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:modules]))
        except ModuleNotFoundError as error:
            if not (error.name or "").startswith("metocean"):
                raise
            continue
        return _holds(found, parts[modules:])
    return False


def _holds(found: object, attributes: list[str]) -> bool:
    for attribute in attributes:
        if attribute in getattr(found, "__annotations__", {}) and not hasattr(found, attribute):
            # Fields without a default are no attributes of their class; nothing is looked for inside them.
            return True
        if not hasattr(found, attribute):
            return False
        found = getattr(found, attribute)
    return True


def _with_names() -> list[Path]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    modules = [ROOT / "plugin.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
    return sorted(path for path in [*pages, *modules] if "metocean." in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", _with_names(), ids=lambda path: str(path.relative_to(ROOT)))
def test_full_names_lead_somewhere(path):
    names = set(_NAME.findall(prose(path))) - _FILES
    assert [name for name in sorted(names) if not exists(name)] == []


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("metocean.core.classes", True),
        ("metocean.core.classes.CLASSES", True),
        ("metocean.core.methods.protocol.Method.threshold", True),
        ("metocean.core.methods.protocol.Method.predict", True),
        ("metocean.core.classes.COLOURS", False),
        ("metocean.core.colours", False),
        ("metocean.core.methods.protocol.Method.soften", False),
    ],
)
def test_the_check_itself_tells_what_is_there(name, there):
    assert exists(name) == there
