# SPDX-License-Identifier: GPL-2.0-or-later
"""What a benchmark says while it works."""

from __future__ import annotations

import pytest
from metocean.training.benchmark.progress_log import ProgressLog


def test_what_is_left_to_do_is_told(capsys):
    log = ProgressLog({"a": 120.0, "b": 30.0})
    with log.doing("a"):
        pass
    with pytest.raises(KeyboardInterrupt), log.doing("b"):
        raise KeyboardInterrupt
    first, _, second = capsys.readouterr().out.splitlines()
    assert first == "[1/2] a: about 2.0 min; all that is left: 2.5 min"
    assert second == "[2/2] b: about 30 s; all that is left: 30 s"
