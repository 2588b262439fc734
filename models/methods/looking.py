# SPDX-License-Identifier: GPL-2.0-or-later
"""Asking whether to go on between the layers of a network, not only between its batches.

On a slow processor, or beside other work, a batch or a block takes many seconds; a layer takes a fraction of
one. Users who cancel should not wait for longer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import nn

from ...core.feedback import Feedback


@dataclass
class Looking:
    """Feedback that can be asked again at the share of the work that was last reported.

    Attributes
    ----------
    whole : Feedback
    fraction : float
        What was last reported, 0 to 1.
    """

    whole: Feedback
    fraction: float = 0.0

    def progress(self, fraction: float) -> None:
        """Report the share done, 0 to 1."""
        self.fraction = fraction
        self.whole.progress(fraction)

    def look(self, *_: object) -> None:
        """Ask whether to go on, where nothing more can be reported."""
        self.whole.progress(self.fraction)

    def info(self, message: str) -> None:
        """Log a decision."""
        self.whole.info(message)

    def warn(self, message: str) -> None:
        """Warn."""
        self.whole.warn(message)


@contextmanager
def looking(network: nn.Module, feedback: Feedback) -> Iterator[Looking]:
    """Give feedback that is asked before each layer of a network, too, as long as this lasts."""
    watch, thread = Looking(feedback), threading.get_ident()

    def look(*_: object) -> None:
        # One network may serve two runs at a time, in two threads: each asks its own user.
        if threading.get_ident() == thread:
            watch.look()

    layers = [module for module in network.modules() if not any(module.children())]
    hooks = [layer.register_forward_pre_hook(look) for layer in layers]
    try:
        yield watch
    finally:
        for hook in hooks:
            hook.remove()
