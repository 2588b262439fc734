# SPDX-License-Identifier: GPL-2.0-or-later
"""A square window that slides over an image by a stride: the masks of method B, the tiles of method C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...core.errors import OptionError


@dataclass(frozen=True)
class SlidingWindow:
    """The size of a window, and how far it moves from one position to the next.

    A subclass says in ``SIDES_PX`` which sides make sense for it; an `OptionError` names what does not.

    Attributes
    ----------
    side_px : int
        Odd, as the middle is a pixel, and within ``SIDES_PX``.
    stride_px : int
        From one middle to the next: 1 to ``side_px``, as the window would leave pixels out otherwise.
    """

    SIDES_PX: ClassVar[tuple[int, int]]
    side_px: int
    stride_px: int

    def __post_init__(self) -> None:
        least, most = self.SIDES_PX
        name = type(self).__name__
        # Membership of a range, not a comparison: it refuses 32.5 and "32", which scripts may hand over.
        if self.side_px not in range(least, most + 1) or self.side_px % 2 == 0:
            raise OptionError(
                f"{name} have a side_px that is odd, {least} to {most}; {self.side_px} is not possible.",
                option="side_px",
            )
        if self.stride_px not in range(1, self.side_px + 1):
            raise OptionError(
                f"{name} with a stride_px of {self.stride_px} leave gaps or never end: choose 1 to their "
                f"side_px, {self.side_px}.",
                option="stride_px",
            )
