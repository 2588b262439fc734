# SPDX-License-Identifier: GPL-2.0-or-later
"""Seconds of what takes turns, peak memory of processes, and how both stand against the goals."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional, Union

import numpy as np

from ...core.arrays import Array

# A process of its own that starts the command, see `peak`.
PEAK = (sys.executable, "-m", "metocean.training.speed.peak")


@dataclass(frozen=True)
class Goal:
    """At least, or at most, this much."""

    limit: float
    least: bool

    # Inclusive: a goal that is just reached is met.
    def met(self, value: float) -> bool:
        """Return whether a value keeps it."""
        return value >= self.limit if self.least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.limit:g}"


def at_least(limit: float) -> Goal:
    """Return the goal that something is no less."""
    return Goal(limit, least=True)


def at_most(limit: float) -> Goal:
    """Return the goal that something is no more."""
    return Goal(limit, least=False)


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes
    ----------
    what, unit : str
    values : sequence or array of float
        One for each round; none where it could not be measured.
    goal : Goal, optional
    note : str
        Why it could not be measured.
    """

    what: str
    unit: str
    values: Union[Sequence[float], Array]
    goal: Optional[Goal] = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what was measured, its median, and whether that keeps the goal."""
        known = np.asarray(self.values, float)
        median = float(np.median(known)) if known.size else None
        return {
            "what": self.what,
            "unit": self.unit,
            "goal": str(self.goal) if self.goal else None,
            "median": median,
            "least": float(known.min()) if known.size else None,
            "most": float(known.max()) if known.size else None,
            "rounds": known.size,
            "met": self.goal.met(median) if self.goal and median is not None else None,
            "note": self.note,
        }


def take_turns(contestants: dict[str, Callable[[], object]], rounds: int) -> dict[str, Array]:
    """Return the seconds of each contestant in each round.

    They take turns, so that whatever else the machine does slows all alike. A round ahead of the clock finds
    memory and fills caches.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            if number:  # the first round is not counted
                seconds[name].append(time.perf_counter() - start)
    return {name: np.array(values) for name, values in seconds.items()}


def peak_mb(*command: str) -> float:
    """Return the peak memory, in MB (2^20 bytes), of a command and of what it starts.

    Raises
    ------
    subprocess.CalledProcessError
        It fails.
    """
    done = subprocess.run([*PEAK, *command], capture_output=True, text=True, check=True)
    return float(done.stdout)
