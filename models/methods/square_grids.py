"""Squares that lie on an image at a regular stride: the masks of method B, the tiles of method C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...core.errors import OptionError


@dataclass(frozen=True)
class SquareGrid:
    """Squares and how far apart they lie.

    Attributes
    ----------
    side_px : int
        Odd, as the middle is a pixel, and within ``SIDES_PX``.
    stride_px : int
        From one middle to the next: 1 to ``side_px``, as some pixels would be in no square otherwise.
    """

    SIDES_PX: ClassVar[tuple[int, int]]
    side_px: int
    stride_px: int

    def __post_init__(self) -> None:
        least, most = self.SIDES_PX
        name = type(self).__name__
        if self.side_px not in range(least, most + 1) or self.side_px % 2 == 0:
            raise OptionError(
                f"{name} have a side_px that is odd, {least} to {most}; {self.side_px} is not possible."
            )
        if self.stride_px not in range(1, self.side_px + 1):
            raise OptionError(
                f"{name} with a stride_px of {self.stride_px} leave gaps or never end: choose 1 to their "
                f"side_px, {self.side_px}."
            )
