# SPDX-License-Identifier: GPL-2.0-or-later
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


WRITTEN_BY_HAND = (
    "README.md",
    "CHANGELOG.md",
    *(
        f"docs/{name}.md"
        for name in ("tutorial", "inputs", "outputs", "methods", "training", "architecture", "CONTRIBUTING")
    ),
)
CODE = re.compile(r"```.*?```", re.DOTALL)


@pytest.mark.parametrize("page", WRITTEN_BY_HAND)
def test_links_lead_somewhere(root, page):
    folder = (root / page).parent
    links = re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", (root / page).read_text(encoding="utf-8")))
    files = [link.split("#")[0] for link in links if "://" not in link]
    assert [file for file in files if file and not (folder / file).exists()] == []


@pytest.mark.parametrize("page", WRITTEN_BY_HAND)
def test_paragraphs_have_at_most_forty_words(root, page):
    text = CODE.sub("", (root / page).read_text(encoding="utf-8"))
    blocks = [block for block in re.split(r"\n\s*\n", text) if not block.lstrip().startswith(("|", "#", "!"))]
    items = [item for block in blocks for item in re.split(r"\n(?=\s*(?:[-*]|\d+\.) )", block)]
    # Of a link only its text is read.
    long = [item for item in items if len(re.sub(r"\]\([^)]*\)", "]", item).split()) > 40]
    assert long == []


def test_every_room_is_on_the_page_of_the_architecture(root):
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {
        path.parent.relative_to(root).as_posix()
        for top in ("core", "models", "training", "ui")
        for path in (root / top).rglob("__init__.py")
    }
    listed = set(re.findall(r"^\| `([\w/]+)` \|", page, re.MULTILINE))
    assert listed - {"tests", "tools"} == rooms


def test_the_readme_is_short(root):
    assert len((root / "README.md").read_text(encoding="utf-8").splitlines()) <= 110
