# SPDX-License-Identifier: GPL-2.0-or-later
"""How results are written down: Markdown, CSV, and the page that leads to them.

Each page says whether its test set is simulated or real, and names the trainings behind it: a table that is
found by itself must not be taken for the paper's.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..fit.devices import describe
from ..metrics.markdown import Row, table
from .bench import Bench
from .images import describe as describe_images
from .settings import AnyTraining

# Of a card's training, those to be shown.
FACTS = ("data", "images_in_pool", "minutes", "steps", "device", "commit")


def write_csv(path: Path, header: Row, rows: Sequence[Row]) -> None:
    """Write a table as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        # csv's own line ends are those of Windows, also elsewhere.
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def spread(values: Sequence[Any]) -> tuple[float, float]:
    """Return mean and standard deviation (of a sample) of what is known; NaN where too little is."""
    # Null in JSON, a class without a score, becomes NaN here.
    known = np.array(values, float)
    known = known[np.isfinite(known)]
    mean = float(known.mean()) if len(known) else float("nan")
    return mean, float(known.std(ddof=1)) if len(known) > 1 else float("nan")


def page(bench: Bench, title: str, body: str, trainings: Sequence[AnyTraining]) -> str:
    """Return a page of results: what they are of, the results, and the trainings behind them.

    Parameters
    ----------
    bench : Bench
    title : str
    body : str
        The results, in Markdown.
    trainings : sequence of AnyTraining
    """
    return f"# {title}, {bench.test_set}\n\n{_images(bench)}\n\n{body}\n{_trainings(bench, trainings)}"


def _images(bench: Bench) -> str:
    sentence = f"Scored on {describe_images(bench.images.test)}."
    if "simulated" in bench.test_set:
        sentence += (
            " Scores on simulated images are no measure of those on real ones, the paper's among them."
        )
    return sentence


def _trainings(bench: Bench, trainings: Sequence[AnyTraining]) -> str:
    facts = {training: bench.card(training).training for training in trainings}
    rows = [(training, *(known[name] for name in FACTS)) for training, known in facts.items()]
    header = ("model, width, seed", *(name.replace("_", " ") for name in FACTS))
    return f"Trainings, in the setting *{bench.settings.name}*:\n\n{table(header, rows)}"


def index(bench: Bench, parts: dict[str, str]) -> str:
    """Return the page that leads to the others: ``parts`` has their titles by their names."""
    settings = bench.settings
    facts = [
        ("setting", settings.name),
        ("seeds", ", ".join(map(str, settings.seeds))),
        ("seeds of Figure 3", ", ".join(map(str, settings.masks_seeds))),
        ("images with tags, to train on", describe_images(bench.images.tagged.train)),
        ("images with masks, to train on", describe_images(bench.images.masks.train)),
        ("test images", describe_images(bench.images.test)),
        ("machine", f"{os.cpu_count()} cores; {describe(bench.fabric)}"),
        ("commit", bench.commit),
    ]
    links = "".join(f"- [{title}]({name}.md)\n" for name, title in parts.items())
    return (
        f"# The paper's benchmark, {bench.test_set}\n\nTables and figures of Colin et al. 2022 (doi "
        f"10.3390/rs14040851) as `make benchmark` measures them. {_images(bench)}\n\n{links}\n"
        f"{table(('', ''), facts)}"
    )
