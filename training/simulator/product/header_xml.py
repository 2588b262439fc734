# SPDX-License-Identifier: GPL-2.0-or-later
"""What the texts of a product's image have in common: their head, and how they bound parts of it."""

from __future__ import annotations

from .image import DATATAKE, ORBIT_NUMBER, ProductImage
from .sub_swaths import SubSwathBlock
from .xmltext import element, fields


def ads_header(image: ProductImage) -> str:
    """Return the ``adsHeader`` that every annotation text begins with."""
    return element(
        "adsHeader",
        fields(
            {
                "missionId": "S1A",
                "productType": "GRD",
                "polarisation": image.polarisation,
                "mode": "IW",
                "swath": "IW",
                "startTime": image.start,
                "stopTime": image.stop,
                "absoluteOrbitNumber": ORBIT_NUMBER,
                "missionDataTakeId": DATATAKE,
                "imageNumber": f"{image.number:03d}",
            }
        ),
    )


def bounds(block: SubSwathBlock) -> dict[str, int]:
    """Return the elements that bound a block, in sub-swath merging and in azimuth noise alike."""
    return {
        "firstAzimuthLine": block.first_line,
        "firstRangeSample": block.first_sample,
        "lastAzimuthLine": block.last_line,
        "lastRangeSample": block.last_sample,
    }
