# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables and shares as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Row = Sequence[Any]


def table(header: Row, rows: Sequence[Row]) -> str:
    """Return a table as Markdown.

    Examples
    --------
    >>> print(table(("", "Dice"), [("AF", 12.3)]), end="")
    | | Dice |
    |---|---|
    | AF | 12.3 |
    """
    # A column without a name takes one space, as tables are written by hand.
    head = "|" + "|".join(f" {name} " if name else " " for name in header) + "|"
    body = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([head, "|---" * len(header) + "|", *body]) + "\n"


def percent(mean: float, deviation: float = float("nan")) -> str:
    """Return shares as ``12.3``, ``12.3 ± 0.4``, or a dash; in %."""
    if not np.isfinite(mean):
        return "–"
    return f"{100 * mean:.1f}" + (f" ± {100 * deviation:.1f}" if np.isfinite(deviation) else "")
