# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure the paper's tables and figures: ``python -m metocean.training.benchmark --work DIR --out DIR``.

Images are simulated into the folder of the work unless some are named: shards that were simulated before, or
real data sets as they are distributed, with which the same command gives the real tables. Started again, it
goes on where it was; trainings and scores are used again while recipe, budget and images stay the same.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import ModuleType

from ...core.errors import MetoceanError, OptionError
from . import bundled, figure3, figure4, report, table1, table2
from .bench import Bench
from .images import Images, Source, imported, simulate_images, simulated
from .settings import FULL, QUICK, Settings

PARTS: dict[str, ModuleType] = {
    "table1": table1,
    "table2": table2,
    "figure3": figure3,
    "figure4": figure4,
    "bundled": bundled,
}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    settings = QUICK if options.quick else FULL
    try:
        run(Bench(options.work, settings, _images(options, settings)), options.out, options.parts)
    except MetoceanError as error:
        sys.exit(str(error))


def run(bench: Bench, out: Path, parts: list[str]) -> None:
    """Write ``parts``, keys of `PARTS`, and the page that leads to them."""
    out.mkdir(parents=True, exist_ok=True)
    # All at once, so that what several parts share is counted once.
    bench.plan([work for name in parts for work in PARTS[name].works(bench)])
    for name in parts:
        PARTS[name].write(bench, out)
        print(f"{out / name}.md is written", flush=True)
    # Also those of earlier calls: parts may be measured one by one, or side by side.
    there = {name: part.TITLE for name, part in PARTS.items() if (out / f"{name}.md").exists()}
    (out / "README.md").write_text(report.index(bench, there), encoding="utf-8")


def _images(options: argparse.Namespace, settings: Settings) -> Images:
    real = (options.data, options.masks, options.test)
    # Half of each, or scores of simulated images by networks of real ones, would be no table of the paper's.
    if any(real) and (options.simulated or not all(real)):
        raise OptionError("Real data need --data, --masks and --test, and no --simulated.")
    if all(real):
        parts = zip(real, ("train", "train", "test"))
        tagged, masked, test = (imported(folders, options.work / "shards", part) for folders, part in parts)
        return Images(Source(tagged), Source(masked), test)
    if options.simulated:
        return simulated(options.simulated)
    return simulate_images(options.work / f"simulated-{settings.name}", settings.counts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--work", type=Path, required=True, help="folder for images, runs and scores, to go on from")
    add("--out", type=Path, required=True, help="folder for tables and figures")
    add("--quick", action="store_true", help="minutes instead of hours: everything, and nothing learnt well")
    add("--parts", choices=PARTS, nargs="+", default=list(PARTS))
    add("--simulated", type=Path, help="folder with shards in train, validation and test")
    add("--data", type=Path, nargs="+", default=[], help="data sets of tagged images, to train on")
    add("--masks", type=Path, nargs="+", default=[], help="data sets with pixel masks, to train on")
    add("--test", type=Path, nargs="+", default=[], help="data sets with pixel masks, for scores alone")
    return parser


if __name__ == "__main__":
    main()
