# SPDX-License-Identifier: GPL-2.0-or-later
"""What augmentation is allowed to do to images: chances and ranges.

`metocean.training.data.augment` does it. The numbers stand here because they belong to a recipe, and with it
go into the card of the weights.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """Chances and ranges; `PAPER` keeps the symmetries alone.

    Attributes
    ----------
    zoom : float
        Scales lie between 1 - zoom and 1 + zoom.
    gain_db : float
        Largest change of the power of a whole image, either way.
    trend_db : float
        Largest change from the middle of an image to a corner.
    gamma : float
        Exponents lie between 1 / (1 + gamma) and 1 + gamma.
    stretch_chance, blur_chance, noise_chance, nodata_chance : float
        Share of the images that this happens to.
    blur_px : float
        Largest standard deviation of the Gaussian.
    """

    # Imagettes are 20 km wide and resized to what would be 25.6 km, so that their true pixels are 39-46 m
    # where 50 m are meant; rasters on the map have their true spacing. A fifth makes most of that up.
    zoom: float = 0.2
    gain_db: float = 1.0
    # What a wrong incidence or an imperfect de-trending leaves across an image.
    trend_db: float = 0.8
    gamma: float = 0.25
    # Published imagettes are stretched quick-looks, scenes on the map are calibrated: networks see both.
    stretch_chance: float = 0.5
    blur_chance: float = 0.3
    blur_px: float = 1.1
    noise_chance: float = 0.4
    nodata_chance: float = 0.15


# Colin et al. 2022, Section 2: quarter turns and both mirrors, which make eight images of one. Those are
# drawn whatever the settings, so that all chances are zero here.
PAPER = Augmentation(
    zoom=0.0,
    gain_db=0.0,
    trend_db=0.0,
    gamma=0.0,
    stretch_chance=0.0,
    blur_chance=0.0,
    noise_chance=0.0,
    nodata_chance=0.0,
)
