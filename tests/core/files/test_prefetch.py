# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.files.prefetch import prefetched

CHUNKS = [(start, start + 3) for start in range(0, 60, 3)]


def test_pieces_come_in_order_whichever_is_ready_first(rng):
    delays = rng.random(60) / 100

    def rows(start, stop):
        time.sleep(delays[start])
        return np.arange(start, stop)

    with prefetched(rows, CHUNKS) as pieces:
        np.testing.assert_array_equal(np.concatenate(list(pieces)), np.arange(60))


def test_computing_goes_on_meanwhile_but_not_far_ahead():
    begun, second = [], threading.Event()

    def rows(start, _):
        begun.append(start)
        if start == CHUNKS[1][0]:
            second.set()
        return np.empty(0)

    with prefetched(rows, CHUNKS) as pieces:
        for number, _ in enumerate(pieces):
            # A minute, so that a deadlock fails instead of hanging.
            assert second.wait(60)
            assert len(begun) <= number + 4
    assert sorted(begun) == [start for start, _ in CHUNKS]


def test_an_error_comes_with_its_piece_and_leaving_stops_the_rest():
    begun = []

    def rows(start, stop):
        begun.append(start)
        if start == 6:
            raise InputError("Damaged.")
        return np.arange(start, stop)

    seen = []
    with pytest.raises(InputError, match="Damaged"), prefetched(rows, CHUNKS) as pieces:
        for piece in pieces:
            seen.append(piece[0])
    assert seen == [0, 3] and len(begun) < 8
    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt), prefetched(rows, CHUNKS[3:]) as pieces:
        next(pieces)
        raise KeyboardInterrupt
    assert threading.active_count() == threads
