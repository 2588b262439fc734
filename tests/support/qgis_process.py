# SPDX-License-Identifier: GPL-2.0-or-later
"""The real qgis_process, as typed in a shell, and what it says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from metocean.core.classes import CLASSES
from osgeo import gdal

PROGRAM = "qgis_process.bin"


def run(environment: dict[str, str], folder: Path, *parameters: str) -> subprocess.CompletedProcess[str]:
    """Segment with every output in ``folder``."""
    files = {"PROBABILITIES": "p.tif", "CLASSES": "c.tif", "AREAS": "a.csv", "ROUGHNESS": "r.tif"}
    outputs = [f"{name}={folder / file}" for name, file in files.items()]
    return start(environment, "segment", *parameters, *outputs)


def start(environment: dict[str, str], algorithm: str, *parameters: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "--json", "run", f"metocean:{algorithm}", "--", *parameters]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def total_km2(results: dict) -> float:
    codes = [*(entry.code for entry in CLASSES), "UNDECIDED"]
    assert sum(results[f"SHARE_{code}"] for code in codes) == pytest.approx(100, abs=0.1)
    return sum(results[f"AREA_{code}_KM2"] for code in codes)


def category_names(path: str) -> list[str]:
    # The dataset needs a name: GDAL's bands do not keep theirs alive.
    dataset = gdal.Open(path)
    # GDAL 3.6 opens the file beside a GeoTIFF only when metadata are asked for.
    dataset.GetMetadata()
    return dataset.GetRasterBand(1).GetCategoryNames()


def check_refusal(done: subprocess.CompletedProcess[str], folder: Path, words: str) -> None:
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []
