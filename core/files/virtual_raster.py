# SPDX-License-Identifier: GPL-2.0-or-later
"""What a virtual raster (VRT) takes its pixels from: other files, which may be virtual rasters, too."""

from __future__ import annotations

import re

from .gdal_calls import head
from .xml_file import load

# Elements, and items of metadata, that GDAL opens as files.
_SOURCES = ("SourceFilename", "SourceDataset", "DEMPath")
_ITEMS = ("X_DATASET", "Y_DATASET", "OVERVIEW_FILE")


def is_view(path: str) -> bool:
    """Tell whether a file is a virtual raster by what it holds; GDAL does not look at its name."""
    return b"<VRT" in head(path, 1024)


def sources(path: str) -> list[str]:
    """Return what a virtual raster names as its sources, each once, relative ones from its folder."""
    folder, found = re.sub(r"[^/\\]*$", "", path), []
    for node in load(path).walk():
        if node.name in _SOURCES or (node.name == "MDI" and node.attribute("key") in _ITEMS):
            relative = "1" in (node.attribute("relativeToVRT"), node.attribute("relativetoVRT"))
            found.append(folder + node.text if relative else node.text)
    return list(dict.fromkeys(found))
