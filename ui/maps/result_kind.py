# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of rasters that the algorithms write."""

from __future__ import annotations

from enum import Enum


class ResultKind(Enum):
    """What a result raster holds, which decides how it is drawn and where its layer goes."""

    CLASSES = "classes"
    PROBABILITIES = "probabilities"
    UNCERTAINTY = "uncertainty"
    ROUGHNESS = "roughness"
