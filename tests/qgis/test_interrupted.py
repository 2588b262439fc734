# SPDX-License-Identifier: GPL-2.0-or-later
"""qgis_process that is told to stop, killed, or has no room: no half result, and the next run is as ever.

How often it is killed at random: ``KILLS`` in the environment, 3 where nobody says.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from qgis_process import PROGRAM

KILLS = int(os.environ.get("KILLS", "3"))
# About as long as the product's results take, from the hidden folder to the last rename.
WRITING_S = 0.8
FILES = {"PROBABILITIES": "p.tif", "CLASSES": "c.tif", "AREAS": "a.csv", "ROUGHNESS": "r.tif"}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of Unix")


def begin(environment: dict[str, str], folder: Path, *parameters: str) -> subprocess.Popen[str]:
    outputs = [f"{name}={folder / file}" for name, file in FILES.items()]
    command = [PROGRAM, "--json", "run", "metocean:segment", "--", *parameters, *outputs]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def finish(environment: dict[str, str], folder: Path, *parameters: str) -> int:
    started = begin(environment, folder, *parameters)
    started.communicate()
    return started.returncode


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def wholes(environment, product, tmp_path_factory) -> list[dict[str, bytes]]:
    """What two runs with different options leave, undisturbed."""
    left = []
    for parameter in ("THRESHOLD=0.5", "THRESHOLD=0.9"):
        folder = tmp_path_factory.mktemp("whole")
        assert finish(environment, folder, f"INPUT={product}", parameter) == 0
        left.append(contents(folder))
    assert left[0] != left[1]
    return left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_leaves_nothing(environment, product, tmp_path, number):
    # MASK, as it takes by far the longest.
    running = begin(environment, tmp_path, f"INPUT={product}", "METHOD=mask_mean")
    while not list(tmp_path.glob(".metocean-*")):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    _, said = running.communicate()
    assert running.returncode == 1 and "Cancelled" in said
    assert list(tmp_path.iterdir()) == []


def test_a_kill_at_any_time_leaves_one_whole_or_the_other(environment, product, wholes, tmp_path):
    draw = random.Random(18)
    folder = tmp_path / "out"
    folder.mkdir()
    before, after = wholes
    assert finish(environment, folder, f"INPUT={product}", "THRESHOLD=0.5") == 0
    for _ in range(KILLS):
        assert finish(environment, folder, f"INPUT={product}", "THRESHOLD=0.5") == 0
        assert contents(folder) == before
        running = begin(environment, folder, f"INPUT={product}", "THRESHOLD=0.9")
        # Most of a run is QGIS and PyTorch starting, in which nothing is written.
        while running.poll() is None and not list(folder.glob(".metocean-*")):
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, WRITING_S))
        running.kill()
        running.communicate()
        if not list(folder.glob(".metocean-*/journal.json")):
            assert contents(folder) in (before, after)
        assert finish(environment, folder, f"INPUT={product}", "THRESHOLD=0.9") == 0
        assert contents(folder) == after
        assert not list(folder.glob(".metocean-*"))


@pytest.fixture
def small_disk(tmp_path):
    """A function that gives a folder on a disk of so many KiB."""
    mounted = []

    def mount(size_kib: int) -> Path:
        folder = tmp_path / f"disk of {size_kib}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_kib}k", "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("only root mounts a small disk")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size_kib", [64, 200, 450])
def test_a_full_disk_keeps_the_earlier_results(environment, product, small_disk, size_kib):
    folder = small_disk(size_kib)
    (folder / "c.tif").write_text("earlier")
    running = begin(environment, folder, f"INPUT={product}")
    _, said = running.communicate()
    assert running.returncode == 1 and "disk" in said.lower() and "Traceback" not in said
    assert contents(folder) == {"c.tif": b"earlier"} and len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONHASHSEED": "1"}, {"LC_ALL": "C", "TZ": "Pacific/Auckland"}, {"GDAL_PAM_ENABLED": "NO"}],
    ids=str,
)
def test_the_same_bytes_whatever_the_environment(environment, product, wholes, tmp_path, variables):
    assert finish({**environment, **variables}, tmp_path, f"INPUT={product}", "THRESHOLD=0.5") == 0
    assert contents(tmp_path) == wholes[0]
