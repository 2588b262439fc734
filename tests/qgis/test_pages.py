"""The pages of the algorithms say what the algorithms say."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser

import pytest


@pytest.fixture
def written(provider, root, monkeypatch):
    """The text of each page by its path in docs, as `make docs` would write it now."""
    monkeypatch.setattr(sys, "path", [str(root / "tools"), *sys.path])
    import algorithm_pages

    return algorithm_pages.files(provider)


def test_pages_are_what_make_docs_would_write(written, root):
    outdated = [
        path for path, text in written.items() if (root / "docs" / path).read_text(encoding="utf-8") != text
    ]
    assert not outdated, f"make docs writes {', '.join(outdated)} anew"


def test_no_page_is_left_of_an_algorithm_that_is_gone(written, root):
    kept = {f"help/{path.name}" for path in (root / "docs" / "help").glob("*.html")}
    assert kept == set(written) - {"algorithms.md"}


def test_every_parameter_and_output_is_named_on_both_pages(provider, written):
    for algorithm in provider.algorithms():
        definitions = [*algorithm.parameterDefinitions(), *algorithm.outputDefinitions()]
        for page in (written[f"help/{algorithm.name()}.html"], written["algorithms.md"]):
            assert {d.name() for d in definitions} <= set(re.findall(r"[A-Z][A-Z0-9_]+", page))


class _Balance(HTMLParser):
    """Fails on an element that is closed out of turn; ``links`` are those of the page."""

    def __init__(self):
        super().__init__()
        self.open, self.links = [], []

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("href", "src")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_help_needs_no_other_file_and_links_to_pages_that_exist(written):
    pages = {path: text for path, text in written.items() if path.endswith(".html")}
    assert len(pages) == 4
    for text in pages.values():
        balance = _Balance()
        balance.feed(text)
        assert balance.open == []
        assert {f"help/{link}" for link in balance.links} <= set(pages)


def test_pages_know_nothing_of_the_machine_they_were_written_on(written, root):
    for text in written.values():
        assert str(root) not in text and "/tmp" not in text and "TEMPORARY_OUTPUT" not in text
