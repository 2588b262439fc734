# SPDX-License-Identifier: GPL-2.0-or-later
"""Random draws that keep part of every parameter's range out of training.

The simulated test set is drawn from slices of each range that no training image was drawn from, spread over
the whole of it: from faint to strong and from small to large, all of it unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

# Lowest and highest value that a parameter is drawn between.
Range = tuple[float, float]
Option = TypeVar("Option")

# Slices of every range, as shares of it, that only held-out draws come from. Three narrow ones rather than
# one end of the range: a test set of the strongest cases only would be easier than what training saw.
HELD_OUT = ((0.08, 0.16), (0.45, 0.53), (0.82, 0.90))


class Draws(np.random.Generator):
    """numpy's generator, and whether parameters are drawn from the held-out slices or from the rest."""

    def __init__(self, seed: int, held_out: bool = False) -> None:
        super().__init__(np.random.PCG64(seed))
        self._slices = _slices(held_out)
        self._ends = np.cumsum([high - low for low, high in self._slices])

    def share(self) -> float:
        """Draw a position in a parameter's range, 0 to 1, evenly over the slices that may be drawn from."""
        where = self.random() * self._ends[-1]
        number = int(np.searchsorted(self._ends, where, side="right"))
        return self._slices[number][1] - float(self._ends[number] - where)


def _slices(held_out: bool) -> tuple[Range, ...]:
    if held_out:
        return HELD_OUT
    ends = [0.0, *(end for piece in HELD_OUT for end in piece), 1.0]
    return tuple(zip(ends[::2], ends[1::2]))


def uniform(rng: Draws, limits: Range) -> float:
    """Draw a parameter uniformly from a range."""
    return limits[0] + (limits[1] - limits[0]) * rng.share()


def log_uniform(rng: Draws, limits: Range) -> float:
    """Draw a parameter log-uniformly from a range of positive numbers: small values get their share."""
    return float(np.exp(uniform(rng, (np.log(limits[0]), np.log(limits[1])))))


def skewed(rng: Draws, limits: Range) -> float:
    """Draw a parameter from a range, low values more often: half of them from its first third."""
    # The median of a share to the power p is 0.5 ** p: 1.6 makes it a third.
    value: float = limits[0] + (limits[1] - limits[0]) * rng.share() ** 1.6
    return value


def choose(rng: Draws, shares: Mapping[Option, float]) -> Option:
    """Draw one of the options with probability proportional to its share."""
    options, weights = list(shares), np.array(list(shares.values()), float)
    # Its number is drawn, since numpy would turn options that are no strings or numbers into something else.
    return options[int(rng.choice(len(options), p=weights / weights.sum()))]
