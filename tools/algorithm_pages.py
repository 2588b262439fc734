# SPDX-License-Identifier: GPL-2.0-or-later
"""Write docs/algorithms.md and docs/help/*.html from the algorithms themselves: ``make docs``.

What the toolbox asks for is said once, where the parameters are declared. These pages repeat it for those who
read before they open QGIS; ``tests/qgis/test_pages.py`` fails where they no longer do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from page_text import Page, Rows, html_page, markdown
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgorithm,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterNumber,
    QgsProcessingProvider,
)

DOCS = Path(__file__).resolve().parents[1] / "docs"
ADVANCED = QgsProcessingParameterDefinition.FlagAdvanced
OPTIONAL = QgsProcessingParameterDefinition.FlagOptional
# QGIS's names of types, in words for people.
KINDS = {
    "raster": "loaded layer, or path of a scene",
    "boolean": "true or false",
    "string": "text",
    "crs": "coordinate system, such as EPSG:32632",
    "rasterDestination": "raster to write",
    "fileDestination": "file to write",
    "folderDestination": "folder to write",
    "outputRaster": "raster",
    "outputFile": "file",
    "outputFolder": "folder",
    "outputNumber": "number",
    "outputString": "text",
}


def page_of(algorithm: QgsProcessingAlgorithm) -> Page:
    """Ask an algorithm what it says of itself."""
    rows: dict[bool, Rows] = {False: [], True: []}
    for parameter in algorithm.parameterDefinitions():
        rows[bool(parameter.flags() & ADVANCED)].append(parameter_row(parameter))
    outputs = [
        (output.name(), output.description(), KINDS.get(output.type(), output.type()))
        for output in algorithm.outputDefinitions()
    ]
    about = algorithm.shortHelpString()
    return Page(algorithm.name(), algorithm.displayName(), about, rows[False], rows[True], outputs)


def parameter_row(parameter: QgsProcessingParameterDefinition) -> tuple[str, ...]:
    """Return the cells of a parameter, in the order of `PARAMETER_TITLES`."""
    return parameter.name(), parameter.description(), kind(parameter), default(parameter), parameter.help()


def kind(parameter: QgsProcessingParameterDefinition) -> str:
    """Say what can be given."""
    if parameter.type() == "enum":
        several = "some of " if parameter.allowMultiple() else ""
        return several + ", ".join(parameter.options())
    if parameter.type() == "number":
        return number_kind(parameter)
    return KINDS.get(parameter.type(), parameter.type())


def number_kind(parameter: QgsProcessingParameterNumber) -> str:
    """Say which numbers can be given; QGIS has huge bounds where none are meant."""
    whole = parameter.dataType() == QgsProcessingParameterNumber.Integer
    low, high = (
        f"{bound:g}" if abs(bound) < 1e9 else "" for bound in (parameter.minimum(), parameter.maximum())
    )
    span = f", {low} to {high}" if low and high else f", {low} or more" if low else ""
    return ("whole number" if whole else "number") + span


def default(parameter: QgsProcessingParameterDefinition) -> str:
    """Say what holds where nothing is given, in words that are true on every machine.

    The default of a list of several has what this machine has weights for: the help says it better.
    """
    if parameter.isDestination():
        return "a temporary file" if parameter.createByDefault() else "not written"
    value, optional = parameter.defaultValue(), bool(parameter.flags() & OPTIONAL)
    if parameter.type() == "enum" and parameter.allowMultiple():
        return "none" if optional else "see there"
    if value is None:
        return "none" if optional else "must be given"
    return str(value).lower() if isinstance(value, bool) else str(value)


def files(provider: QgsProcessingProvider) -> dict[str, str]:
    """Return the text of every page by its path in the folder docs."""
    pages = [page_of(a) for a in sorted(provider.algorithms(), key=lambda a: a.name())]
    texts = {
        f"help/{page.name}.html": html_page(page, [other for other in pages if other is not page])
        for page in pages
    }
    return {"algorithms.md": markdown(pages), **texts}


def main() -> int:
    """Write the pages."""
    from metocean.ui.provider import MetoceanProvider

    application = QgsApplication([], False)
    application.initQgis()
    provider = MetoceanProvider()
    provider.refreshAlgorithms()
    for path, text in files(provider).items():
        (DOCS / path).parent.mkdir(exist_ok=True)
        (DOCS / path).write_text(text, encoding="utf-8")
        print(DOCS / path)
    application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main())
