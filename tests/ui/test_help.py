# SPDX-License-Identifier: GPL-2.0-or-later
"""Each algorithm's help button opens a page of its own."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

NAMES = ("segment", "comparemethods", "preprocess", "preprocessall")


def test_every_algorithm_is_listed_here(provider):
    assert {algorithm.name() for algorithm in provider.algorithms()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_help_button_opens_a_page_that_is_about_the_algorithm(provider, name):
    from qgis.PyQt.QtCore import QUrl

    algorithm = provider.algorithm(name)
    url = QUrl(algorithm.helpUrl())
    page = Path(url.toLocalFile())
    assert url.isLocalFile() and page.parts[-3:] == ("docs", "help", f"{name}.html")
    assert page.is_file(), f"{page} is missing"
    text = html.unescape(page.read_text(encoding="utf-8"))
    assert algorithm.displayName() in text and f"metocean:{name}" in text


def test_no_two_algorithms_have_the_same_page(provider):
    assert len({algorithm.helpUrl() for algorithm in provider.algorithms()}) == len(NAMES)
