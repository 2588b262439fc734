# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmark has written: rows of its CSV files, cells of its pages."""

from __future__ import annotations

import csv


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cells(page, title):
    """Return the cells of the rows of a page that begin with ``title``."""
    lines = [line for line in page.splitlines() if line.startswith(f"| {title} |")]
    return [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines]
