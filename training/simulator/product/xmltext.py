# SPDX-License-Identifier: GPL-2.0-or-later
"""Just enough to write XML of numbers and fixed words; nothing here needs escaping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np

from ....core.arrays import Array


def document(tag: str, *content: str, **attributes: str) -> str:
    """Return a whole file with ``tag`` as its root."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element(tag, *content, **attributes)


def element(tag: str, *content: str, **attributes: Any) -> str:
    """Return ``<tag attributes>content</tag>`` and a line end; a prefixed attribute needs ``**{...}``."""
    head = " ".join([tag, *(f'{name}="{value}"' for name, value in attributes.items())])
    inner = "".join(content)
    return f"<{head}>\n{inner}</{tag}>\n" if inner.endswith("\n") else f"<{head}>{inner}</{tag}>\n"


def fields(values: Mapping[str, Any]) -> str:
    """Return one element per item: times in ISO format, floats with ten digits.

    Further digits would be those of the processor: the last bits depend on how arrays lie in memory.
    """
    return "".join(element(name, _text(value)) for name, value in values.items())


def numbers(tag: str, values: Array, style: str) -> str:
    """Return a list of numbers, each written in the ``%`` style, with their count."""
    return element(tag, " ".join(style % value for value in values), count=len(values))


def listed(tag: str, items: Iterable[str]) -> str:
    """Return elements in a list that tells their count."""
    items = list(items)
    return element(tag, *items, count=len(items))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{value:.9e}" if isinstance(value, (float, np.floating)) else str(value)
