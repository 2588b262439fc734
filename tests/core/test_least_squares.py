# SPDX-License-Identifier: GPL-2.0-or-later
"""Sums that do not depend on the number of threads."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from metocean.core.least_squares import evaluate, least_squares


@pytest.mark.parametrize("columns", [(), (2,)])
def test_equals_numpy(rng, columns):
    u, v = rng.uniform(-1, 1, (2, 5000))
    basis = np.column_stack([np.ones_like(u), u, v, u * v, u**2, v**2])
    target = rng.normal(size=(5000, *columns))
    expected = np.linalg.lstsq(basis, target, rcond=None)[0]
    found = least_squares(basis, target)
    assert found == pytest.approx(expected, abs=1e-12)
    assert evaluate(basis, found) == pytest.approx(basis @ expected, abs=1e-12)


def test_terms_that_depend_on_each_other_do_no_harm(rng):
    u = rng.uniform(-1, 1, 500)
    basis = np.column_stack([np.ones_like(u), u, 2 * u])
    assert evaluate(basis, least_squares(basis, 3 + u)) == pytest.approx(3 + u, abs=1e-7)


def test_the_same_bytes_whatever_the_threads():
    code = (
        "import numpy as np; from metocean.core.least_squares import evaluate, least_squares\n"
        "r = np.random.default_rng(0); b, t = r.normal(size=(200_000, 6)), r.normal(size=200_000)\n"
        "c = least_squares(b, t); print(c.tobytes().hex(), hash(evaluate(b, c).tobytes()))"
    )
    printed = set()
    for threads in "1", "2", "3":
        variables = {name: threads for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        environment = {**os.environ, **variables, "PYTHONHASHSEED": "0"}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        printed.add(done.stdout)
    assert len(printed) == 1
