# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure speed and memory against the goals: ``python -m metocean.training.speed --out docs/bench``.

Writes FILE.md and FILE.json. Everything is a ratio within one run, as absolute times differ from machine to
machine, and nothing fails: a goal that is missed is a line of the table. Leave the machine to it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Callable

import numpy as np
import torch
from osgeo import gdal

from ...models.device import has_fast_bf16
from ...models.methods.base import CPU
from ..metrics.markdown import table
from . import networks, scenes
from .measure import Row
from .sizes import FULL, QUICK, Sizes

PARTS: dict[str, Callable[[Sizes], Iterator[Row]]] = {
    "unet": networks.unet,
    "cam": networks.cam,
    "mask": networks.mask,
    "part": networks.part,
    "preprocessing": scenes.preprocessing,
    "qgis": scenes.qgis,
    "growth": scenes.growth,
}
PAGE = """# Speed and memory

What `make bench` measured on {day}, in the setting *{setting}*. Ratios are within one run, in which all that
is compared takes turns: median (least – most) of {rounds} rounds, {slow_rounds} of MASK and of those through
QGIS. *x* counts how many times faster, or how many times as much. Networks have random weights, but through
QGIS and for growth; scenes are noise, or simulated products. *Eager* is torch as it comes, in float32.

{rows}
Machine: {machine}.
"""


def machine() -> str:
    """Describe what it is measured on, as far as it matters."""
    bf16 = "with" if has_fast_bf16(CPU) else "without"
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, {bf16} bf16), of which torch uses "
        f"{torch.get_num_threads()}; Python {platform.python_version()}, torch {torch.__version__}, numpy "
        f"{np.__version__}, GDAL {gdal.VersionInfo('RELEASE_NAME')}; load at the start "
        f"{os.getloadavg()[0]:.1f}"
    )


def page(content: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    header = ("what", "goal", "measured", "met")
    rows = table(header, [(row["what"], *_cells(row)) for row in content["rows"]])
    return PAGE.format(**{**content, "rows": rows})


def _cells(row: dict[str, Any]) -> tuple[str, str, str]:
    unit = f" {row['unit']}" if row["unit"] else ""
    goal = f"{row['goal']}{unit}" if row["goal"] else "–"
    if row["median"] is None:
        return goal, row["note"], "not measured"
    spread = f" ({row['least']:.3g} – {row['most']:.3g})" if row["rounds"] > 1 else ""
    # A ratio without a goal is told for comparison.
    met = {True: "yes", False: "**no**", None: "–"}[row["met"]]
    return goal, f"{row['median']:.3g}{unit}{spread}", met


def main(arguments: list[str] | None = None) -> None:
    """Write page and JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="what to write, without .md and .json")
    parser.add_argument("--quick", action="store_true", help="a minute: everything, too small to mean much")
    parser.add_argument("--parts", choices=PARTS, nargs="+", default=list(PARTS))
    options = parser.parse_args(arguments)
    # Written at the end, printed as it is measured: a part that fails after minutes has shown the others.
    sizes = QUICK if options.quick else FULL
    content: dict[str, Any] = {
        "day": str(date.today()),
        "setting": sizes.name,
        "rounds": sizes.rounds,
        "slow_rounds": sizes.slow_rounds,
        "machine": machine(),
        "rows": [],
    }
    for name in options.parts:
        for row in PARTS[name](sizes):
            content["rows"].append(row.as_json())
            print(" | ".join((row.what, *_cells(row.as_json()))), flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.with_suffix(".json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    options.out.with_suffix(".md").write_text(page(content), encoding="utf-8")


if __name__ == "__main__":
    main()
