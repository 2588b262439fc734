# SPDX-License-Identifier: GPL-2.0-or-later
"""Where ice can be: poleward of latitudes that depend on hemisphere and month.

The bright spot that is an iceberg off Greenland is a ship in the Mediterranean.

`NORTH_DEG` and `SOUTH_DEG` say how near to the equator ice comes. They are round numbers on the safe side,
no fit to data, and hold for any longitude, so the one place where ice comes farthest decides.

Sea ice in the north: the Bohai Sea (37-41° N) from December to March; Hokkaido and the Gulf of St Lawrence
in April and May; Labrador, James Bay and the Shantar Islands (50-54° N) into July; then Hudson Bay, Foxe
Basin and East Greenland, until the Caspian Sea and the Amur's mouth freeze in November. In the south the
outer edge, which is farthest out in the Atlantic in September. After the extents of the NSIDC Sea Ice Index
(Fetterer et al. 2017, doi:10.7265/N5K072F8).

Icebergs in the north: the Grand Banks, where the International Ice Patrol's season lasts from February to
July and its limit of all known ice comes to about 40° N in spring. In the south they drift to 45° S in the
Atlantic, and no season keeps them from it (Tournadre et al. 2012, doi:10.1029/2011JC007441; Romanov et al.
2017, doi:10.1017/aog.2017.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

import numpy as np
from scipy.ndimage import map_coordinates

from ..arrays import Array
from ..classes import CLASSES, class_index, value_of
from ..errors import OptionError
from ..geometry.georeference import Georeference
from ..geometry.lattice import lattice_degrees
from .classification import classify, without
from .inference import Prediction

# Degrees north, January to December: the latitude nearest to the equator at which the class may be. An error
# on the safe side leaves a few bright targets among the icebergs; one on the other side erases ice.
NORTH_DEG = {
    "SI": (37, 37, 37, 42, 45, 49, 50, 54, 62, 60, 45, 40),
    "IB": (43, 42, 40, 39, 39, 39, 41, 44, 46, 47, 47, 45),
}
SOUTH_DEG = {
    "SI": (-60, -61, -60, -58, -56, -55, -54, -53, -53, -53, -54, -57),
    "IB": (-45,) * 12,
}


@dataclass(frozen=True)
class IceLimits:
    """Latitudes, in degrees north, between which there is neither sea ice nor any iceberg.

    Attributes
    ----------
    seasonal : bool
        Take them from `NORTH_DEG` and `SOUTH_DEG`, by the month of acquisition; of the months together where
        it is not known.
    north_deg, south_deg : float or None
        Instead of those, for both classes: 0 to 90 and -90 to 0. Without ``seasonal`` a hemisphere that has
        no latitude may have ice anywhere.
    """

    seasonal: bool = False
    north_deg: Optional[float] = None
    south_deg: Optional[float] = None

    def __post_init__(self) -> None:
        for option, low, high in (("north_deg", 0, 90), ("south_deg", -90, 0)):
            degrees = getattr(self, option)
            if degrees is not None and not low <= degrees <= high:
                raise OptionError(
                    f"Ice cannot be limited to latitudes beyond {degrees:g}°: give 0 to 90 in the north, "
                    "-90 to 0 in the south.",
                    option=option,
                )

    @property
    def given(self) -> bool:
        """False where ice may be anywhere."""
        return self.seasonal or (self.north_deg, self.south_deg) != (None, None)

    def between(self, code: str, acquired: Optional[datetime]) -> tuple[float, float]:
        """Return the southern and the northern latitude between which there is none of a class then."""
        # Without a month ice may be wherever any month has it.
        months = range(12) if acquired is None else [acquired.month - 1]
        south, north = self.south_deg, self.north_deg
        if south is None:
            south = max(SOUTH_DEG[code][m] for m in months) if self.seasonal else 0.0
        if north is None:
            north = min(NORTH_DEG[code][m] for m in months) if self.seasonal else 0.0
        return south, north

    def forbid(self, latitudes: Array, acquired: Optional[datetime]) -> Array:
        """Return (10, …) bool, True where a class cannot be, for (…) latitudes; NaN forbids nothing."""
        # Comparisons with NaN are False: where the latitude is not known ice may be.
        forbidden = np.zeros((len(CLASSES), *latitudes.shape), bool)
        for code in NORTH_DEG:
            south, north = self.between(code, acquired)
            forbidden[class_index(code)] = (latitudes > south) & (latitudes < north)
        return forbidden

    def describe(self, acquired: Optional[datetime]) -> str:
        """Return words for the log and the metadata."""
        if not self.given:
            return "ice anywhere"
        limits = {code: self.between(code, acquired) for code in NORTH_DEG}
        parts = (f"{code} {north:g}° N and {abs(south):g}° S" for code, (south, north) in limits.items())
        return f"ice only poleward of: {', '.join(parts)}"


def limit_ice(
    prediction: Prediction, limits: IceLimits, acquired: Optional[datetime], threshold: float
) -> Array:
    """Drop ice where it cannot be, in place.

    Parameters
    ----------
    prediction : Prediction
        Of a scene that lies somewhere on earth.
    limits : IceLimits
    acquired : datetime or None
        UTC.
    threshold : float
        Of `classify`, to tell what icebergs would be.

    Returns
    -------
    (lines, samples) bool
        Where cells would have been icebergs: bright targets, of which ships are the most common.
    """
    probabilities = prediction.probabilities
    lines, samples = probabilities.shape[1:]
    forbidden = limits.forbid(latitudes(prediction.georeference, (lines, samples)), acquired)
    # Before anything is dropped: what would be icebergs here are mostly ships, which are worth counting.
    icebergs = classify(probabilities, threshold) == value_of("IB")
    bright: Array = icebergs & forbidden[class_index("IB")]
    # In place and only where something changes: the probabilities of a wide scene are large.
    changed = forbidden.any(axis=0) & (probabilities[0] >= 0)
    kept = without(probabilities[:, changed], forbidden[:, changed], prediction.exclusive)
    probabilities[:, changed] = kept
    return bright


def latitudes(georeference: Georeference, shape: tuple[int, int]) -> Array:
    """Return (lines, samples) latitudes of a raster's pixels, not finite where they are none.

    Those of the georeference's lattice, bilinear between its nodes, which lie a few kilometres apart.
    """
    # Exact positions take a thin-plate spline, which is slow for millions of cells.
    _, nodes = lattice_degrees(georeference, shape)
    positions = ((np.arange(side) + 0.5) / side * (count - 1) for side, count in zip(shape, nodes.shape))
    degrees: Array = map_coordinates(nodes, np.meshgrid(*positions, indexing="ij"), order=1)
    return degrees
