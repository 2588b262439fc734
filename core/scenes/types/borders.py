"""Borders between the sub-swaths that a scanning radar's image was merged from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Borders:
    """Borders between neighbouring sub-swaths: each at ``samples`` in ``lines``, from the outer corner on."""

    lines: tuple[np.ndarray, ...] = ()
    samples: tuple[np.ndarray, ...] = ()

    def coarsened(self, step_line: float, step_sample: float) -> Borders:
        """Return the borders in cells of this many pixels that start in the same corner."""
        return Borders(
            tuple(lines / step_line for lines in self.lines),
            tuple(samples / step_sample for samples in self.samples),
        )
