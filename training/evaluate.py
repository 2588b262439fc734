# SPDX-License-Identifier: GPL-2.0-or-later
"""Score weights on labelled images: ``python -m metocean.training.evaluate --weights W --data DIR``."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from ..core.classes import CODES
from ..models.checkpoint import load_weights
from .data.pool import open_folders, origin
from .data.readers.importing import import_folder
from .fit.evaluation import Judge, model_of
from .metrics.calibration import draw_reliability
from .recipes.tasks import TASKS


def main(arguments: list[str] | None = None) -> None:
    """Print the report; write it as Markdown and JSON when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="shards, or published data sets")
    parser.add_argument("--exclude", nargs="+", default=[], choices=CODES, help="classes to do without")
    parser.add_argument("--out", type=Path, help="folder for scores.json, scores.md and reliability.png")
    options = parser.parse_args(arguments)
    network, card = load_weights(options.weights)
    # Shards of a published data set are made anew each time: they are not worth a folder of their own.
    with tempfile.TemporaryDirectory() as cache:
        folders = [path for folder in options.data for path in import_folder(folder, Path(cache), "test")]
        shards = open_folders(folders)
        judge = Judge(
            TASKS[model_of(network)],
            card.temperature,
            tuple(options.exclude),
            independent=card.independent,
        )
        # Folded, normalisation is part of the convolutions: the network as the plugin runs it.
        result = judge.evaluate(network.folded(), shards)
    print(result.report(origin(shards)))
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        content = {"test_set": origin(shards), **result.as_json()}
        (options.out / "scores.json").write_text(json.dumps(content, indent=1) + "\n")
        (options.out / "scores.md").write_text(result.report(origin(shards)))
        draw_reliability(options.out / "reliability.png", result.before, result.after, card.model_id)


if __name__ == "__main__":
    main()
