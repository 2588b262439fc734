# SPDX-License-Identifier: GPL-2.0-or-later
"""The errors a user can meet; each message is a sentence or two and names the remedy."""

from __future__ import annotations


# They are raised where the cause is known and caught once, at the edge: by the toolbox or a command line. Any
# other exception out of a run is a mistake of ours.
class MetoceanError(Exception):
    """Base of every error that is meant to be read by the user.

    Parameters
    ----------
    message : str
        One or two sentences, for people.
    option : str
        Which option the remedy is about, by its name in the options' dataclasses, such as ``units``. A user
        interface adds what it calls it: scripts, the toolbox and the command line differ.
    """

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message)
        # Kept apart from the words: in a sentence the name would be wrong for all users but one.
        self.option = option


class InputError(MetoceanError):
    """The raster cannot be used as it is: missing, damaged, of the wrong kind, or not described enough."""


class OptionError(MetoceanError):
    """An option has a value that makes no sense here."""


class OutputError(MetoceanError):
    """A result cannot be written where it was asked for."""


class ModelError(MetoceanError):
    """Network, weights or the packages they need are missing or not what they should be."""


class Cancelled(MetoceanError):  # noqa: N818 - a wish of the user's, not an error
    """The user stopped the run; whatever was being written has to go."""
