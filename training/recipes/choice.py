# SPDX-License-Identifier: GPL-2.0-or-later
"""Words that a setting may have: types in code, plain strings on command lines and in JSON."""

from __future__ import annotations

from enum import Enum


class Choice(str, Enum):
    """Base of settings that are one of a few words.

    A member equals its string and is written as it, so that cards, recipe.json and the command line hold the
    word alone.
    """

    # Python 3.12 formats a mixed-in enum as "Loss.WBCE", earlier ones as "wbce": this makes it the word in
    # all.
    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def words(cls) -> list[str]:
        """Return the strings of all members, as argparse wants its choices."""
        return [member.value for member in cls]
