# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of areas."""

from __future__ import annotations

import csv

from metocean.core.classes import CLASSES
from metocean.core.results.areas import Area, areas_from, write_areas


def test_the_table_of_areas(tmp_path):
    path = tmp_path / "areas.csv"
    write_areas(str(path), areas_from([10.0, *([0.0] * 6), 30.0, 0.0, 0.0, 0.0]))
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["code"] for row in rows] == [*(cls.code for cls in CLASSES), "undecided"]
    assert rows[6] == {"code": "POW", "name": "Pure Ocean Waves", "km2": "30.000", "percent": "75.000"}
    assert rows[-1]["percent"] == "25.000"


def test_areas_of_nothing_are_zero():
    assert set(areas_from([0.0] * 11).values()) == {Area(0.0, 0.0)}
