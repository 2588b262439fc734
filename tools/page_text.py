# SPDX-License-Identifier: GPL-2.0-or-later
"""How the pages of the algorithms look: Markdown for the repository, HTML for QGIS's Help button."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

PARAMETER_TITLES = ("parameter", "in the dialog", "type", "default", "what it does")
OUTPUT_TITLES = ("output", "what it is", "type")
# Few rules, as QGIS's own viewer knows little of style sheets.
CSS = (
    "body{font-family:sans-serif;max-width:60em;margin:1em auto;padding:0 1em;line-height:1.4}"
    "table{border-collapse:collapse}th,td{border:1px solid #bbb;padding:.3em .5em;text-align:left;"
    "vertical-align:top}code{white-space:nowrap}"
)
Rows = list[tuple[str, ...]]


@dataclass(frozen=True)
class Page:
    """What there is to say of an algorithm.

    Attributes
    ----------
    about : str
        HTML, as QGIS shows it beside the dialog.
    parameters, advanced : list of tuple
        Plain text in the order of `PARAMETER_TITLES`.
    outputs : list of tuple
        Plain text in the order of `OUTPUT_TITLES`.
    """

    name: str
    title: str
    about: str
    parameters: Rows
    advanced: Rows
    outputs: Rows


def markdown(pages: Iterable[Page]) -> str:
    """Return docs/algorithms.md."""
    parts = [
        "# The algorithms",
        "`make docs` writes this page from the algorithms themselves. In QGIS each is in the Processing "
        "Toolbox under *Metocean processes*; its *Help* button opens the page that is linked here.",
    ]
    for page in pages:
        parts += [f"## {page.title}", f"`metocean:{page.name}` · [help page](help/{page.name}.html)"]
        parts += [_as_markdown(page.about), f"```\n{command(page)}\n```"]
        parts += ["### Parameters", _markdown_table(PARAMETER_TITLES, page.parameters)]
        parts += ["Under *Advanced Parameters*:", _markdown_table(PARAMETER_TITLES, page.advanced)]
        parts += ["### Outputs", _markdown_table(OUTPUT_TITLES, page.outputs)]
    return "\n\n".join(parts) + "\n"


def command(page: Page) -> str:
    """Return how to run it headless; all but the scene has defaults."""
    return f"qgis_process run metocean:{page.name} -- INPUT=/path/to/scene.SAFE"


def _as_markdown(text: str) -> str:
    text = re.sub(r"</?ul>", "\n\n", text).replace("<li>", "- ").replace("</li>", "\n")
    text = re.sub(r"</?b>", "**", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _markdown_table(titles: tuple[str, ...], rows: Rows) -> str:
    lines = [titles, ("---",) * len(titles)]
    lines += [(f"`{name}`", *(cell.replace("|", "\\|") for cell in cells)) for name, *cells in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def html_page(page: Page, others: Iterable[Page]) -> str:
    """Return the help of one algorithm: one file that needs no other."""
    links = " · ".join(f'<a href="{other.name}.html">{html.escape(other.title)}</a>' for other in others)
    parts = [
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{html.escape(page.title)}'
        f"</title><style>{CSS}</style></head>\n<body>",
        f"<h1>{html.escape(page.title)}</h1>\n<p><code>metocean:{page.name}</code></p>\n<div>{page.about}</div>",
        f"<p>Without the desktop: <code>{html.escape(command(page))}</code></p>",
        f"<h2>Parameters</h2>\n{_html_table(PARAMETER_TITLES, page.parameters)}",
        f"<h2>Advanced parameters</h2>\n{_html_table(PARAMETER_TITLES, page.advanced)}",
        f"<h2>Outputs</h2>\n{_html_table(OUTPUT_TITLES, page.outputs)}",
        f"<p>The other algorithms: {links}</p>\n</body>\n</html>",
    ]
    return "\n".join(parts) + "\n"


def _html_table(titles: tuple[str, ...], rows: Rows) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = [
        f"<tr><td><code>{name}</code></td>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
        for name, *cells in rows
    ]
    return "\n".join([f"<table>\n<tr>{head}</tr>", *body, "</table>"])
