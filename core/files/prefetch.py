# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of a raster, computed ahead of their use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Callable

from ..arrays import Array

# One reads while the other computes.
_THREADS = 2

# (start, stop) of some rows -> their values, (stop - start, columns).
Rows = Callable[[int, int], Array]


@contextmanager
def prefetched(rows: Rows, chunks: Sequence[tuple[int, int]]) -> Iterator[Iterator[Array]]:
    """Give ``rows(*chunk)`` of each chunk, in order, computed in threads while earlier ones are used.

    Leaving the ``with`` block waits for what is being computed, and starts nothing more. An error in ``rows``
    is raised where its chunk would have come.
    """
    waiting: deque[Future[Array]] = deque()

    def results() -> Iterator[Array]:
        for chunk in chunks:
            waiting.append(pool.submit(rows, *chunk))
            # No further than what keeps the threads busy: whatever is finished waits in memory.
            if len(waiting) > _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            yield results()
        finally:
            # The pool's own end would first compute all that was handed to it, even for a run that was
            # cancelled.
            for future in waiting:
                future.cancel()
