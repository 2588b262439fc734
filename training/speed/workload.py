# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs in a process of its own so that its memory can be told: ``… workload NAME SAFE FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from ...core.feedback import Silent
from ...core.results.rasters import OutputPaths
from ...core.roughness.prepare import prepare
from ...core.roughness.roughness import RoughnessOptions
from ...core.runs.options import SegmentOptions
from ...core.runs.segment import segment
from ...core.scenes.opening import open_scene
from ...models.registry import load_method


def nothing(safe: str, folder: Path) -> None:
    """Leave it at the interpreter and what is imported."""


def roughness(safe: str, folder: Path) -> None:
    """Prepare a product's roughness."""
    prepare(open_scene(safe), str(folder / "roughness.tif"), RoughnessOptions(), Silent())


def swath(safe: str, folder: Path) -> None:
    """Segment a product with method A."""
    outputs = OutputPaths(str(folder / "probabilities.tif"), str(folder / "classes.tif"))
    segment(safe, load_method("unet", "cpu", "fp32"), SegmentOptions(), outputs, Silent())


# By name, as another process is told what to do by its command line.
WORKLOADS = {work.__name__: work for work in (nothing, roughness, swath)}

if __name__ == "__main__":
    WORKLOADS[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
