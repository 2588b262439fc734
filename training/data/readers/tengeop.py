# SPDX-License-Identifier: GPL-2.0-or-later
"""TenGeoP-SARwv (Wang et al. 2019, doi 10.17882/56796): imagettes in folders F to O, one for each class.

The paper's methods B to E learnt from it (Section 2): 37,000 wave-mode imagettes of 20 km, each named for one
process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import numpy as np

from ....core.classes import value_of
from ....core.errors import InputError
from .layout import WHOLE, DataSet, Example, Layout, child, rasters

_LETTERS = dict(zip("FGHIJKLMNO", ("POW", "WS", "MCC", "RC", "BS", "SI", "IB", "LWA", "AF", "OF")))
_FORMATS = ("geotiff", "tiff", "tif", "png")


def find(folder: Path) -> Optional[DataSet]:
    """Find the data set in its own folder, or in GeoTIFF or PNG themselves."""
    inside = child(folder, *_FORMATS)
    for root in filter(None, (folder, inside)):
        # All folders of one letter, so that one that is no class's is named and not passed over.
        letters = [path for path in sorted(root.iterdir()) if path.is_dir() and len(path.name) == 1]
        if any(path.name.upper() in _LETTERS for path in letters):
            examples = [example for path in letters for example in _examples(path)]
            # Mixed once and for all, so that every shard holds some of every class.
            order = np.random.default_rng(0).permutation(len(examples))
            return DataSet("TenGeoP-SARwv", {WHOLE: [examples[i] for i in order]}, side_px=512)
    return None


def _examples(folder: Path) -> list[Example]:
    code = _LETTERS.get(folder.name.upper())
    if code is None:
        known = ", ".join(f"{letter} {code}" for letter, code in _LETTERS.items())
        raise InputError(f"{folder} is named after no class; TenGeoP-SARwv has {known}.")
    return [Example(path, tag=value_of(code)) for path in rasters(folder)]


LAYOUT = Layout("TenGeoP-SARwv (GeoTIFF/F ... GeoTIFF/O with *.tiff or *.png)", find)
