# SPDX-License-Identifier: GPL-2.0-or-later
"""Borders between the sub-swaths that a scanning radar's image was merged from."""

from __future__ import annotations

from dataclasses import dataclass

from ...arrays import Array


@dataclass(frozen=True)
class Borders:
    """Borders between neighbouring sub-swaths, in the order of range.

    Attributes
    ----------
    lines : tuple of (points,)
        Of each border, lines at which it is known, growing. Counted from the image's outer corner: 0 is the
        upper edge of the first line, not its middle.
    samples : tuple of (points,)
        Where the border lies there, counted likewise. It moves along track, from burst to burst.
    """

    lines: tuple[Array, ...] = ()
    samples: tuple[Array, ...] = ()

    def cut(self, line: float, sample: float) -> Borders:
        """Return the borders in an image that begins at this line and sample, counted as they are."""
        return Borders(
            tuple(lines - line for lines in self.lines), tuple(samples - sample for samples in self.samples)
        )

    def coarsened(self, step_line: float, step_sample: float) -> Borders:
        """Return the borders in cells of this many pixels that start in the same corner."""
        return Borders(
            tuple(lines / step_line for lines in self.lines),
            tuple(samples / step_sample for samples in self.samples),
        )
