# SPDX-License-Identifier: GPL-2.0-or-later
"""Style files of QGIS (.qml) as runs write them: always the same bytes, and marked as theirs."""

from __future__ import annotations

import re

from qgis.core import QgsRasterLayer

from ...core.errors import OutputError
from ...core.files.companions import sign

# QGIS escapes quotes in values, and < in values and texts.
_START_TAG = re.compile(r'<([\w:.-]+)((?:\s+[\w:.-]+="[^"]*")+)(\s*/?)>')
_ATTRIBUTE = re.compile(r'\s+[\w:.-]+="[^"]*"')


def write_style(layer: QgsRasterLayer, path: str) -> None:
    """Write the style of a layer.

    Raises
    ------
    OutputError
        ``path`` cannot be written.
    """
    message, saved = layer.saveNamedStyle(path)
    if not saved:
        raise OutputError(f"Cannot write the style {path} ({message}).")
    try:
        # Qt writes attributes in the order of a hash that is another one in each process.
        with open(path, encoding="utf-8", newline="") as file:
            text = _START_TAG.sub(_with_sorted_attributes, file.read())
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        sign(path)
    except OSError as error:
        raise OutputError(f"Cannot write the style {path} ({error.strerror}).") from error


def _with_sorted_attributes(tag: re.Match[str]) -> str:
    return f"<{tag[1]}{''.join(sorted(_ATTRIBUTE.findall(tag[2])))}{tag[3]}>"
